"""What a Content-Type says a body is."""

import re
from enum import StrEnum


class BodyKind(StrEnum):
    """How a body is written."""

    JSON = "json"
    XML = "xml"
    CSV = "csv"


_TYPES = {
    "application/json": BodyKind.JSON,
    "text/json": BodyKind.JSON,
    "application/xml": BodyKind.XML,
    "text/xml": BodyKind.XML,
    "text/csv": BodyKind.CSV,
}
_MEDIA_TYPE = re.compile(r"([a-z]+/[a-z0-9][a-z0-9.+-]{0,60})(?:[ ]?;[ ]?charset=\"?utf-?8\"?)?")


def kind_of(content_type: str) -> BodyKind | None:
    """The kind of a media type, alone or with `charset=utf-8`; None of any other."""
    match = _MEDIA_TYPE.fullmatch(content_type.strip().lower())
    if match is None:
        return None
    name = match[1]
    if name.startswith("application/") and name.endswith(("+json", "+xml")):
        return BodyKind(name.rpartition("+")[2])
    return _TYPES.get(name)
