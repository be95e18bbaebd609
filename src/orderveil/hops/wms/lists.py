"""Lists of items as they come in: JSON or CSV, read into rows that `locations` checks.

Rules kept here:
- a CSV has a head that names its columns, in any order; other columns are left alone;
- a table can be no bomb: rows and the length of a cell are bounded, and nothing in it is run.
"""

import csv
import io
from collections.abc import Iterator
from typing import Any

import msgspec

from orderveil.core.errors import Problem, RefusedError
from orderveil.hops.wms.locations import MOST_ITEMS

LONGEST_CELL = 1_000


class Listed(msgspec.Struct, frozen=True):
    """The JSON form; its items are checked one by one."""

    locations: list[Any]


_json = msgspec.json.Decoder(Listed)


def read_json(body: bytes) -> list[Any]:
    """The items of `{"locations": [...]}`. Raises `RefusedError`."""
    try:
        return _json.decode(body).locations
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        raise RefusedError(_NO_JSON) from None


def read_csv(body: bytes) -> list[dict[str, str]]:
    """The rows of a table in UTF-8 with a head. Raises `RefusedError`."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RefusedError(_NO_CSV) from None
    head = text.partition("\n")[0]
    sign = max(",;\t", key=head.count)
    try:
        return list(_rows(csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True)))
    except csv.Error:
        raise RefusedError(_NO_CSV) from None


def _rows(table: Iterator[list[str]]) -> Iterator[dict[str, str]]:
    names = [name.strip().lower() for name in next(table, [])]
    if not {"sku", "location"} <= set(names):
        raise RefusedError(_NO_CSV)
    # One more than is allowed: the item too many is refused by name.
    for count, cells in enumerate(table):
        if count > MOST_ITEMS:
            return
        if cells:
            yield {name: cell[:LONGEST_CELL] for name, cell in zip(names, cells, strict=False)}


_NO_JSON = Problem(
    code="no_list_of_locations",
    detail='The body is no JSON document of the form {"locations": [...]}.',
    remedy="Send what /v1/openapi.json describes, or a table with Content-Type: text/csv.",
    rule="RFC 8259",
    status=400,
)
_NO_CSV = Problem(
    code="no_table_of_locations",
    detail="This is no table in UTF-8 with a head that names the columns sku and location.",
    remedy="Save it as CSV in UTF-8; its first line is: sku,location,barcode",
    rule="RFC 4180",
    status=400,
)
