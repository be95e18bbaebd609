"""The lines of an export, as JSON. Pure: the verifier reads them with nothing else at hand.

{"v":1,"origin":..,"vkey":..,"size":n,"checkpoint":..,"edge":[{"level":..,"n":..,"hashes":..}]}
{"tile":{"level":1,"n":0,"hashes":base64}}
{"index":0,"entry":base64}       a line without "entry": its term is over, the hash remains
{"row":0,"order":hex,"parcel":1,"salt":base64}
{"index":256,"left_out":256}     entries from index 256 on that were not asked for

Only a file with lines of the last kind has version 2: whole logs are read by every verifier.
"""

from typing import Annotated

import msgspec

VERSION = 1
PART_VERSION = 2
"""Of a file that leaves out what is before and after the range that was asked for."""


class Tile(msgspec.Struct, frozen=True):
    """A tile and its hashes."""

    level: Annotated[int, msgspec.Meta(ge=0, le=63)]
    n: Annotated[int, msgspec.Meta(ge=0)]
    hashes: bytes


class HeadLine(msgspec.Struct, frozen=True, kw_only=True):
    """The first line."""

    v: int = VERSION
    origin: str
    vkey: str
    size: int
    checkpoint: str
    edge: tuple[Tile, ...]


class Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Any other line: a tile, an entry, or a row of the last entry."""

    tile: Tile | None = None
    index: int | None = None
    entry: bytes | None = None
    row: int | None = None
    order: str = ""
    parcel: int = 0
    salt: bytes = b""
    left_out: int = 0
    """How many entries from `index` on are not here; the tree's hashes stand for them."""
