"""The order's road: eleven hops, where the order is, and who was shown what of it.

A hop's dot is as large as the most telling thing it was ever shown: what somebody was shown
counts, whatever they were told to do with it since.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from orderveil.core.fields import COMPARTMENT_OF, Field
from orderveil.core.forms import SHOWS_NOTHING, Form, tells_at_most
from orderveil.core.hops import Hop
from orderveil.core.states import ParcelState
from orderveil.gate.compose import ParcelView
from orderveil.hops.support import wording
from orderveil.ledger.of_order import Shown

AT: Mapping[ParcelState, Hop] = MappingProxyType(
    {
        ParcelState.PLACED: Hop.WMS,
        ParcelState.PACKED: Hop.LABEL,
        ParcelState.SHIPPED: Hop.COURIER,
        ParcelState.OUT_FOR_DELIVERY: Hop.COURIER,
        ParcelState.UNDELIVERED: Hop.COURIER,
        ParcelState.DELIVERED: Hop.SUPPORT,
        ParcelState.RETURNING: Hop.COURIER,
        ParcelState.RETURNED: Hop.WMS,
        ParcelState.CANCELLED: Hop.RETENTION,
        ParcelState.CLOSED: Hop.RETENTION,
    }
)
"""Whose business a parcel is in that state: where it stands on the road."""

LEVELS = (_("nothing"), _("facts"), _("masked"), _("in part"), _("can reach"))
RADII = (0, 5, 8, 11, 14)
_REACHES = frozenset({Field.PHONE, Field.EMAIL, Field.LINE1})
_AREA = frozenset({Field.CITY, Field.STATE, Field.PINCODE, Field.COUNTRY})
_WHOLE = frozenset({Form.WHOLE, Form.HASHED, Form.IF_COD})
_VEILED = frozenset({Form.MASKED, Form.TOKEN, Form.SENT, Form.VIRTUAL, Form.COARSE})


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who was shown something of the order: a partner's system, or a person."""

    hop: Hop
    title: str
    partner: int | None
    person: str | None
    reasons: list[str]
    """Of reveals, in words."""
    is_reveal: bool
    told: list[tuple[str, str]]
    """(form in words, its fields in words), the most telling first."""
    level: int
    times: int
    last: datetime
    entry_id: UUID
    is_spoilt: bool
    """True: bytes of some of these disclosures are no entry."""


@dataclass(frozen=True, slots=True)
class Stop:
    """One hop on the road."""

    hop: Hop
    title: str
    level: int
    word: str
    radius: int
    last: datetime | None
    here: list[str] = field(default_factory=list)
    """What is there now: "parcel 1 shipped"."""


def holders(shown: Iterable[Shown]) -> list[Holder]:
    """One for each recipient, reveals apart; the latest first."""
    groups: dict[tuple[Hop, int | None, str | None, bool], list[Shown]] = {}
    for each in shown:
        key = (each.hop, each.partner, each.person, each.is_reveal)
        groups.setdefault(key, []).append(each)
    found = [_holder(group) for group in groups.values()]
    return sorted(found, key=lambda each: each.last, reverse=True)


def stops(found: Sequence[Holder], parcels: Sequence[ParcelView]) -> list[Stop]:
    """The eleven, in the order of the road."""
    here = _where(parcels)
    return [_stop(hop, [each for each in found if each.hop == hop], here) for hop in Hop]


def level_of(forms: Mapping[Field, Form]) -> int:
    """0: nothing; 1: facts; 2: masked; 3: parts of the customer; 4: enough to reach them."""
    personal = {name: form for name, form in forms.items() if name in COMPARTMENT_OF}
    if any(name in _REACHES and form in _WHOLE for name, form in personal.items()):
        return 4
    if any(name not in _AREA and form not in _VEILED for name, form in personal.items()):
        return 3
    if personal:
        return 2
    return 1 if forms else 0


def _holder(group: Sequence[Shown]) -> Holder:
    newest = max(group, key=lambda each: each.last)
    forms = strongest(each.forms or {} for each in group)
    return Holder(
        hop=newest.hop,
        title=wording.of(wording.HOPS, newest.hop),
        partner=newest.partner,
        person=newest.person,
        reasons=[wording.spelled_reason(each.reason) for each in group if each.reason],
        is_reveal=newest.is_reveal,
        told=_by_form(forms),
        level=level_of(forms),
        times=sum(each.times for each in group),
        last=newest.last,
        entry_id=newest.entry_id,
        is_spoilt=any(each.is_spoilt for each in group),
    )


def strongest(all_forms: Iterable[Mapping[Field, Form]]) -> dict[Field, Form]:
    """The most telling form in which each field was ever shown."""
    found: dict[Field, Form] = {}
    for forms in all_forms:
        for name, form in forms.items():
            before = found.get(name, Form.ABSENT)
            if form not in SHOWS_NOTHING and not tells_at_most(form, before):
                found[name] = form
    return found


def _by_form(forms: Mapping[Field, Form]) -> list[tuple[str, str]]:
    told = []
    for form in Form:
        names = [wording.of(wording.FIELDS, name) for name in Field if forms.get(name) == form]
        if names:
            told.append((wording.of(wording.FORMS, form), ", ".join(names)))
    return told


def _where(parcels: Sequence[ParcelView]) -> dict[Hop, list[str]]:
    found: dict[Hop, list[str]] = {}
    for number, parcel in enumerate(parcels, 1):
        if parcel.state:
            state = ParcelState(parcel.state)
            words = wording.of(wording.STATES, state)
            found.setdefault(AT[state], []).append(
                words if len(parcels) == 1 else f"{number}: {words}"
            )
    return found


def _stop(hop: Hop, found: Collection[Holder], here: Mapping[Hop, Any]) -> Stop:
    level = max((each.level for each in found), default=0)
    return Stop(
        hop=hop,
        title=wording.of(wording.HOPS, hop),
        level=level,
        word=str(LEVELS[level]),
        radius=RADII[level],
        last=max((each.last for each in found), default=None),
        here=here.get(hop, []),
    )
