"""Overdue purges: an alert once, a worse one after a week, none when confirmed."""

from datetime import timedelta

from desk import Desk
from hops.retention.yard import Yard
from incidents.watch import NOW
from orderveil.core.roles import Role
from orderveil.hops.retention import asking, overdue, receipts
from orderveil.hops.retention.receipts import Way
from orderveil.incidents import alerts, watching
from orderveil.incidents.models import Alert
from orderveil.incidents.words import AlertKind, Outcome, Severity
from scene import ME, rows

DAY = timedelta(days=1)


def late(db):
    """A yard with two parcels that the courier must delete, and the moment they are due."""
    del db
    yard = Yard.make(now=NOW)
    request = yard.asked(2)
    return yard, request, request.due_at


def look(yard, now):
    """A look of the minute: the alerts about purges that it raised."""
    found = watching.look(yard.scene.brand.pk, now)
    return [each for each in found if each.kind == AlertKind.PURGE_OVERDUE]


def test_in_time_nothing_is_said(db):
    """Until the due date it is the partner's business."""
    yard, _, due = late(db)
    assert look(yard, due) == []
    assert overdue.late(yard.scene.brand.pk, due) == []


def test_overdue_is_raised_once(db):
    """At the next look, about the partner; the looks after it say nothing."""
    yard, _, due = late(db)
    (alert,) = look(yard, due + timedelta(minutes=1))
    assert (alert.who, alert.count) == (f"partner:{yard.partner.pk}", 2)
    assert (alert.severity, alert.day) == (Severity.MEDIUM, due.date())
    assert [look(yard, due + n * DAY) for n in range(1, 7)] == [[]] * 6
    assert Alert.objects.count() == 1


def test_after_a_week_it_is_worse_and_told_again(db):
    """The same alert rises, once, as an act."""
    yard, _, due = late(db)
    look(yard, due + timedelta(minutes=1))
    for n in (7, 8, 9):
        assert look(yard, due + n * DAY) == []
    assert Alert.objects.get().severity == Severity.HIGH
    assert rows("SELECT count(*) FROM ledger_entry WHERE kind = 'alert_worse'") == [(1,)]


def test_more_that_is_late_counts_up(db):
    """The parcels of a later day join the open alert."""
    yard, _, due = late(db)
    look(yard, due + timedelta(minutes=1))
    yard.delivered(3)
    look(yard, due + timedelta(minutes=2))
    assert Alert.objects.get().count == 5


def test_confirmed_there_is_no_more(db):
    """Neither for what was confirmed in time nor a new one after the receipt."""
    yard, request, due = late(db)
    receipts.confirm(request, way=Way.TOLD, now=NOW, who=ME)
    assert look(yard, due + 30 * DAY) == []


def test_what_was_never_asked_for_alarms_too(db):
    """A partner that nobody could write to is late as any other."""
    del db
    yard = Yard.make(now=NOW)
    yard.delivered()
    assert [each.overdue for each in overdue.late(yard.scene.brand.pk, NOW + 21 * DAY)] == [1]


def test_another_brands_late_partner_is_its_own(db):
    """One brand's looks see nothing of another's."""
    yard, _, due = late(db)
    other = Yard.make("saree", now=NOW)
    assert look(other, due + DAY) == []
    assert len(look(yard, due + DAY)) == 1


def test_the_pages_name_the_partner(db):
    """List and page of alerts say who it is about, and how many parcels."""
    yard, _, due = late(db)
    (alert,) = look(yard, due + DAY)
    desk = Desk.make(yard.scene)
    client = desk.client(desk.person(Role.OWNER))
    for path in ("/alerts/", f"/alerts/{alert.pk}/"):
        text = client.get(path).content.decode()
        assert "A partner has not confirmed that it deleted" in text
        assert yard.partner.name in text
        assert "has not confirmed: 2." in text


def test_closed_it_stays_quiet_until_it_doubles(db):
    """Explained once: the same parcels are not told of every minute."""
    yard, _, due = late(db)
    (alert,) = look(yard, due + DAY)
    desk = Desk.make(yard.scene)
    owner = desk.actor(desk.person(Role.OWNER))
    alerts.close(owner, alert.pk, Outcome.EXPLAINED, "they wrote that they are at it")
    assert look(yard, due + 2 * DAY) == []
    yard.delivered(2)
    asking.ask(NOW + DAY)
    assert len(look(yard, due + 2 * DAY)) == 1
