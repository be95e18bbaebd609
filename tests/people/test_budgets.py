"""A person's minute and day: both are taken, or neither."""

import pytest

from desk import Desk
from orderveil.core.roles import Role
from orderveil.people import budgets
from orderveil.people.budgets import PER_MINUTE, Spending
from scene import rows


@pytest.fixture
def actor(db):
    """Somebody with a budget."""
    desk = Desk.make()
    return desk.actor(desk.person(Role.SUPPORT))


def windows():
    """What is spent: what -> count."""
    return dict(rows("SELECT what, spent FROM people_budget"))


def test_a_day_that_refuses_takes_nothing_from_the_minute(actor):
    """Three of three are spent; the fourth costs neither window anything."""
    for _ in range(3):
        assert budgets.spend(actor, Spending.REVEALS, 1, actor.now, per_day=3) is None
    problem = budgets.spend(actor, Spending.REVEALS, 1, actor.now, per_day=3)
    assert problem.code == "budget_exhausted"
    assert windows() == {"reveals": 3, "reveals/minute": 3}


def test_a_minute_that_refuses_takes_nothing_from_the_day(actor):
    """A script that asks for too much at once loses nothing but its answer."""
    many = PER_MINUTE[Spending.VIEWS] + 1
    problem = budgets.spend(actor, Spending.VIEWS, many, actor.now, per_day=5_000)
    assert problem.code == "too_fast"
    assert windows() == {}


def test_tries_count_down(actor):
    """Three tries for an order and day: two left, one, none, and then no more."""
    tries = [budgets.tries_left(b"\x01" * 16, actor.now, 3) for _ in range(4)]
    assert tries == [2, 1, 0, None]
