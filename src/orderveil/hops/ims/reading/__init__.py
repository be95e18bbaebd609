"""Bodies as records of fields, read so that nothing in them is missed; or refused.

Rules kept here:
- only UTF-8, only JSON, XML and CSV, as the Content-Type says; no guessing;
- what two parsers could read differently (a second key of the same name, half a surrogate, an
  entity, an unbalanced quote) is read in full or refused: nothing unread is ever passed on;
- a body is in memory already; reading it adds pieces, a record at a time.
"""

from collections.abc import Iterator

from orderveil.hops.ims.reading.as_csv import csv_records
from orderveil.hops.ims.reading.as_json import json_records
from orderveil.hops.ims.reading.as_xml import xml_records
from orderveil.hops.ims.reading.kinds import BodyKind
from orderveil.hops.ims.reading.records import Field, Record, UnreadableError, must_be_utf8

__all__ = ["BodyKind", "Field", "Record", "UnreadableError", "records_of"]

_READERS = {
    BodyKind.JSON: json_records,
    BodyKind.XML: xml_records,
    BodyKind.CSV: csv_records,
}


def records_of(kind: BodyKind, body: bytes) -> Iterator[Record]:
    """The records of a body, one after another; raises `UnreadableError` where it can't be read."""
    must_be_utf8(body)
    yield from _READERS[kind](body)
