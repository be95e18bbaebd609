"""Two at once, and what changes between a page and what it asks for."""

from datetime import timedelta

import pytest

from desk import ME, Desk
from orderveil.core.actors import Actor
from orderveil.core.attempts import AttemptAnswer
from orderveil.core.errors import Problem
from orderveil.core.fields import Field
from orderveil.core.hops import Hop
from orderveil.core.personal import Personal
from orderveil.core.roles import Role
from orderveil.gate import asking, parcels
from orderveil.gate.desk import handing
from orderveil.gate.desk.attempts import answer_attempt
from orderveil.gate.desk.caller import caller_of
from orderveil.gate.desk.correcting import correct_address
from orderveil.gate.desk.finding import search_orders
from orderveil.gate.desk.listing import Wanted, list_orders
from orderveil.gate.desk.reveal import Revealable, Revealed, reveal_field
from orderveil.gate.desk.verifying import Said, Verdict, verify_caller
from orderveil.gate.disclose import disclose
from orderveil.gate.reasons import checked_cause
from orderveil.gate.search import By
from orderveil.partners import registry, terms
from orderveil.partners.terms import CentreTerms
from orderveil.people import budgets, memberships
from orderveil.people.budgets import Spending
from scene import rows, together

CAUSE = checked_cause("call_back", "T-1")
MANY = 12
TERMS = {
    "network": lambda now: CentreTerms(networks=("198.51.100.0/24",)),
    "hours": lambda now: CentreTerms(days=((now + timedelta(days=3)).isoweekday(),)),
}


@pytest.fixture
def desk(db, monkeypatch):
    """A brand with people whose minute has no end, so that the day's budget is what counts."""
    for what in Spending:
        monkeypatch.setitem(budgets.PER_MINUTE, what, 10_000)
    return Desk.make()


def _codes(results):
    return sorted(each.code for each in results if isinstance(each, Problem))


def test_reveals_at_once_spend_a_budget_once(desk):
    """Of twelve that ask at the same moment with three reveals left, three are shown anything."""
    order = desk.scene.admit()
    actor = desk.actor(desk.person(Role.SUPPORT, reveals_per_day=3))
    asks = [lambda: reveal_field(actor, order, Revealable.PHONE, CAUSE, now=actor.now)] * MANY
    done = together(*asks)
    assert sum(isinstance(each, Revealed) for each in done) == 3
    assert _codes(done) == ["budget_exhausted"] * (MANY - 3)
    assert rows("SELECT count(*) FROM ledger_record WHERE kind = 'reveal'") == [(3,)]


def test_views_at_once_spend_a_budget_once(desk):
    """Lists are no way around: the rows of all lists together stay within the day."""
    for _ in range(5):
        desk.scene.admit()
    actor = desk.actor(desk.person(Role.SUPPORT, views_per_day=12))
    done = together(*[lambda: list_orders(actor, Wanted(), None, now=actor.now)] * MANY)
    assert sum(not isinstance(each, Problem) for each in done) == 2
    assert budgets.spent(actor.membership_id, Spending.VIEWS, actor.now) == 10


def test_searches_at_once_spend_a_budget_once(desk, monkeypatch):
    """Five searches a day are five, however they are asked."""
    monkeypatch.setitem(asking.FOR_EVERYBODY, Spending.SEARCHES, 5)
    desk.scene.admit()
    actor = desk.actor(desk.person(Role.SUPPORT))
    value = Personal("+91 90000 00001")
    done = together(*[lambda: search_orders(actor, (By.PHONE,), value, now=actor.now)] * MANY)
    assert sum(not isinstance(each, Problem) for each in done) == 5


def test_tries_at_once_are_three(desk):
    """Twelve guesses of ten agents at one moment are three guesses."""
    order = desk.scene.admit()
    agents = [desk.actor(desk.person(Role.SUPPORT, f"agent{number}")) for number in range(4)]
    asks = [
        lambda actor=actor: verify_caller(
            actor, order, Said.PHONE_END, Personal("0000"), now=actor.now
        )
        for actor in agents * 3
    ]
    done = together(*asks)
    assert sum(isinstance(each, Verdict) for each in done) == 3
    assert _codes(done) == ["no_tries_left"] * (MANY - 3)


def _asks(actor: Actor, order: bytes):
    """Everything a page may still ask for with an Actor that it was given a moment ago."""
    return {
        "reveal": reveal_field(actor, order, Revealable.PHONE, CAUSE, now=actor.now),
        "list": list_orders(actor, Wanted(), None, now=actor.now),
        "search": search_orders(actor, (By.PHONE,), Personal("+91 90000 00001"), now=actor.now),
        "verify": verify_caller(actor, order, Said.PINCODE, Personal("560001"), now=actor.now),
        "open": _opened(actor, order),
    }


def _opened(actor: Actor, order: bytes):
    caller = caller_of(actor, "order page")
    return caller if isinstance(caller, Problem) else disclose(caller, order, None, now=actor.now)


def _refused(answer) -> bool:
    return isinstance(answer, Problem)


def _handed(desk: Desk, partner, order: bytes) -> None:
    problem = parcels.assign(
        None, desk.scene.brand.pk, order, None, Hop.SUPPORT, partner.pk, now=desk.scene.now
    )
    assert problem is None


@pytest.mark.parametrize("change", ["ended", "role", "suspended", "network", "hours"])
def test_what_changed_after_the_page_began_holds(desk, change):
    """Between the guard and the gate somebody left, moved, or their centre closed: nothing more."""
    order = desk.scene.admit()
    centre = desk.scene.new_seat(Hop.SUPPORT, "careline").partner
    _handed(desk, centre, order)
    member = desk.person(Role.OUTSOURCED_SUPPORT, partner=centre)
    actor = desk.actor(member)
    assert not any(_refused(each) for each in _asks(actor, order).values())
    now = desk.scene.now
    if change == "ended":
        memberships.leave(member, now=now, who=ME)
    elif change == "role":
        memberships.change(member, Role.SUPPORT, now=now, who=ME)
    elif change == "suspended":
        registry.set_suspended(centre, suspended=True, now=now)
    else:
        terms.set_centre_terms(centre, TERMS[change](now), now=now, who=ME)
    assert [name for name, each in _asks(actor, order).items() if not _refused(each)] == []


def test_an_address_is_not_corrected_by_somebody_who_left(desk):
    """Nor is an attempt answered, nor an order handed out: their membership is no more."""
    order = desk.scene.pack(desk.scene.admit())
    member = desk.person(Role.OPERATIONS)
    actor = desk.actor(member)
    memberships.leave(member, now=desk.scene.now, who=ME)
    fields = {Field.LINE1: Personal("1 Elsewhere Lane")}
    done = [
        correct_address(actor, order, fields, now=actor.now),
        handing.hand_over(actor, [order], None, now=actor.now),
        answer_attempt(actor, order, 1, 1, AttemptAnswer.CANCEL, now=actor.now),
    ]
    assert [each.code for each in done if isinstance(each, Problem)] == ["role_changed"] * 3
