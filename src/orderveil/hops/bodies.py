"""Reading a request's body: bounded, decoded into a type, refused with a pointer."""

import re
from typing import Any, TypeVar

import msgspec
from falcon import Request

from orderveil.core.errors import Problem, RefusedError

T = TypeVar("T")

BATCH_LIMIT_BYTES = 10 * 1024 * 1024
WEBHOOK_LIMIT_BYTES = 4 * 1024 * 1024
SMALL_LIMIT_BYTES = 256 * 1024
DRAINED_BYTES = 32 * 1024 * 1024
_PIECE_BYTES = 64 * 1024

_PATH = re.compile(r" - at `\$(.*)`$")
_QUOTED = re.compile(r"^(Invalid enum value) .*$", re.DOTALL)


def read_body(req: Request, limit_bytes: int) -> bytes:
    """The whole body; raises `RefusedError` (413) when it is longer than `limit_bytes`."""
    body: bytes | None = getattr(req.context, "body", None)
    if body is None:
        # A chunked body has no length (RFC 9112 7.1), and so nothing to bound the stream by.
        stream = req.stream if req.get_header("Transfer-Encoding") else req.bounded_stream
        body = bytes(stream.read(limit_bytes + 1))
        if len(body) > limit_bytes:
            _drain(stream)
    if len(body) <= limit_bytes:
        return body
    raise RefusedError(
        Problem(
            code="body_too_large",
            detail=f"The body is longer than {limit_bytes} bytes.",
            remedy="Send less at once.",
            rule="api: size limits",
            status=413,
        )
    )


def _drain(stream: Any) -> None:
    """Read on for a while: a sender that is cut off while it sends never reads why."""
    left = DRAINED_BYTES
    while left > 0 and (piece := stream.read(_PIECE_BYTES)):
        left -= len(piece)


def decode_body(req: Request, decoder: msgspec.json.Decoder[T], limit_bytes: int) -> T:
    """The body as the decoder's type; raises `RefusedError` (400 or 422) with a JSON pointer."""
    body = read_body(req, limit_bytes)
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        detail, pointer = _place(str(error))
        raise RefusedError(
            Problem(
                code="invalid_request",
                detail=detail,
                remedy="Send what /v1/openapi.json describes.",
                pointer=pointer,
                rule="api: the schema of the request",
            )
        ) from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise RefusedError(
            Problem(
                code="malformed_json",
                detail="The body is not a JSON document in UTF-8, or is nested too deeply.",
                remedy="Send one JSON document in UTF-8.",
                rule="RFC 8259",
                status=400,
            )
        ) from None


def _place(message: str) -> tuple[str, str]:
    """What msgspec said and where: ("Expected `str`...", "/refs/0").

    It names types and places; the one message that quotes a value loses the quotation.
    """
    match = _PATH.search(message)
    detail = message[: match.start()] if match else message
    pointer = "".join(f"/{part}" for part in re.findall(r"[^.\[\]]+", match[1])) if match else ""
    return _QUOTED.sub(r"\1.", detail), pointer


def header_map(req: Request) -> dict[str, Any]:
    """The request's headers, names in lower case."""
    return {name.lower(): value for name, value in req.headers.items()}
