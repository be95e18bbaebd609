"""Documents on paper: a typst template, data as JSON, fonts out of their packages.

Rules kept here:
- data is never markup, and no font of the system's, no package and no network takes part: the
  same data makes the same bytes everywhere;
- a font that lacks a character prints a box and says nothing: whoever composes asks `can_print`.
"""

import re
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec
import typst
from fontpkg import family

FAMILIES = ("Noto Sans", "Noto Sans Devanagari")

# What both families cover for sure: Latin with its accents, punctuation, the rupee, Devanagari.
_COVERED = re.compile(
    "[\u0020-\u007e\u00a0-\u024f\u0300-\u036f\u1e00-\u1eff\u2010-\u2027\u2030-\u205e\u20b9\u0900-\u097f\u200c\u200d]*"
)


def can_print(text: str) -> bool:
    """Have our fonts every character of it?"""
    return _COVERED.fullmatch(text) is not None


def pdf(template: Path, data: object, *, at: datetime) -> bytes:
    """The document as PDF; `at` is the time that stands in its metadata."""
    return _compile(template, data, at, "pdf", None)[0]


def pngs(template: Path, data: object, *, at: datetime, ppi: float = 110) -> list[bytes]:
    """Its pages as pictures."""
    return _compile(template, data, at, "png", ppi)


def _compile(
    template: Path, data: object, at: datetime, kind: Literal["pdf", "png"], ppi: float | None
) -> list[bytes]:
    made: object = typst.compile(
        template,
        root=template.parent,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        format=kind,
        ppi=ppi,
        sys_inputs={"data": msgspec.json.encode(data).decode()},
        timestamp=int(at.timestamp()),
    )
    # One page of pictures comes as bytes, several as a list.
    return [bytes(page) for page in made] if isinstance(made, list) else [made]  # type: ignore[list-item]


@cache
def _fonts() -> list[Path]:
    return sorted({file.path.parent for name in FAMILIES for file in family(name).files})
