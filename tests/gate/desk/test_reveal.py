"""Revealing: one field, for a reason, on record before it is opened, within a budget."""

from datetime import timedelta

import pytest

from orderveil.core.errors import Problem
from orderveil.core.hops import Hop
from orderveil.core.roles import ROLES, Role
from orderveil.gate import disclose
from orderveil.gate import law as laws
from orderveil.gate.desk import reveal
from orderveil.gate.desk.reveal import Revealable, Revealed, reveal_field
from orderveil.gate.reasons import checked_cause
from orderveil.ledger import acts
from orderveil.ledger.entries import DisclosureEntry
from orderveil.ledger.queries import entries_of
from orderveil.people import memberships
from orderveil.people.budgets import PER_MINUTE, Spending
from scene import ME, PERSON, Scene, rows, together

CAUSE = checked_cause("call_back", "T-4711")
REVEALERS = [role for role, terms in ROLES.items() if terms.reveals_per_day]


def ask(desk, actor, order, what=Revealable.PHONE, now=None):
    """What the gate answers."""
    return reveal_field(actor, order, what, CAUSE, now=now or desk.scene.now)


def reveals(order):
    """The reveals on record."""
    return [each.entry for each in entries_of(order) if each.kind == "reveal"]


@pytest.mark.parametrize(
    ("what", "values"),
    [
        (Revealable.PHONE, {"phone": "+919000000001"}),
        (Revealable.EMAIL, {"email": "tarangini.v@mail.example"}),
        (
            Revealable.ADDRESS,
            {name: PERSON[name] for name in ("line1", "line2", "landmark")},
        ),
    ],
)
def test_one_field_and_nothing_beside_it(desk, what, values):
    """What was asked for, whole, and no other field."""
    order = desk.scene.admit()
    done = ask(desk, desk.actor(desk.person(Role.SUPPORT)), order, what)
    assert (done.what, done.values) == (what, values)


def test_a_reveal_says_who_why_and_what(desk):
    """The entry is of its own kind, with the person, the reason, the ticket and the one field."""
    order = desk.scene.admit()
    actor = desk.actor(desk.person(Role.SUPPORT))
    ask(desk, actor, order)
    (entry,) = reveals(order)
    assert isinstance(entry, DisclosureEntry)
    assert (entry.kind, entry.person, entry.forms) == ("reveal", actor.person, {"phone": "whole"})
    assert entry.reason == "call_back ticket T-4711"


def test_it_is_on_record_before_it_is_opened(desk, monkeypatch):
    """If opening fails, nothing was shown and the entry stands: over-reported, never under."""
    order = desk.scene.admit()

    def broken(*_):
        seen.extend(reveals(order))
        raise RuntimeError

    seen = []
    monkeypatch.setattr(reveal, "view_of", broken)
    with pytest.raises(RuntimeError):
        ask(desk, desk.actor(desk.person(Role.SUPPORT)), order)
    assert [entry.reason for entry in seen] == ["call_back ticket T-4711"]
    assert reveals(order) == seen
    queued = rows("SELECT 1 FROM ledger_pending WHERE entry_id = %s", [seen[0].id])
    assert queued == [(1,)]


def test_no_record_no_value(desk, monkeypatch):
    """If the entry can't be written, nothing is opened."""
    order = desk.scene.admit()
    opened = []
    monkeypatch.setattr(reveal, "view_of", lambda *_: opened.append(1))

    def broken(*_):
        raise RuntimeError

    monkeypatch.setattr(disclose.statement, "disclose", broken)
    with pytest.raises(RuntimeError):
        ask(desk, desk.actor(desk.person(Role.SUPPORT)), order)
    assert opened == []


@pytest.mark.parametrize("role", REVEALERS)
def test_the_factor_must_be_as_fresh_as_the_role_says(desk, role):
    """A minute younger than the role's term is enough; as old as it is not."""
    order = desk.scene.admit()
    centre = desk.scene.new_seat(Hop.SUPPORT, "centre")
    desk.scene.assign(Hop.SUPPORT, order, centre)
    partner = centre.partner if role == Role.OUTSOURCED_SUPPORT else None
    member = desk.person(role, partner=partner)
    minutes = ROLES[role].reveal_fresh_minutes
    assert ask(desk, desk.actor(member, factor_minutes=minutes), order).code == "factor_needed"
    assert ask(desk, desk.actor(member, factor_at=None), order).code == "factor_needed"
    young = desk.actor(member, factor_minutes=minutes - 1)
    assert isinstance(ask(desk, young, order), Revealed)
    assert len(reveals(order)) == 1


@pytest.mark.parametrize("role", [role for role in ROLES if role not in REVEALERS])
def test_other_roles_reveal_nothing(desk, role):
    """Warehouse, marketer, integrator, auditor, platform operator: refused, nothing recorded."""
    acts.create_log(0, "installation.example", desk.scene.now)
    order = desk.scene.admit()
    done = ask(desk, desk.actor(desk.person(role)), order)
    assert done.code == "may_not_reveal"
    assert reveals(order) == []


def test_another_brands_order_is_unknown(desk):
    """404, as if there were none."""
    foreign = Scene.make("another").admit()
    done = ask(desk, desk.actor(desk.person(Role.OWNER)), foreign)
    assert (done.code, done.status) == ("unknown_order", 404)


def test_a_centre_reveals_of_its_orders_only(desk):
    """Whoever works for a centre reveals nothing of an order that it was not handed."""
    mine, other = desk.scene.admit(), desk.scene.admit()
    centre = desk.scene.new_seat(Hop.SUPPORT, "centre")
    desk.scene.assign(Hop.SUPPORT, mine, centre)
    actor = desk.actor(desk.person(Role.OUTSOURCED_SUPPORT, partner=centre.partner))
    assert ask(desk, actor, other).code == "not_assigned"
    assert isinstance(ask(desk, actor, mine), Revealed)


def test_the_minute_and_the_day_are_limited(desk, monkeypatch):
    """A script is stopped by the minute, a person by the day; both in the gate."""
    monkeypatch.setitem(PER_MINUTE, Spending.REVEALS, 2)
    order = desk.scene.admit()
    member, now = desk.person(Role.SUPPORT), desk.scene.now.replace(second=0)
    memberships.change(member, Role.SUPPORT, now=now, who=ME, reveals_per_day=3)
    codes = []
    for minutes in (0, 0, 0, 1, 1, 2):
        at = now + timedelta(minutes=minutes)
        done = ask(desk, desk.actor(member, now=at), order, now=at)
        codes.append(done.code if isinstance(done, Problem) else "")
    assert codes == ["", "", "too_fast", "", "budget_exhausted", "budget_exhausted"]


def test_a_budget_holds_for_all_who_ask_at_once(desk, monkeypatch):
    """Twelve at once with five left: five are shown, seven refused, five on record."""
    monkeypatch.setitem(PER_MINUTE, Spending.REVEALS, 100)
    order = desk.scene.admit()
    member = desk.person(Role.SUPPORT)
    memberships.change(member, Role.SUPPORT, now=desk.scene.now, who=ME, reveals_per_day=5)
    actor = desk.actor(member)
    done = together(*[lambda: ask(desk, actor, order)] * 12)
    assert len([each for each in done if isinstance(each, Revealed)]) == 5
    assert {each.code for each in done if isinstance(each, Problem)} == {"budget_exhausted"}
    assert len(reveals(order)) == 5


def test_who_left_meanwhile_sees_nothing(desk):
    """A membership that ended between the page and the gate opens nothing any more."""
    order = desk.scene.admit()
    actor = desk.actor(desk.person(Role.SUPPORT))
    laws.reload(desk.scene.brand.pk)  # what this process knows is older than the leaving
    memberships.leave(desk.person(Role.SUPPORT), now=desk.scene.now, who=ME)
    assert ask(desk, actor, order).code == "role_changed"


def test_leaving_between_the_decision_and_the_record_is_noticed(desk, monkeypatch):
    """The statement checks the law's revision: nothing is shown under a role that is over."""
    order = desk.scene.admit()
    actor = desk.actor(desk.person(Role.SUPPORT))
    real = disclose.statement.disclose

    def leaves_first(*told):
        if not left:
            left.append(1)
            memberships.leave(desk.person(Role.SUPPORT), now=desk.scene.now, who=ME)
        return real(*told)

    left = []
    monkeypatch.setattr(disclose.statement, "disclose", leaves_first)
    assert ask(desk, actor, order).code == "role_changed"
    assert reveals(order) == []
