"""Each detector fires through the real gate, within one look, once, and not without cause."""

from datetime import timedelta

import pytest
from django.db import transaction
from procrastinate import App
from procrastinate.testing import InMemoryConnector

from incidents.watch import (
    CAUSE,
    NOW,
    look,
    make_desk,
    open_page,
    past,
    reveal,
    rows_read,
    seat_of,
    the_alert,
)
from orderveil.cli import schedules
from orderveil.core.clocks import utc_now
from orderveil.core.errors import Problem
from orderveil.core.hops import Hop
from orderveil.core.roles import Role
from orderveil.gate.desk.listing import Wanted, list_orders
from orderveil.gate.desk.reveal import Revealable, reveal_field
from orderveil.gate.disclose import disclose
from orderveil.incidents import canaries, noticing, signins, watching
from orderveil.incidents.history import Key
from orderveil.incidents.judging import Judge
from orderveil.incidents.models import Alert, Count, Looked
from orderveil.incidents.words import What
from orderveil.ledger import counting, sequencer
from orderveil.ledger.queries import latest
from orderveil.partners import networks, refused
from scene import Scene, rows, together


@pytest.fixture
def desk(db):
    """A brand with people, at NOW."""
    return make_desk()


def kinds_on_record(desk):
    """The kinds of the brand's last entries."""
    sequencer.drain(NOW)
    return [each.entry.kind for each in latest(desk.scene.brand.pk, 50) if each.entry]


def test_unusual_reveals_of_a_person(desk):
    """Sixteen real reveals by somebody whose usual is two: one alert, with entries that exist."""
    asha = desk.person(Role.SUPPORT)
    past(desk, asha.person.tag, What.REVEALS, 2)
    orders = [desk.scene.admit() for _ in range(16)]
    for number, order in enumerate(orders):
        now = NOW + timedelta(minutes=number)
        assert not isinstance(reveal(desk, asha, order, now), Problem)
    assert look(desk, NOW + timedelta(minutes=17)) == [("unusual_reveals", asha.person.tag)]
    alert = the_alert()
    assert (alert.severity, alert.count, alert.evidence["usual"]) == ("medium", 16, 2)
    assert len(alert.evidence["entries"]) == 10
    for entry in alert.evidence["entries"]:
        assert rows("SELECT kind FROM ledger_record WHERE entry_id = %s", [entry]) == [("reveal",)]
    assert kinds_on_record(desk).count("alert_raised") == 1


def test_the_usual_raises_nothing(desk):
    """A day like the others is no alert, and a brand without anything new is none either."""
    asha = desk.person(Role.SUPPORT)
    past(desk, asha.person.tag, What.REVEALS, 2)
    for _ in range(3):
        reveal(desk, asha, desk.scene.admit())
    assert look(desk) == []
    assert look(desk) == []
    hour = Count.objects.get(who=asha.person.tag, what=What.REVEALS, hour=NOW)
    assert hour.count == 3


def test_an_alert_counts_up(desk):
    """Of the same day there is one, with the higher number; looking twice changes nothing."""
    asha = desk.person(Role.SUPPORT)
    past(desk, asha.person.tag, What.REVEALS, 2)
    order = desk.scene.admit()
    for minute in range(16):
        reveal(desk, asha, order, NOW + timedelta(minutes=minute))
    later = NOW + timedelta(minutes=30)
    look(desk, later)
    look(desk, later)
    reveal(desk, asha, order, later)
    assert look(desk, later) == []
    assert the_alert().count == 17
    assert kinds_on_record(desk).count("alert_raised") == 1


def test_unusual_views_of_a_person_are_counted_by_the_row(desk):
    """A list of fifty is fifty views: pages of a list make the alert, from bulk entries."""
    asha = desk.person(Role.SUPPORT)
    past(desk, asha.person.tag, What.VIEWS, 20)
    desk.scene.admit_many([desk.scene.draft() for _ in range(50)])
    for minute in range(6):
        now = NOW + timedelta(minutes=minute)
        page = list_orders(desk.actor(asha, now=now), Wanted(), None, now=now)
        assert len(page.answers) == 50
    assert look(desk, NOW + timedelta(minutes=9)) == [("unusual_views", asha.person.tag)]
    alert = the_alert()
    assert alert.count == 300
    assert len(alert.evidence["entries"]) == 6


def test_unusual_views_of_a_credential(desk):
    """A system that asks for four times its usual, in bulks: the credential is named."""
    seat = seat_of(desk)
    who = f"credential:{seat.credential.pk}"
    past(desk, who, What.VIEWS, 60)
    orders = desk.scene.admit_many([desk.scene.draft() for _ in range(120)])
    for _ in range(5):
        desk.scene.ask_many(Hop.OMS, orders)
    assert look(desk) == [("unusual_views", who)]
    assert the_alert().count == 600


def test_a_new_credential_is_learned(desk):
    """Without a history of five days nothing is said of how much it asks for."""
    orders = desk.scene.admit_many([desk.scene.draft() for _ in range(120)])
    for _ in range(9):
        desk.scene.ask_many(Hop.OMS, orders)
    assert look(desk) == []


def test_new_people_are_compared_with_their_role(desk):
    """Somebody's first day is held against what colleagues do."""
    old, new = desk.person(Role.SUPPORT, "old"), desk.person(Role.SUPPORT, "new")
    past(desk, old.person.tag, What.REVEALS, 2)
    order = desk.scene.admit()
    for minute in range(15):
        reveal(desk, new, order, NOW + timedelta(minutes=minute))
    assert look(desk, NOW + timedelta(minutes=20)) == [("unusual_reveals", new.person.tag)]
    assert the_alert().evidence["basis"] == "colleagues"


def test_whoever_always_takes_more_than_colleagues_is_named_once(desk):
    """A steady forty beside colleagues' eight: low, and not said again the next day."""
    heavy = desk.person(Role.SUPPORT, "heavy")
    past(desk, heavy.person.tag, What.REVEALS, 40)
    for name in ("one", "two", "three"):
        past(desk, desk.person(Role.SUPPORT, name).person.tag, What.REVEALS, 8)
    order = desk.scene.admit()
    reveal(desk, heavy, order)
    assert look(desk) == [("unlike_colleagues", heavy.person.tag)]
    tomorrow = NOW + timedelta(days=1)
    reveal(desk, heavy, order, tomorrow)
    assert look(desk, tomorrow) == []
    assert the_alert().severity == "low"


def test_colleagues_are_read_when_a_count_is_worth_it(desk):
    """The usual of one reads their own history; what exceeds the floor reads the role's, too."""
    asha = desk.person(Role.SUPPORT)
    past(desk, asha.person.tag, What.REVEALS, 4)
    order = desk.scene.admit()
    reveal(desk, asha, order)
    sequencer.drain(NOW)
    alone = rows_read(lambda: judged(desk, asha))
    for name in ("one", "two", "three"):
        past(desk, desk.person(Role.SUPPORT, name).person.tag, What.REVEALS, 4)
    assert rows_read(lambda: judged(desk, asha)) == alone + 3  # their roles
    Count.objects.create(
        brand_id=desk.scene.brand.pk, who=asha.person.tag, what=What.REVEALS, hour=NOW, count=9
    )
    assert rows_read(lambda: judged(desk, asha)) > alone + 3 * 28


def judged(desk, member):
    """What is unusual of a person's reveals in the hour of NOW."""
    judge = Judge(desk.scene.brand.pk, NOW)
    return list(judge.unusual([Key(member.person.tag, What.REVEALS, NOW)]))


def test_habits_are_compared_once_a_day(desk):
    """In the hour in which a day's work begins; nobody's whole role is read again all day."""
    heavy = desk.person(Role.SUPPORT, "heavy")
    past(desk, heavy.person.tag, What.REVEALS, 40)
    for name in ("one", "two", "three"):
        past(desk, desk.person(Role.SUPPORT, name).person.tag, What.REVEALS, 8)
    for hour in (1, 0):
        Count.objects.create(
            brand_id=desk.scene.brand.pk,
            who=heavy.person.tag,
            what=What.REVEALS,
            hour=NOW - timedelta(hours=hour),
            count=1,
        )
    assert judged(desk, heavy) == []
    Count.objects.filter(hour=NOW - timedelta(hours=1)).delete()
    assert [each.kind for each in judged(desk, heavy)] == ["unlike_colleagues"]


def test_many_refusals_of_a_person(desk):
    """Reveals after the minute's limit are refused by the gate, counted, and noticed with codes."""
    asha = desk.person(Role.SUPPORT)
    order = desk.scene.admit()
    answers = [reveal(desk, asha, order) for _ in range(20)]
    assert sum(isinstance(each, Problem) for each in answers) == 14
    refused.flush(at_once=True)
    assert look(desk) == [("many_refusals", asha.person.tag)]
    assert the_alert().evidence["codes"] == {"too_fast": 14}


def test_an_old_factor_is_no_refusal(desk):
    """Being asked for the second factor again is how it should be."""
    asha = desk.person(Role.SUPPORT)
    actor = desk.actor(asha, factor_minutes=999)
    for _ in range(20):
        reveal_field(actor, desk.scene.admit(), Revealable.PHONE, CAUSE, now=NOW)
    refused.flush(at_once=True)
    assert look(desk) == []


def test_refusals_are_written_once_a_second_and_outlive_a_lost_database(desk, monkeypatch):
    """The first is written at once, the next wait; what could not be written waits too."""
    brand = desk.scene.brand.pk
    for _ in range(3):
        refused.add(brand, "person:1", "too_fast", NOW)
        refused.flush()
    (kept,) = refused.since(brand, NOW)
    assert kept.times == 1
    with transaction.atomic():
        refused.flush(at_once=True)
    assert refused.since(brand, NOW)[0].times == 1
    monkeypatch.setattr(refused, "_ADD", "SELECT 1 / 0, %s, %s, %s, %s, %s")
    refused.flush(at_once=True)
    monkeypatch.undo()
    refused.flush(at_once=True)
    assert refused.since(brand, NOW)[0].times == 3


def test_a_credential_in_a_new_network(desk):
    """Learned for a week; then another /24 is named, the same one is not."""
    credential = seat_of(desk).credential
    networks.note(credential, "192.0.2.1", NOW - timedelta(days=30))
    networks.note(credential, "192.0.2.77", NOW)
    assert look(desk) == []
    networks.note(credential, "198.51.100.9", NOW)
    assert look(desk) == [("new_network", f"credential:{credential.pk}")]
    networks.note(credential, "2001:db8:1:2::3", NOW)
    assert look(desk) == []
    alert = the_alert()
    assert (alert.count, alert.severity) == (2, "medium")
    assert set(alert.evidence["networks"]) == {"198.51.100.0/24", "2001:db8:1::/48"}


def test_a_person_in_a_new_network(desk):
    """The same for sign-ins, low; another brand's people are no business of this one."""
    asha = desk.person(Role.SUPPORT).person
    signins.note_network(asha, "192.0.2.1", NOW - timedelta(days=30))
    signins.note_network(asha, "192.0.2.9", NOW)
    assert look(desk) == []
    signins.note_network(asha, "198.51.100.9", NOW)
    assert look(desk) == [("new_network", asha.tag)]
    assert look(desk) == []
    assert the_alert().severity == "low"
    other = Scene.make("another", now=NOW)
    assert watching.look(other.brand.pk, NOW) == []


def test_failed_sign_ins(desk):
    """Six wrong passwords for one account: an alert about the person, counted by a hash."""
    asha = desk.person(Role.SUPPORT).person
    for _ in range(6):
        signins.note_failure(asha.email.upper(), NOW)
        signins.note_failure("nobody@people.example", NOW)
    assert look(desk) == [("failed_sign_ins", asha.tag)]
    assert the_alert().count == 6
    signins.note_failure(asha.email, NOW)
    assert look(desk) == []
    assert the_alert().count == 7
    told = {who for who in Count.objects.values_list("who", flat=True) if "@" in who}
    assert told == set()


def test_foreign_failures_cost_a_brand_nothing(desk):
    """Whoever fails under thousands of addresses has no brand read them."""
    asha = desk.person(Role.SUPPORT).person
    signins.note_failure(asha.email, NOW)
    brand = desk.scene.brand.pk
    before = rows_read(lambda: noticing.failed_sign_ins(brand, NOW))
    for number in range(50):
        signins.note_failure(f"nobody{number}@people.example", NOW)
    assert rows_read(lambda: noticing.failed_sign_ins(brand, NOW)) == before == 2


def test_a_wrong_password_at_the_door_is_counted(desk):
    """Through the real sign-in page; an account that does not exist leaves a row just the same."""
    asha = desk.person(Role.SUPPORT).person
    for address in (asha.email, "nobody@people.example"):
        told = {"login": address, "password": "not the password at all"}
        assert desk.client().post("/account/login/", told).status_code == 200
    counted = Count.objects.filter(what=What.FAILED_SIGN_INS).values_list("who", "count")
    accounts = [signins.account_of(asha.email), signins.account_of("nobody@people.example")]
    assert sorted(counted) == sorted((each, 1) for each in accounts)


@pytest.fixture
def canary(desk):
    """A watched order, already moved on by the journey."""
    order = desk.scene.admit()
    canaries.mark(desk.actor(desk.person(Role.PRIVACY_OFFICER)), order)
    return order


def test_opening_a_canary(desk, canary):
    """One view by a person: high, at the next look."""
    asha = desk.person(Role.SUPPORT)
    open_page(desk, asha, canary)
    assert look(desk) == [("canary_seen", asha.person.tag)]
    alert = the_alert()
    assert alert.severity == "high"
    assert len(alert.evidence["entries"]) == 1


def test_revealing_a_canary(desk, canary):
    """A reveal too; a second one counts up."""
    asha = desk.person(Role.SUPPORT)
    reveal(desk, asha, canary)
    assert look(desk) == [("canary_seen", asha.person.tag)]
    reveal(desk, asha, canary, NOW + timedelta(minutes=1))
    assert look(desk) == []
    assert the_alert().count == 2


def test_a_list_with_a_canary_in_it_is_no_sighting(desk, canary):
    """A row of a list is nobody's choice."""
    asha = desk.person(Role.SUPPORT)
    assert len(list_orders(desk.actor(asha), Wanted(), None, now=NOW).answers) == 1
    assert look(desk) == []


def test_a_system_that_is_shown_a_canary(desk, canary):
    """Alone or in a bulk; not by our own webhooks, not if its partner is expected."""
    seat = seat_of(desk)
    who = f"credential:{seat.credential.pk}"
    told = seat.caller
    disclose(
        type(told)(told.brand_id, told.partner_id, told.hop, reason="told:x"), canary, None, now=NOW
    )
    assert look(desk) == []
    desk.scene.ask_many(Hop.OMS, [canary])
    assert look(desk) == [("canary_seen", who)]
    officer = desk.actor(desk.person(Role.PRIVACY_OFFICER))
    calm = desk.scene.admit()
    canaries.mark(officer, calm, [seat.partner.pk])
    desk.scene.ask(Hop.OMS, calm)
    assert look(desk) == []


def test_a_retired_canary_is_silent(desk, canary):
    """And what happened before it was marked never counts."""
    officer = desk.actor(desk.person(Role.PRIVACY_OFFICER))
    (watched,) = canaries.alive(desk.scene.brand.pk)
    canaries.retire(officer, watched.pk)
    open_page(desk, desk.person(Role.SUPPORT), canary)
    assert look(desk) == []
    later = NOW + timedelta(hours=1)
    canaries.mark(desk.actor(desk.person(Role.PRIVACY_OFFICER), now=later), canary)
    assert look(desk, later) == []


def test_the_record_does_not_name_a_canary(desk, canary):
    """Neither by its order nor in the act's detail: a keyed hash only."""
    found = rows("SELECT entry FROM ledger_entry WHERE kind = 'canary_marked'")
    assert len(found) == 1
    assert canary.hex() not in bytes(found[0][0]).decode()
    assert rows("SELECT 1 FROM ledger_record WHERE kind = 'canary_marked'") == []


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
