"""What happened to an order, as its page tells it: one line for each thing, the newest first.

People of a centre are told what the brand's own people did, and not who they are.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from orderveil.core.actors import Actor
from orderveil.gate.desk.verifying import Said
from orderveil.hops.support import wording
from orderveil.hops.support.road import Holder
from orderveil.ledger.acts import ActKind
from orderveil.ledger.entries import ActEntry, BulkEntry, DisclosureEntry
from orderveil.ledger.of_order import latest_of
from orderveil.ledger.queries import OrderEntry

MOST = 40


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened."""

    at: datetime
    words: str
    what: str
    partner: int | None
    person: str | None
    """Their pseudonym; None: not a person, or nobody this page names."""
    entry_id: UUID


def lines(actor: Actor, order_id: bytes) -> list[Line]:
    """The last things on record about an order."""
    return [_line(actor, each) for each in latest_of(order_id, MOST)]


def named(actor: Actor, found: list[Holder]) -> list[dict[str, Any]]:
    """The holders with the person that this actor may be told, if any."""
    return [
        {
            "of": each,
            "person": told_person(actor, each.person, each.partner),
            "is_person": each.person,
        }
        for each in found
    ]


def told_person(actor: Actor, person: str | None, partner: int | None = None) -> str | None:
    """The person whom this actor may be told of, who acted for `partner`; None for the others."""
    is_theirs = actor.partner_id is None or actor.partner_id == partner or person == actor.person
    return person if is_theirs else None


def _line(actor: Actor, each: OrderEntry) -> Line:
    entry = each.entry
    words = wording.of(wording.HAPPENED, each.kind)
    if isinstance(entry, ActEntry):
        who = entry.who
        what = _of_act(entry)
        return Line(
            each.at,
            words,
            what,
            who.partner,
            told_person(actor, who.person, who.partner),
            each.entry_id,
        )
    if isinstance(entry, DisclosureEntry | BulkEntry):
        said = wording.spelled_reason(entry.reason) if each.kind == "reveal" else ""
        hop = wording.of(wording.HOPS, entry.hop)
        return Line(
            each.at,
            words,
            f"{hop}: {said}" if said else hop,
            entry.partner,
            told_person(actor, entry.person, entry.partner),
            each.entry_id,
        )
    what = _("The stored bytes are no entry: somebody changed them.") if each.is_spoilt else ""
    return Line(each.at, words, what, each.partner, None, each.entry_id)


def _of_act(entry: ActEntry) -> str:
    """The little an act's detail says that helps whoever reads the order's page."""
    told = entry.detail
    parts = [_("parcel %(n)s") % {"n": told["parcel"]}] if told.get("parcel") else []
    if entry.kind == ActKind.STATE_CHANGED:
        states = (wording.of(wording.STATES, str(told.get(end))) for end in ("from", "to"))
        parts.append(" → ".join(states))
    elif entry.kind in {ActKind.PARCEL_ASSIGNED, ActKind.PARCEL_UNASSIGNED}:
        parts.append(wording.of(wording.HOPS, str(told.get("hop"))))
    elif entry.kind == ActKind.CALLER_VERIFIED:
        parts.append(wording.of(wording.SAID, Said(str(told.get("asked")))))
        parts.append(_("match") if told.get("matched") else _("no match"))
    elif entry.kind in {ActKind.CALL_PLACED, ActKind.CALL_SETTLED}:
        parts.append(wording.of(wording.CALLED, str(told.get("outcome"))))
    return ", ".join(parts)
