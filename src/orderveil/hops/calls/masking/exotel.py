"""Exotel's GreenVN (LeadAssist): a virtual number between a partner's people and one customer.

An allocation names both sides and the PIN with which an agent whose number is not registered joins;
it ends by itself after its duration, and is deleted when its parcel ends.

Source: developer.exotel.com/api/create-an-allocation (connection_id, aparty_numbers, aparty_pins,
bparty_numbers, usage), /api/delete-an-allocation, /api/get-details-of-an-allocation; the duration's
unit (seconds, 86,400 if none, 14,688,000 at most) from /docs/lead-assist-greenvn/api-reference.
From memory: codes 18 (duplicate connection_id) and 4 (no number free), and that allocations can be
searched by their connection_id, whose unsupported filters have an error code of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from http import HTTPStatus
from typing import Final, TypeAlias
from urllib.parse import urlencode

import msgspec

from orderveil.core.errors import OrderveilError
from orderveil.hops.calls.speech import is_number

LONGEST_SECONDS: Final = 14_688_000
_DUPLICATE: Final = 18
_EMPTY: Final = 4


class Miss(Enum):
    """Why there is no number."""

    DUPLICATE = auto()
    """It was allocated before: look for it."""
    EMPTY = auto()
    """The provider's pool has none."""
    LATER = auto()
    """Not now; nothing was done."""
    REFUSED = auto()
    """It won't, whatever is tried."""
    UNKNOWN = auto()
    """It may have been done."""
    NOT_THERE = auto()
    """It was looked for, and is not there."""


@dataclass(frozen=True, slots=True)
class Masked:
    """A number, and the provider's name for the allocation."""

    number: str
    provider_id: str


Outcome: TypeAlias = Masked | Miss


class _Data(msgspec.Struct):
    greenvn: str = ""
    green_vn: str = ""
    greenvn_id: str | int = ""
    connection_id: str = ""
    state: str = "active"


class _Answer(msgspec.Struct):
    data: _Data | list[_Data] | None = None
    code: int | None = None


def path(account: str) -> str:
    """Where allocations of an account are."""
    return f"/v1/tenants/{account}/greenvn"


def search(account: str, connection_id: str) -> str:
    """Where one of them is looked for."""
    return f"{path(account)}?{urlencode({'connection_id': connection_id})}"


def one(account: str, provider_id: str) -> str:
    """Where one of them is."""
    if not provider_id or not provider_id.replace("-", "").replace("_", "").isalnum():
        raise OrderveilError("This is no name that the provider gives an allocation.")
    return f"{path(account)}/{provider_id}"


def allocation(
    connection_id: str, agents: Sequence[str], pin: str, customer: str, seconds: int
) -> bytes:
    """The request. Two-way: the customer calls back by the same number."""
    return msgspec.json.encode(
        {
            "connection_id": connection_id,
            "aparty_numbers": list(agents),
            "aparty_pins": [int(pin)],
            "bparty_numbers": [customer],
            "usage": "twoway",
            "deallocation_policy": {"duration": max(60, min(seconds, LONGEST_SECONDS))},
        }
    )


def allocated(status: int, body: bytes) -> Outcome:
    """What the answer to an allocation means."""
    answer = _read(body)
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        found = _masked(answer.data) if answer is not None else None
        return found or Miss.UNKNOWN
    if answer is not None and answer.code == _DUPLICATE:
        return Miss.DUPLICATE
    if answer is not None and answer.code == _EMPTY:
        return Miss.EMPTY
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Miss.LATER
    return Miss.REFUSED if status < HTTPStatus.INTERNAL_SERVER_ERROR else Miss.UNKNOWN


def searched(status: int, body: bytes, connection_id: str) -> Outcome:
    """What the answer to a search means."""
    if status == HTTPStatus.NOT_FOUND:
        return Miss.NOT_THERE
    answer = _read(body)
    if status != HTTPStatus.OK or answer is None:
        return Miss.UNKNOWN
    found = answer.data if isinstance(answer.data, list) else [answer.data or _Data()]
    ours = [each for each in found if each.connection_id == connection_id]
    alive = [each for each in ours if each.state == "active"]
    return _masked(alive[0]) or Miss.UNKNOWN if alive else Miss.NOT_THERE


def released(status: int) -> bool:
    """Is it gone? What isn't there, or went before, is."""
    return status in {HTTPStatus.OK, HTTPStatus.NO_CONTENT, HTTPStatus.NOT_FOUND, HTTPStatus.GONE}


def _read(body: bytes) -> _Answer | None:
    try:
        return msgspec.json.decode(body, type=_Answer)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None


def _masked(data: _Data | list[_Data] | None) -> Masked | None:
    if not isinstance(data, _Data):
        return None
    number, name = data.greenvn or data.green_vn, str(data.greenvn_id)
    plain = name.replace("-", "").replace("_", "")
    return Masked(number, name) if is_number(number) and plain.isalnum() else None
