"""Reading what carriers answer: totally, and keeping nothing of it but ids.

Rules kept here:
- whatever comes is read without an exception: any bytes, any JSON, any size up to 1 MB;
- what is kept has a small alphabet and a bounded length: a name or a sentence can't get through;
- a carrier's words are compared with words that are known, never repeated.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any, Final

import msgspec

from orderveil.core.errors import Problem
from orderveil.hops.courier.carriers.speech import Heard, Later, Refused, Scan, SignedOut

MOST_BYTES: Final = 1024 * 1024
MOST_SECONDS: Final = 24 * 60 * 60
MOST_SCANS: Final = 500
IST: Final = timezone(timedelta(hours=5, minutes=30))
"""Indian carriers write local times without a zone."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}").fullmatch
_CARRIER = re.compile(r"[A-Za-z][A-Za-z0-9 &().+-]{0,39}").fullmatch
_CODE = re.compile(r"[A-Za-z0-9_.-]{1,40}").fullmatch
_TOKEN = re.compile(r"[\x21-\x7e]{1,4096}").fullmatch
_SECONDS = re.compile(r"[0-9]{1,6}").fullmatch
_DECODE = msgspec.json.Decoder().decode

_DIALLED: Final = 7

Facts = Any
"""Decoded JSON of whatever shape."""


def json_of(body: bytes) -> Facts:
    """The body as JSON; None if it is none, or too much."""
    if len(body) > MOST_BYTES:
        return None
    try:
        return _DECODE(body)
    except (ValueError, RecursionError):
        return None


def dig(facts: Facts, *names: str | int) -> Facts:
    """What stands at a place of an answer; None if there is no such place."""
    for name in names:
        if isinstance(name, int):
            facts = facts[name] if isinstance(facts, list) and name < len(facts) else None
        else:
            facts = facts.get(name) if isinstance(facts, dict) else None
    return facts


def listed(facts: Facts) -> list[Any]:
    """A list of an answer; empty if it is none."""
    return facts if isinstance(facts, list) else []


def word_of(facts: Facts) -> str:
    """A text or whole number of an answer as text, trimmed; "" for anything else."""
    if isinstance(facts, str):
        return facts.strip()
    is_number = isinstance(facts, int) and not isinstance(facts, bool) and abs(facts) < 10**18
    return str(facts) if is_number else ""


def id_of(facts: Facts) -> str | None:
    """An id that may be kept: up to 40 of `A-Z a-z 0-9 _ . -`."""
    word = word_of(facts)
    return word if _ID(word) else None


def carrier_of(facts: Facts, otherwise: str) -> str:
    """The name of the company that carries a parcel, where it looks like one."""
    word = word_of(facts)
    return word if _CARRIER(word) and sum(map(str.isdigit, word)) < _DIALLED else otherwise


def code_of(facts: Facts) -> str:
    """A scan's code, if it looks like one: no sentence, no number that could be dialled."""
    word = word_of(facts)
    return word if _CODE(word) and sum(map(str.isdigit, word)) < _DIALLED else "none"


def token_of(facts: Facts) -> str | None:
    """A token that may stand in a header."""
    return facts if isinstance(facts, str) and _TOKEN(facts) else None


def seconds_of(headers: Mapping[str, str]) -> int | None:
    """Retry-After in seconds (RFC 9110 10.2.3), at most a day; None if it isn't a number."""
    word = headers.get("retry-after", "").strip()
    return min(int(word), MOST_SECONDS) if _SECONDS(word) else None


def moment_of(facts: Facts, *formats: str, zone: tzinfo = IST) -> datetime | None:
    """A moment in one of these formats, or ISO 8601; `zone` is that of one without a zone."""
    word = word_of(facts)
    if not 8 <= len(word) <= 40:
        return None
    for read in (datetime.fromisoformat, *map(_by, formats)):
        try:
            moment = read(word)
            return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    return None


def _by(form: str) -> Callable[[str], datetime]:
    return lambda word: datetime.strptime(word, form)  # noqa: DTZ007 - the zone comes after


def trouble(heard: Heard) -> Later | SignedOut | None:
    """What every carrier's status says alike: signed out, too fast, broken. None: read the body.

    A 5xx says nothing of whether it was done (RFC 9110 15.6).
    """
    if heard.status == 401:
        return SignedOut()
    if heard.status == 429:
        return Later("too_fast", seconds_of(heard.headers), is_sure=True)
    if heard.status == 408 or heard.status >= 500:
        return Later("carrier_down", seconds_of(heard.headers))
    return None


def in_order(found: Iterable[Scan | None]) -> list[Scan]:
    """Scans as they happened, each once."""
    return sorted(dict.fromkeys(one for one in found if one is not None), key=lambda one: one.at)


NO_SCANS: Final = Problem(
    code="tracking_unreadable",
    detail="The webhook names no waybill that could be read.",
    remedy="Send the carrier's tracking events to this address, and nothing else.",
    rule="a tracking webhook names a parcel by its waybill number",
)
UNREADABLE: Final = Later("unreadable")
"""An answer that says nothing: it may have been done, or not."""


def refused(carrier: str, code: str, detail: str, remedy: str, *, pointer: str = "") -> Refused:
    """A refusal in our words."""
    rule = f"{carrier}'s API"
    return Refused(Problem(code=code, detail=detail, remedy=remedy, pointer=pointer, rule=rule))


def turned_down(carrier: str, heard: Heard, named: Collection[str] = ()) -> Refused:
    """The carrier answered that it will not. `named`: which of our fields it complained of."""
    fields = f" It names: {', '.join(sorted(named))}." if named else ""
    return refused(
        carrier,
        "carrier_refused",
        f"{carrier} refused the request (HTTP {heard.status}).{fields}",
        "Look at the parcel in the carrier's own panel, mend the order or the account's options, "
        "then book again.",
    )
