"""Tiles: how a Merkle tree is stored and served (c2sp.org/tlog-tiles).

Rules kept here:
- a tile holds up to 256 hashes; at level 0 they are leaves, above it each is the hash of a full
  tile of the level below, so a tile spans 8 levels of the tree;
- a full tile never changes; a partial one only grows, so its first hashes serve every older size;
- a partial tile is never hashed into the level above.

A tile is named (level, n); its value is its hashes, concatenated.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from orderveil.core.merkle import (
    HASH_BYTES,
    Range,
    consistency_ranges,
    inclusion_ranges,
    packed_root,
    pieces,
    range_hash,
)

HEIGHT = 8
WIDTH = 1 << HEIGHT

TileName = tuple[int, int]
# Proofs share most of their subtrees, so few have to be hashed again.
_packed_root = lru_cache(maxsize=2048)(packed_root)

ReadTile = Callable[[int, int], bytes]
"""(level, n) -> at least the hashes that the tree in question has there."""


class TilePath(NamedTuple):
    """What a tile's path names. `level` is None for a bundle of entries; width 256 is full."""

    level: int | None
    n: int
    width: int


_PATH = re.compile(
    r"tile/(entries|0|[1-9]|[1-5][0-9]|6[0-3])/((?:x[0-9]{3}/){0,6}[0-9]{3})"
    r"(?:\.p/([1-9][0-9]{0,2}))?"
)


def path_of(tile: TilePath) -> str:
    """The tile's path: (0, 1234067, 256) is `tile/0/x001/x234/067`."""
    digits = f"{tile.n:03d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    name = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    level = "entries" if tile.level is None else str(tile.level)
    return f"tile/{level}/{name}" + ("" if tile.width == WIDTH else f".p/{tile.width}")


def parse_path(path: str) -> TilePath | None:
    """The reverse of `path_of`; None for anything that is not the one spelling of a tile's path."""
    match = _PATH.fullmatch(path)
    if match is None:
        return None
    level, name, width = match.groups()
    tile = TilePath(
        None if level == "entries" else int(level),
        int(name.replace("x", "").replace("/", "")),
        WIDTH if width is None else int(width),
    )
    return tile if path_of(tile) == path else None


def width_of(level: int, n: int, size: int) -> int:
    """How many hashes tile (level, n) has in a tree of `size`: 0 to 256."""
    return max(0, min(WIDTH, (size >> HEIGHT * level) - n * WIDTH))


def edge(size: int) -> list[tuple[int, int, int]]:
    """The partial tiles of a tree of `size`, (level, n, width), lowest level first."""
    found = []
    level = 0
    while size >> HEIGHT * level:
        count = size >> HEIGHT * level
        if count % WIDTH:
            found.append((level, count // WIDTH, count % WIDTH))
        level += 1
    return found


def hashes_in(tile: bytes, first: int = 0, end: int = WIDTH) -> list[bytes]:
    """The hashes number `first` to `end` (exclusive) of a tile."""
    end = min(end, len(tile) // HASH_BYTES)
    return [tile[at * HASH_BYTES : (at + 1) * HASH_BYTES] for at in range(first, end)]


def subtree(read: ReadTile, start: int, height: int) -> bytes:
    """The hash of the perfect subtree over 2**height leaves from `start`, read from one tile."""
    level, above = divmod(height, HEIGHT)
    at = start >> HEIGHT * level
    n, first = divmod(at, WIDTH)
    wanted = read(level, n)[first * HASH_BYTES : (first + (1 << above)) * HASH_BYTES]
    if len(wanted) != HASH_BYTES << above:
        msg = f"tile {level}/{n} is too short"
        raise ValueError(msg)
    return _packed_root(wanted)


def hash_from_tiles(read: ReadTile, start: int, end: int) -> bytes:
    """The hash of a range of a proof, or of the whole tree with start 0."""
    return range_hash(start, end, lambda first, height: subtree(read, first, height))


def names_for(ranges: Iterable[Range]) -> set[TileName]:
    """The tiles that `hash_from_tiles` will read for these ranges: fetch them in one go."""
    names = set()
    for start, end in ranges:
        for first, height in pieces(start, end):
            level = height // HEIGHT
            names.add((level, first >> HEIGHT * (level + 1)))
    return names


def inclusion_from_tiles(read: ReadTile, index: int, size: int) -> list[bytes]:
    """The inclusion path of leaf `index` in the tree of `size`."""
    return [hash_from_tiles(read, *found) for found in inclusion_ranges(index, size)]


def consistency_from_tiles(read: ReadTile, old_size: int, size: int) -> list[bytes]:
    """The proof that the tree of `old_size` grew into that of `size`."""
    return [hash_from_tiles(read, *found) for found in consistency_ranges(old_size, size)]


def grow(partial: Mapping[TileName, bytes], size: int, leaves: bytes) -> dict[TileName, bytes]:
    """The tiles that change when `leaves` (concatenated hashes) follow a tree of `size`.

    `partial` holds the tree's partial tiles (see `edge`). Returns whole new values by name.
    """
    changed: dict[TileName, bytes] = {}
    level, fresh = 0, leaves
    while fresh:
        n, width = divmod(size >> HEIGHT * level, WIDTH)
        if width:
            fresh = partial[level, n][: width * HASH_BYTES] + fresh
        risen = []
        for at, tile in enumerate(_cut(fresh)):
            changed[level, n + at] = tile
            if len(tile) == WIDTH * HASH_BYTES:
                risen.append(packed_root(tile))
        level, fresh = level + 1, b"".join(risen)
    return changed


def _cut(hashes: bytes) -> Iterator[bytes]:
    step = WIDTH * HASH_BYTES
    for at in range(0, len(hashes), step):
        yield hashes[at : at + step]
