"""Who holds this now: of an order's entries, who was shown which field in which form.

Rules kept here:
- whatever was shown is held: no erasure here takes it out of somebody else's hands;
- the same holder, field and form is one line: how often, first, last, under which policy last.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from orderveil.core.fields import PERSONAL, Field
from orderveil.ledger.queries import Holding, OrderEntry, holdings
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


def of(entries: Iterable[OrderEntry]) -> tuple[list[Holder], list[Holder]]:
    """(of personal fields, of facts), in the order of the fields."""
    found = holdings(entries)
    told = {field: _holders(field, found[field]) for field in Field if field in found}
    personal = [one for field, each in told.items() if field in PERSONAL for one in each]
    facts = [one for field, each in told.items() if field not in PERSONAL for one in each]
    return personal, facts


def _holders(field: Field, shown: list[Holding]) -> list[Holder]:
    groups: dict[tuple[object, ...], list[Holding]] = {}
    for one in shown:
        groups.setdefault((one.partner, one.hop, one.person, one.form), []).append(one)
    return [
        Holder(
            field=plain(field),
            form=plain(each[-1].form),
            partner=each[-1].partner,
            hop=each[-1].hop,
            person=each[-1].person or "",
            times=len(each),
            first=each[0].at,
            last=each[-1].at,
            entry_id=each[-1].entry_id,
            policy=each[-1].policy.name,
        )
        for each in groups.values()
    ]
