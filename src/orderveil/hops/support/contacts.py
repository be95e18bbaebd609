"""An order's virtual contacts: which number or alias, for whom, until when, used when and by whom.

Rules kept here:
- of a PIN its last two digits are shown: with all of them whoever reads the page could call;
- opening the page is on record, as the order's own page is, and shows nothing of the customer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from orderveil.contacts import setup as setups
from orderveil.contacts import using
from orderveil.contacts.models import Contact, ContactKind
from orderveil.core.actors import Actor
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.fields import Field
from orderveil.gate.asking import spend
from orderveil.gate.disclose import put_on_record
from orderveil.gate.narrowing import showing
from orderveil.hops.support import wording
from orderveil.hops.support.refs import order_behind
from orderveil.ledger.acts import ActKind
from orderveil.ledger.entries import ActEntry
from orderveil.ledger.of_order import latest_of_kind

MOST_USES = 100


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a contact."""

    at: datetime
    contact: int
    kind: str
    by_customer: bool
    partner: int | None
    outcome: str
    is_allowed: bool


def contacts(request: HttpRequest, actor: Actor, ref: str) -> HttpResponse:
    """The page."""
    caller, order_id = order_behind(actor, ref, "contacts page")
    problem = spend(caller, 1, actor.now)
    if problem is not None:
        raise RefusedError(problem)
    facts = showing(frozenset({Field.PARCEL_STATE}))
    seen = put_on_record(caller, order_id, None, now=actor.now, narrow=facts)
    if isinstance(seen, Problem):
        raise RefusedError(seen)
    setup = setups.setup_of(actor.brand_id)
    domain = setup.mail_domain if setup else ""
    used = _uses(order_id)
    found = using.of_order(actor.brand_id, order_id)
    context = {
        "ref": ref,
        "contacts": [_told(each, used, actor.now, domain) for each in found],
        "uses": used,
        "most": MOST_USES,
        "is_set_up": setup is not None,
    }
    return render(request, "support/contacts.html", context)


def _told(contact: Contact, used: Sequence[Use], now: datetime, domain: str) -> dict[str, Any]:
    over = contact.ended_at or contact.expires_at
    is_phone = contact.kind == ContactKind.PHONE
    mine = [use for use in used if use.contact == contact.pk]
    return {
        "is_phone": is_phone,
        "shown": contact.number if is_phone else contact.code,
        "domain": "" if is_phone else domain,
        "pin": contact.code[-2:] if is_phone else "",
        "partner": contact.partner_id,
        "parcel": contact.parcel_no,
        "since": contact.allocated_at,
        "until": contact.expires_at,
        "ended": None if using.is_live(contact, now) else over,
        "times": len(mine),
        "last": mine[0].at if mine else None,
    }


def _uses(order_id: bytes) -> list[Use]:
    """The last uses on record, the newest first."""
    entries = latest_of_kind(order_id, ActKind.CONTACT_USED, MOST_USES)
    return [_use(each.entry) for each in entries if isinstance(each.entry, ActEntry)]


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _use(entry: ActEntry) -> Use:
    told = entry.detail
    return Use(
        at=entry.at,
        contact=_number(told.get("contact")) or 0,
        kind=str(told.get("kind")),
        by_customer=told.get("way") == using.Way.TO_PARTNER.value,
        partner=_number(told.get("partner")),
        outcome=wording.of(wording.OUTCOMES, using.Outcome(str(told.get("outcome")))),
        is_allowed=bool(told.get("allowed")),
    )
