"""The fields of one record judged together: what beside what is somebody.

Rules kept here:
- a number of a person (phone, email, card, PAN, Aadhaar, UPI id, IBAN, a person's GSTIN) blocks
  wherever it stands, a warehouse keeper's too; so does an address that is no warehouse's;
- a name blocks beside an address, a PIN code, a town or a number of a person in the same record,
  a PIN code beside a name; each of them alone, and a town alone, blocks nothing;
- what stands beside raises what is in doubt: half an address becomes one beside a name, a bare
  PIN code beside a town;
- warehouses have addresses too: under a key of a warehouse, a supplier, a vendor, a store or
  another firm ("ship_from/address", "vendor_name") addresses, PIN codes and names are a firm's:
  nothing is told of them;
- keys are searched as well as values; what was found is told by kind, place and rule, never by
  its value.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from orderveil.core.detect.finding import find_under
from orderveil.core.detect.keys import KeyFacts, facts_of
from orderveil.core.detect.kinds import EVERYTHING, NUMBERS_OF_PEOPLE, SURE, Hit, Kind
from orderveil.core.detect.screening import is_inert, names_town
from orderveil.core.scripts import fold

_DOUBT = 0.35
"""From here on a candidate is worth a look at what stands beside it."""

_LARGEST = 10**20
_RAISE = 0.25
_KEPT = EVERYTHING - {Kind.CVV}
_NO_KEY = facts_of("")
_PLACES = frozenset({Kind.ADDRESS, Kind.PINCODE})


@dataclass(frozen=True, slots=True)
class Found:
    """Something found in a record: in field number `field`, in its key if `in_key`.

    `rule` says in a few words why it counts, `blocks` whether it is somebody's. No value.
    """

    field: int
    kind: Kind
    rule: str
    certainty: float
    blocks: bool
    in_key: bool = False


@dataclass(frozen=True, slots=True)
class _Candidate:
    field: int
    facts: KeyFacts
    hit: Hit
    in_key: bool = False


def judge(fields: Sequence[tuple[str, Any]]) -> list[Found]:
    """What the fields of one record hold, field by field.

    A field is its key path (or JSON pointer, or column) and its value: a text or a number;
    anything else is passed over. A record is what belongs together: a JSON object with what is
    nested in it, an XML element, a row.
    """
    candidates: list[_Candidate] = []
    for at, (path, value) in enumerate(fields):
        facts = facts_of(path)
        if facts.suspicious:
            candidates += [_Candidate(at, _NO_KEY, hit, in_key=True) for hit in _in_key(path)]
        text = value if type(value) is str else _text(value)
        if not text or (facts.inert and is_inert(text)):
            continue
        candidates += [
            _Candidate(at, facts, hit) for hit in find_under(text, facts, EVERYTHING, _DOUBT)
        ]
    if not candidates:
        return []
    return list(_judged(candidates, town=_has_town(fields)))


def _has_town(fields: Sequence[tuple[str, Any]]) -> bool:
    """Does one of the fields name a town that is no warehouse's?"""
    for path, value in fields:
        facts = facts_of(path)
        if facts.business or facts.product or not isinstance(value, str):
            continue
        if (facts.city and value) or names_town(fold(value)):
            return True
    return False


def _text(value: Any) -> str | None:
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int):
        return str(value) if abs(value) < _LARGEST else None
    if isinstance(value, float | Decimal) and -_LARGEST < value < _LARGEST:
        return str(int(value)) if value == int(value) else None
    return None


def _in_key(path: str) -> Iterator[Hit]:
    for name in path.replace("~1", " ").split("/"):
        yield from find_under(name, _NO_KEY, _KEPT, SURE)


def _judged(candidates: list[_Candidate], *, town: bool) -> Iterator[Found]:
    kinds = {one.hit.kind for one in candidates if _is_evidence(one)}
    for one in candidates:
        kind, certainty = one.hit.kind, one.hit.certainty
        beside = _beside(one, kinds, town=town)
        if certainty < SURE and beside and not one.facts.business and not one.facts.product:
            certainty = round(certainty + _RAISE, 2)
        if certainty < SURE:
            continue
        blocks, rule = _ruled(one, beside)
        yield Found(one.field, kind, rule, certainty, blocks, one.in_key)


def _is_evidence(one: _Candidate) -> bool:
    """Does it say something of what stands beside it?"""
    if one.hit.kind in NUMBERS_OF_PEOPLE:
        return one.hit.personal and one.hit.certainty >= SURE
    return one.hit.personal and not one.facts.business


def _beside(one: _Candidate, kinds: set[Kind], *, town: bool) -> str:
    """What in the record stands beside a name, a place or a doubtful number; empty if nothing."""
    kind = one.hit.kind
    others = kinds - {kind}
    if kind is Kind.NAME:
        if others & _PLACES:
            return "an address"
        if others & NUMBERS_OF_PEOPLE:
            return "a person's number"
        return "a town" if town else ""
    if Kind.NAME in others:
        return "a name"
    if kind in _PLACES and others & NUMBERS_OF_PEOPLE:
        return "a person's number"
    return ""


def _ruled(one: _Candidate, beside: str) -> tuple[bool, str]:
    """Does it block, and why: the rule in a few words."""
    kind, facts = one.hit.kind, one.facts
    if not one.hit.personal:
        return False, f"{kind.value} of a firm"
    if kind in NUMBERS_OF_PEOPLE:
        return True, f"{kind.value} in a key" if one.in_key else kind.value
    if facts.business:
        return False, f"{kind.value} of a firm"
    if kind is Kind.ADDRESS:
        return True, f"address beside {beside}" if beside else "address"
    if beside:
        return True, f"{kind.value} beside {beside}"
    return False, f"{kind.value} alone"
