"""Searching at the desk: exact, within the brand, counted, on record; what is found is masked.

A person of a centre finds only what is assigned to it: the rest is not even counted.
"""

from datetime import datetime

from django.db import transaction

from orderveil.core.actors import Actor
from orderveil.core.errors import Problem
from orderveil.core.personal import Personal
from orderveil.gate.bulk import Answer
from orderveil.gate.desk import caller_of
from orderveil.gate.listing import PAGE, views_of
from orderveil.gate.search import By, find
from orderveil.ledger.acts import ActKind, Who, record
from orderveil.people import budgets
from orderveil.people.budgets import Spending


def search_orders(
    actor: Actor, by: By, value: Personal, *, now: datetime
) -> list[Answer] | Problem:
    """Masked views of the orders that match, at most a page of them; [] if none does."""
    caller = caller_of(actor, f"search by {by}")
    if isinstance(caller, Problem):
        return caller
    problem = budgets.spend(actor, Spending.SEARCHES, 1, now, per_day=budgets.SEARCHES_PER_DAY)
    if problem is not None:
        return problem
    orders = [found.order_id for found in find(actor.brand_id, by, value)][:PAGE]
    answers = views_of(caller, orders, now=now)
    if isinstance(answers, Problem):
        return answers
    seen = [answer for answer in answers if answer.view is not None]
    with transaction.atomic():
        record(
            actor.brand_id,
            ActKind.ORDERS_SEARCHED,
            now=now,
            who=Who(person=actor.person),
            detail={"by": by.value, "found": len(seen)},
        )
    return seen
