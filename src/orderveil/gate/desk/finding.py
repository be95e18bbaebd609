"""Searching at the desk: exact, within the brand, counted, on record; what is found is masked.

Rules kept here:
- a person of a centre finds only what is assigned to it: the rest is neither counted nor paid for;
- one search may try several kinds; it is one in the budget and one act, which names the kinds;
- the act is written before anything is shown: that something was found is an answer, too, and a
  used-up budget of views gives it without a view;
- what was typed goes nowhere: neither into the act nor into an answer.
"""

import re
from collections.abc import Sequence
from datetime import datetime

import msgspec
from django.db import transaction

from orderveil.core.actors import DEVICE_NEEDED, Actor
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.personal import Personal
from orderveil.gate.asking import Caller, spend
from orderveil.gate.bulk import Answer
from orderveil.gate.desk.caller import caller_of
from orderveil.gate.desk.listing import PAGE, Scope, scope_of, views_of, within
from orderveil.gate.lookup import find_order
from orderveil.gate.search import By, find
from orderveil.ledger.acts import ActKind, by, record
from orderveil.people.budgets import Spending


class Hits(msgspec.Struct, frozen=True):
    """What a search found: masked views, by the first kind that found any."""

    answers: list[Answer]
    tried: tuple[By, ...]


_PHONE_LIKE = re.compile(r"\+?[\d \-().]+")


def kinds_of(text: str) -> tuple[By, ...]:
    """What somebody may have meant by it, the likeliest first."""
    if "@" in text:
        return (By.EMAIL,)
    text = text.strip()
    digits = sum(char.isdigit() for char in text)
    if digits < 10 or not _PHONE_LIKE.fullmatch(text):
        return By.NUMBER, By.AWB
    if text.startswith("+"):
        return (By.PHONE,)
    # Ten digits are a phone of this country; more could be one with its code, or a parcel's number.
    likely = By.PHONE, By.NUMBER, By.AWB
    return likely if digits == 10 else (By.NUMBER, By.AWB, By.PHONE)


def search_orders(
    actor: Actor, kinds: Sequence[By], value: Personal, *, now: datetime
) -> Hits | Problem:
    """Masked views of the orders that match, at most a page of them."""
    begun = _begun(actor, f"search by {','.join(kinds)}", now)
    if isinstance(begun, Problem):
        return begun
    caller, scope = begun
    tried: list[By] = []
    orders: list[bytes] = []
    for kind in kinds:
        tried.append(kind)
        orders = _matching(caller, scope, kind, value)
        if orders:
            break
    _put_on_record(actor, tried, len(orders), now)
    answers = views_of(caller, orders, now=now)
    if isinstance(answers, Problem):
        return answers
    return Hits([answer for answer in answers if answer.view is not None], tuple(tried))


def order_named(actor: Actor, text: str, *, now: datetime) -> bytes | Problem:
    """The id behind an order number, a shop's id or a ref of the actor's; nothing is opened.

    What the actor may not see answers as if it were not there. Counts as a search, and is one on
    record.
    """
    begun = _begun(actor, "find an order", now)
    if isinstance(begun, Problem):
        return begun
    caller, scope = begun
    try:
        order_id, _ = find_order(caller.brand_id, text, partner_id=caller.partner_id)
        found = within(caller, scope, [order_id])
    except RefusedError:  # none by that name, or several of which one may be theirs
        found = _matching(caller, scope, By.NUMBER, Personal(text))
    _put_on_record(actor, [By.NUMBER], len(found), now)
    if len(found) > 1:
        return _SEVERAL
    return found[0] if found else _NOT_HERE


def _begun(actor: Actor, reason: str, now: datetime) -> tuple[Caller, Scope] | Problem:
    """Who searches, and within what; the search is spent."""
    if actor.is_off_floor:
        return DEVICE_NEEDED  # that a number is known is an answer about a buyer
    caller = caller_of(actor, reason)
    if isinstance(caller, Problem):
        return caller
    scope = scope_of(caller, now)
    if isinstance(scope, Problem):
        return scope
    return spend(caller, 1, now, Spending.SEARCHES) or (caller, scope)


def _matching(caller: Caller, scope: Scope, kind: By, value: Personal) -> list[bytes]:
    ids = [found.order_id for found in find(caller.brand_id, kind, value)]
    return within(caller, scope, ids)[:PAGE] if ids else []


def _put_on_record(actor: Actor, tried: Sequence[By], found: int, now: datetime) -> None:
    """By which kinds somebody searched, and how many orders of theirs match."""
    with transaction.atomic():
        record(
            actor.brand_id,
            ActKind.ORDERS_SEARCHED,
            now=now,
            who=by(actor),
            detail={"by": ",".join(tried), "found": found},
        )


_NOT_HERE = Problem(
    code="unknown_order",
    detail="There is no order by that number or ref here.",
    remedy="Check the number; an order that was not handed to you is not shown to you.",
    rule="people: everybody finds what they may see",
    status=404,
)
_SEVERAL = Problem(
    code="several_orders",
    detail="Several orders have that number.",
    remedy="Search for it and choose one.",
    rule="an order number is its shop's own, and a brand may have several shops",
    status=409,
)
