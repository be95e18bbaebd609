"""A look reads on where it was left, as one transaction, each minute; old counts go."""

from datetime import timedelta

import pytest
from procrastinate import App
from procrastinate.testing import InMemoryConnector

from incidents.watch import NOW, look, open_page, past, reveal, the_alert
from orderveil.cli import schedules
from orderveil.core.clocks import utc_now
from orderveil.core.roles import Role
from orderveil.incidents import canaries, signins, watching
from orderveil.incidents.models import Alert, Count, Looked
from orderveil.incidents.words import What
from orderveil.ledger import counting, sequencer
from scene import Scene, together


def test_the_log_is_read_on_from_where_it_was_left(desk, monkeypatch):
    """In batches, each entry once, whatever the batch's size."""
    monkeypatch.setattr(watching, "BATCH", 3)
    asha = desk.person(Role.SUPPORT)
    order = desk.scene.admit()
    for _ in range(5):
        open_page(desk, asha, order)
    look(desk)
    open_page(desk, asha, order)
    look(desk)
    place = Looked.objects.get(pk=desk.scene.brand.pk).place
    assert place == counting.batch_end(desk.scene.brand.pk, 0, 10**6)
    assert Count.objects.get(who=asha.person.tag, what=What.VIEWS).count == 6


def test_a_look_that_dies_changes_nothing(desk, monkeypatch):
    """Counts, alerts and the place are one transaction: the next look finds the same."""
    asha = desk.person(Role.SUPPORT)
    past(desk, asha.person.tag, What.REVEALS, 2)
    order = desk.scene.admit()
    for minute in range(16):
        reveal(desk, asha, order, NOW + timedelta(minutes=minute))
    later = NOW + timedelta(minutes=20)

    def die(*_):
        raise ValueError("here it dies")

    monkeypatch.setattr(watching.noticing, "failed_sign_ins", die)
    with pytest.raises(ValueError, match="here it dies"):
        look(desk, later)
    assert not Alert.objects.exists()
    assert not Looked.objects.exists()
    monkeypatch.undo()
    assert look(desk, later) == [("unusual_reveals", asha.person.tag)]
    assert the_alert().count == 16


def test_two_looks_at_once_raise_one_alert(desk):
    """Whoever comes second waits, and finds nothing new."""
    asha = desk.person(Role.SUPPORT)
    canary = desk.scene.admit()
    canaries.mark(desk.actor(desk.person(Role.PRIVACY_OFFICER)), canary)
    open_page(desk, asha, canary)
    sequencer.drain(NOW)
    brand = desk.scene.brand.pk
    raised = together(*[lambda: watching.look(brand, NOW)] * 3)
    assert sorted(map(len, raised)) == [0, 0, 1]
    assert the_alert().count == 1
    assert Count.objects.get(who=asha.person.tag, what=What.VIEWS).count == 1


def test_an_old_log_makes_history_not_alerts(desk):
    """What is older than a day is counted and raises nothing."""
    asha = desk.person(Role.SUPPORT)
    past(desk, asha.person.tag, What.REVEALS, 1)
    order = desk.scene.admit()
    for minute in range(20):
        reveal(desk, asha, order, NOW - timedelta(days=3) + timedelta(minutes=minute))
    assert look(desk) == []


def test_old_counts_are_swept(desk):
    """Ninety days are kept, of failed sign-ins seven."""
    past(desk, "person:1", What.VIEWS, 1, days=100)
    signins.note_failure("somebody@people.example", NOW - timedelta(days=8))
    watching.sweep(NOW)
    assert Count.objects.filter(what=What.VIEWS).count() == 89
    assert not Count.objects.filter(what=What.FAILED_SIGN_INS).exists()


def test_the_schedule_looks_and_tells_each_minute(desk):
    """As the worker runs it: every brand is looked at, by the clock, without being asked."""
    app = App(connector=InMemoryConnector())
    schedules.tasks(app)
    (name,) = (name for name in app.tasks if name.endswith(".watch"))
    crons = {each.task.name: each.cron for each in app.periodic_registry.periodic_tasks.values()}
    assert crons[name] == "* * * * *"
    other = Scene.make("another", now=NOW)
    now = utc_now()
    order = desk.scene.admit()
    canaries.mark(desk.actor(desk.person(Role.PRIVACY_OFFICER), now=now), order)
    open_page(desk, desk.person(Role.SUPPORT), order, now)
    sequencer.drain(now)
    app.tasks[name](timestamp=0)
    assert the_alert().brand_id == desk.scene.brand.pk
    assert {each.pk for each in Looked.objects.all()} == {desk.scene.brand.pk, other.brand.pk}
