"""Reaching a customer through a virtual contact: the real value, for our own sending code alone.

Rules kept here:
- it is a disclosure: decided, recorded, then opened; its recipient is whoever carries the call or
  the mail, a partner on hop `comms`, and its form is *sent*;
- the contact leads to nobody once it ended, once its partner has no standing, once the parcel is
  out of that partner's window or in other hands: asked under the same law as the disclosure, and
  the window by the statement itself;
- whether a caller is the customer is asked of the blind index: nothing is opened for it.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from django.db import connection

from orderveil.contacts import using
from orderveil.contacts.models import Contact, ContactKind
from orderveil.core import normalise
from orderveil.core.blindindex import fingerprint
from orderveil.core.decision import Grant
from orderveil.core.errors import Problem
from orderveil.core.fields import COMPARTMENT_OF, Field
from orderveil.core.forms import Form
from orderveil.core.hops import Hop, Reach
from orderveil.gate import law as laws
from orderveil.gate import refusals
from orderveil.gate.asking import Caller, spend
from orderveil.gate.compose import Plan
from orderveil.gate.disclose import put_on_record
from orderveil.gate.keys import brand_keys
from orderveil.gate.narrowing import Narrow, only, showing
from orderveil.gate.opening import open_row
from orderveil.partners import assignments

FIELD_OF: Final = {ContactKind.PHONE: Field.PHONE, ContactKind.EMAIL: Field.EMAIL}
_MOST_ORDERS: Final = 200
"""Of one phone: whoever has more orders is no customer who calls a courier back."""


@dataclass(frozen=True, slots=True)
class Reached:
    """The customer's own number or address. It goes into the one call or mail, and nowhere else."""

    value: str = field(repr=False)
    """E.164, or an address."""
    disclosure: str
    """The ledger entry that recorded it."""


def reach(contact: Contact, through: int | None, *, now: datetime) -> Reached | Problem:
    """Who stands behind a contact, for the partner that carries the call or mail; or why nobody.

    `through`: that partner, the recipient on record; None: nobody is set up to carry it.
    """
    name = FIELD_OF[ContactKind(contact.kind)]
    if not using.is_live(contact, now):
        return ENDED
    if through is None:
        return NOT_SET_UP
    caller = Caller(
        contact.brand_id, through, Hop.COMMS, reason=f"contact:{contact.pk}:{contact.hop}"
    )
    return _opened(
        *(caller, bytes(contact.order_id), contact.parcel_no, name),
        now=now,
        narrow=_within_window(contact, name, now),
    )


def reach_for(
    caller: Caller,
    order_id: bytes,
    parcel_no: int | None,
    name: Field,
    *,
    through: int,
    now: datetime,
) -> Reached | Problem:
    """The same for somebody who may see the order and asks to be connected: they see nothing.

    Two entries: that they asked, in the name of their own hop, and what the partner that carries
    the call or mail (`through`) got.
    """
    problem = spend(caller, 1, now)
    if problem is not None:
        return problem
    facts = showing(frozenset({Field.PARCEL_STATE}))
    asked = put_on_record(caller, order_id, parcel_no, now=now, narrow=facts)
    if isinstance(asked, Problem):
        return asked
    carrying = Caller(
        caller.brand_id, through, Hop.COMMS, person=caller.person, reason=caller.reason
    )
    return _opened(carrying, order_id, parcel_no, name, now=now, narrow=_sending(name))


def may_answer(contact: Contact, *, now: datetime) -> Problem | None:
    """May the customer reach the contact's partner: is it live, in standing, the parcel its own?

    Nothing is opened: the partner's side is ours to dial, and the customer's isn't shown.
    """
    if not using.is_live(contact, now):
        return ENDED
    laws.current(laws.law_of(contact.brand_id))  # no statement follows that would notice
    window = _window(contact, now)
    if isinstance(window, Problem):
        return window
    return refusals.why_not(
        contact.brand_id,
        contact.partner_id,
        window,
        bytes(contact.order_id),
        contact.parcel_no,
    )


def _opened(
    caller: Caller,
    order_id: bytes,
    parcel_no: int | None,
    name: Field,
    *,
    now: datetime,
    narrow: Narrow,
) -> Reached | Problem:
    law = laws.current(laws.law_of(caller.brand_id))
    if caller.partner_id not in law.partners:
        return NOT_SET_UP
    done = put_on_record(caller, order_id, parcel_no, now=now, narrow=narrow)
    if isinstance(done, Problem):
        return done
    values = open_row(caller.brand_id, done.row, done.plan.compartments).values
    value = values.get(COMPARTMENT_OF[name], {}).get(name.value, "")
    if name == Field.PHONE:
        value = value.partition(";")[0]  # nobody can be put through to an extension (RFC 3966)
    return Reached(value, str(done.entry_id)) if value else NOBODY


def _sending(name: Field) -> Narrow:
    """Of what comms may have, this one field, if it may be *sent*."""

    def narrow(grant: Grant) -> tuple[Grant, Plan] | Problem:
        if grant.forms.get(name) not in {Form.SENT, Form.WHOLE}:
            return _not_sent(name)
        return only(grant, {name: Form.SENT})

    return narrow


def _within_window(contact: Contact, name: Field, now: datetime) -> Narrow:
    """The same, while the contact's own partner may have the parcel."""
    send = _sending(name)

    def narrow(grant: Grant) -> tuple[Grant, Plan] | Problem:
        window = _window(contact, now)
        if isinstance(window, Problem):
            return window
        return send(replace(grant, states=grant.states & window.states))

    return narrow


def _window(contact: Contact, now: datetime) -> Grant | Problem:
    """The Grant that the contact's own partner would get of this parcel."""
    law = laws.law_of(contact.brand_id)
    partner = law.partners.get(contact.partner_id)
    if partner is None:
        return ENDED
    hop = Hop(contact.hop)
    decision = law.decide(partner, hop, enforced=True, today=now.date())
    if isinstance(decision, Problem):
        return decision
    grant = decision[0]
    if grant.reach == Reach.ASSIGNED:
        holder = assignments.assignee(bytes(contact.order_id), contact.parcel_no, hop)
        if holder != contact.partner_id:
            return refusals.not_assigned(hop)
    return grant


def is_customer(contact: Contact, value: str) -> bool:
    """Is this the number, or the address, of the order's customer? Nothing is opened."""
    name = FIELD_OF[ContactKind(contact.kind)]
    mark = _mark(contact.brand_id, name, value)
    return bytes(contact.order_id) in _orders_of(name, mark, bytes(contact.order_id))


def contact_of_caller(brand_id: int, number: str, caller: str, now: datetime) -> Contact | None:
    """Of a customer who calls a pool number back: the newest contact that led to them there."""
    mark = _mark(brand_id, Field.PHONE, caller)
    return using.newest_on(brand_id, number, _orders_of(Field.PHONE, mark, None), now)


def _mark(brand_id: int, name: Field, value: str) -> bytes:
    spelled = normalise.phone(value) if name == Field.PHONE else normalise.email(value)
    return fingerprint(brand_keys(brand_id).index, name, normalise.search_key(name, spelled))


def _orders_of(name: Field, mark: bytes, order_id: bytes | None) -> set[bytes]:
    column = "phone" if name == Field.PHONE else "email"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT order_id FROM vault_index WHERE {column} = %s"  # noqa: S608 - ours
            " AND (%s::bytea IS NULL OR order_id = %s) LIMIT %s",
            [mark, order_id, order_id, _MOST_ORDERS],
        )
        return {bytes(row[0]) for row in cursor.fetchall()}


def _not_sent(name: Field) -> Problem:
    return Problem(
        code="contact_not_sent",
        detail=f"The policy does not let comms send to the {name}.",
        remedy=f'A policy that lets customers be reached says `{name} = "sent"` for comms.',
        rule="policy: comms opens what it sends to, and nothing else does",
        status=403,
    )


ENDED = Problem(
    code="contact_ended",
    detail="This contact has ended: it leads to nobody.",
    remedy="Nothing brings it back. A parcel that is open has a contact of its own.",
    rule="contacts: a virtual contact ends with its parcel",
    status=410,
)
NOBODY = Problem(
    code="contact_leads_nowhere",
    detail="The order has no such contact.",
    remedy="Reach the customer another way.",
    rule="contacts: a virtual contact stands for a value that the order has",
    status=404,
)
NOT_SET_UP = Problem(
    code="contacts_not_set_up",
    detail="Nobody is set up to carry this brand's calls or mail.",
    remedy="Set them up: `orderveil calls setup`, `orderveil mail setup`.",
    rule="contacts: somebody with standing carries a call or a mail",
    status=409,
)
