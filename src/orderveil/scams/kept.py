"""The last walk's picture, kept in the data folder for the first page.

It holds the walk's own sample order, invented people only; no other picture is ever kept.
"""

import os
from pathlib import Path

import msgspec
from django.conf import settings

from orderveil.scams.picture import Picture


class Kept(msgspec.Struct, frozen=True):
    """What the first page needs: the picture, and whose ledger entries to go on with."""

    picture: Picture
    order_id: bytes
    brand_id: int


def _path() -> Path:
    return Path(settings.HOME) / "walk" / "picture.json"


def keep(kept: Kept) -> None:
    """Replace the kept picture; readable by this account only."""
    path = _path()
    path.parent.mkdir(mode=0o700, exist_ok=True)
    fresh = path.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(msgspec.json.encode(kept))
    fresh.replace(path)


def kept() -> Kept | None:
    """The last walk's picture; None if there was no walk, or by another version."""
    try:
        return msgspec.json.decode(_path().read_bytes(), type=Kept)
    except (OSError, msgspec.MsgspecError):
        return None
