"""How much is too much: by one's own usual, by colleagues', by habit; and refusals."""

from datetime import timedelta

from django.db import transaction

from incidents.watch import CAUSE, NOW, look, past, reveal, rows_read, seat_of, the_alert
from orderveil.core.errors import Problem
from orderveil.core.hops import Hop
from orderveil.core.roles import Role
from orderveil.gate.desk.listing import Wanted, list_orders
from orderveil.gate.desk.reveal import Revealable, reveal_field
from orderveil.incidents.history import Key
from orderveil.incidents.judging import Judge
from orderveil.incidents.models import Count
from orderveil.incidents.words import What
from orderveil.ledger import sequencer
from orderveil.ledger.queries import latest
from orderveil.partners import refused
from scene import rows


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
