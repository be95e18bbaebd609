"""Bring the Hindi catalog up to date with what the pages say, and compile it (tests/msgids.py)."""

import os
import sys
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orderveil.web.settings")
sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
django.setup()

import msgids  # noqa: E402 - it needs Django as it is set up here

msgids.bring_up_to_date()
