"""Forgetting what is over: nothing of people stays for ever, and nothing that holds goes."""

import logging
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from procrastinate import App
from procrastinate.testing import InMemoryConnector

from desk import Desk
from orderveil.cli import schedules
from orderveil.core.roles import Role
from orderveil.gate import asking, quotas
from orderveil.people import budgets, invitations, sweeping, turned_away
from orderveil.people.budgets import Spending
from orderveil.people.models import Invitation
from people.door import sign_in
from scene import ME, rows

LONG = timedelta(days=30)
TABLES = (
    "people_budget",
    "people_refusal",
    "people_invitation",
    "django_session",
    "usersessions_usersession",
    "partners_quota_day",
    "partners_budget",
)


@pytest.fixture
def desk(db):
    """A brand with somebody who left a row in each table, now."""
    made = Desk.make()
    member, now = made.person(Role.SUPPORT), made.scene.now
    assert budgets.spend(made.actor(member), Spending.VIEWS, 3, now, per_day=10) is None
    turned_away.count(member.pk, "not_assigned", now)
    invitations.invite(member, now=now, who=ME)
    sign_in(member)
    quotas.orders.take(made.scene.brand.pk, 100, 1, now, least=1)
    asking.budgets.take(1, 100, 1, now, least=1)
    return made


def counts():
    """Rows by table."""
    return {name: rows(f"SELECT count(*) FROM {name}")[0][0] for name in TABLES}


def test_everything_of_now_is_gone_in_400_days(desk, caplog):
    """And the log says how many of what, nothing else."""
    assert min(counts().values()) > 0
    before = counts()
    with caplog.at_level(logging.INFO, "orderveil.cli.schedules"):
        schedules.forget(desk.scene.now + timedelta(days=400))
    assert set(counts().values()) == {0}
    told = [record.getMessage() for record in caplog.records]
    assert f"swept of budgets: {before['people_budget']}" in told
    assert all(text.startswith("swept of ") and text.split()[-1].isdigit() for text in told)
    others = {"bookings that ended"}
    assert len(told) == len(TABLES) + len(others)


def test_what_holds_stays(desk):
    """Today's budgets, a link and a session that are good, this year's refusals."""
    before = counts()
    schedules.forget(desk.scene.now)
    assert counts() == before
    schedules.forget(desk.scene.now + timedelta(days=300))
    assert counts() == dict.fromkeys(TABLES, 0) | {"people_refusal": 1}


def test_a_link_stays_for_thirty_days_after_its_end(desk):
    """Used or run out: it says so to whoever comes with it, and then it is nobody's any more."""
    now = desk.scene.now
    used, waiting = desk.person(Role.SUPPORT), desk.person(Role.AUDITOR)
    Invitation.objects.filter(membership=used).update(used_at=now, expires_at=now + 9 * LONG)
    invitations.invite(waiting, now=now, who=ME, life=3 * LONG)
    swept(now + LONG - timedelta(minutes=1))
    assert Invitation.objects.count() == 2
    swept(now + LONG + timedelta(minutes=1))
    assert Invitation.objects.get().membership == waiting
    swept(now + 4 * LONG + timedelta(minutes=1))
    assert not Invitation.objects.exists()


def test_a_listed_session_goes_with_its_session(desk):
    """Whose address and browser were kept for it; somebody else's session is not touched."""
    other = sign_in(desk.person(Role.AUDITOR))
    first = UserSession.objects.earliest("pk")
    Session.objects.filter(session_key=first.session_key).delete()
    now = desk.scene.now
    swept(now)
    assert UserSession.objects.count() == 2
    swept(now + 2 * sweeping.SETTLED)
    assert UserSession.objects.get().pk != first.pk
    assert other.get("/account/").status_code == 200


def test_it_goes_in_batches(desk, monkeypatch):
    """No transaction holds more than a batch of rows."""
    monkeypatch.setattr(sweeping, "BATCH", 2)
    now = desk.scene.now
    for code in ("a", "b", "c", "d"):
        turned_away.count(1, code, now)
    found = list(sweeping.sweep(now + timedelta(days=400)))
    assert [count for name, count in found if name == "refusals"] == [2, 2, 1]


def test_the_worker_does_it_every_hour():
    """Whoever runs `up` has it done."""
    app = App(connector=InMemoryConnector())
    schedules.tasks(app)
    found = {each.task.name: each.cron for each in app.periodic_registry.periodic_tasks.values()}
    assert found["orderveil.cli.schedules.forget_people"] == "37 * * * *"


def swept(now):
    """Sweep, to the end."""
    return list(sweeping.sweep(now))
