"""Bytes to JSON, with a clear problem for bytes that are not JSON.

Rules kept here:
- numbers with a fraction become `Decimal`: money never passes through a binary float;
- nothing of the body is echoed, a byte position at most;
- of a repeated key the last counts (RFC 8259 section 4 leaves it open); the others are never read.
"""

import json
import re
from decimal import Decimal
from typing import Any, NoReturn

import msgspec

from orderveil.hops.storefront.refusing import refuse

_DECODER = msgspec.json.Decoder(float_hook=Decimal)
_BYTE = re.compile(r"\(byte (\d+)\)")
_ESCAPED_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_REMEDY = "Send the shop's payload as it is: one JSON document in UTF-8."


def decode(body: bytes) -> Any:
    """The payload: dicts, lists, str, int, Decimal, bool, None. Raises RefusedError otherwise."""
    body = body.removeprefix(b"\xef\xbb\xbf")
    try:
        return _DECODER.decode(body)
    except RecursionError:
        _too_deep()
    except UnicodeDecodeError as error:
        _refuse("not_utf8", f"The body is not UTF-8 (byte {error.start}).")
    except (msgspec.MsgspecError, ArithmeticError, ValueError) as error:
        if _ESCAPED_SURROGATE.search(body):
            return _with_lone_surrogates(body)
        _malformed(str(error))


def _with_lone_surrogates(body: bytes) -> Any:
    # Kept in the text here, so that the reader can refuse it with a pointer to its place.
    try:
        return json.loads(body.decode(), parse_float=Decimal, parse_constant=_malformed)
    except RecursionError:
        _too_deep()
    except UnicodeDecodeError as error:
        _refuse("not_utf8", f"The body is not UTF-8 (byte {error.start}).")
    except (ArithmeticError, ValueError):
        _malformed("")


def _malformed(reason: str) -> NoReturn:
    if "truncated" in reason:
        _refuse("truncated_json", "The body ends in the middle of the JSON.")
    place = _BYTE.search(reason)
    where = f" (byte {place[1]})" if place else ""
    _refuse("malformed_json", f"The body is not JSON{where}.")


def _too_deep() -> NoReturn:
    _refuse("too_deep", "The JSON is nested too deeply.")


def _refuse(code: str, detail: str) -> NoReturn:
    refuse(code, detail, _REMEDY, pointer="", rule="RFC 8259", status=400)
