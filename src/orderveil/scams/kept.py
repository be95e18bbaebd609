"""The last walk's picture, kept in the data folder for the page that shows it.

It holds the walk's own sample order, invented people only; no other picture is ever kept.
"""

import os
from functools import lru_cache
from pathlib import Path

import msgspec
from django.conf import settings

from orderveil.partners.models import Brand
from orderveil.scams.picture import Picture


class Kept(msgspec.Struct, frozen=True):
    """What that page needs: the picture, and whose ledger entries to go on with."""

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
        path = _path()
        return _read(path, path.stat().st_mtime_ns)
    except (OSError, msgspec.MsgspecError):
        return None


@lru_cache(maxsize=1)
def _read(path: Path, changed_at_ns: int) -> Kept:
    # Every page's navigation asks whether there is one, so it is read once.
    del changed_at_ns
    return msgspec.json.decode(path.read_bytes(), type=Kept)


def kept_for(brand_id: int) -> Kept | None:
    """The kept picture, if this is its brand and still is a sample brand here."""
    found = kept()
    if found is None or found.brand_id != brand_id:
        return None
    return found if Brand.objects.filter(pk=brand_id, is_sample=True).exists() else None
