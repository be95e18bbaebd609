"""Who holds this now: of what was shown of an order, who was shown which field in which form.

Rules kept here:
- whatever was shown is held: no erasure here takes it out of somebody else's hands;
- the same holder, field and form is one line: how often, first, last, under which policy last.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from orderveil.core.fields import PERSONAL, Field
from orderveil.core.forms import SHOWS_NOTHING
from orderveil.ledger.of_order import Shown
from orderveil.ledger.words import plain


class Holder(NamedTuple):
    """Who was shown a field in one form."""

    field: str
    form: str
    partner: int | None
    hop: str
    person: str
    times: int
    first: datetime
    last: datetime
    entry_id: UUID
    """The last of these disclosures."""
    policy: str


def of(shown: Iterable[Shown]) -> tuple[list[Holder], list[Holder]]:
    """(of personal fields, of facts), in the order of the fields."""
    groups: dict[Field, dict[tuple[object, ...], list[Shown]]] = defaultdict(dict)
    for one in sorted(shown, key=lambda one: one.first):
        for field, form in (one.forms or {}).items():
            if form not in SHOWS_NOTHING:
                key = (one.partner, one.hop, one.person, form)
                groups[field].setdefault(key, []).append(one)
    told = {field: _holders(field, groups[field]) for field in Field if field in groups}
    personal = [one for field, each in told.items() if field in PERSONAL for one in each]
    facts = [one for field, each in told.items() if field not in PERSONAL for one in each]
    return personal, facts


def _holders(field: Field, groups: Mapping[tuple[object, ...], list[Shown]]) -> list[Holder]:
    return [_holder(field, each) for each in groups.values()]


def _holder(field: Field, each: list[Shown]) -> Holder:
    last = max(each, key=lambda one: one.last)
    return Holder(
        field=plain(field),
        form=plain((last.forms or {})[field]),
        partner=last.partner,
        hop=last.hop,
        person=last.person or "",
        times=sum(one.times for one in each),
        first=each[0].first,
        last=last.last,
        entry_id=last.entry_id,
        policy=last.policy,
    )
