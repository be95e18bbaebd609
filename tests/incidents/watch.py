"""What the alerts' tests share: a noon, a past, a look."""

from datetime import UTC, datetime, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from desk import Desk
from orderveil.core.hops import Hop
from orderveil.gate.desk.caller import caller_of
from orderveil.gate.desk.reveal import Revealable, reveal_field
from orderveil.gate.disclose import disclose
from orderveil.gate.reasons import Cause, Reason
from orderveil.incidents import watching
from orderveil.incidents.models import Alert, Count
from orderveil.ledger import sequencer
from scene import Scene, rows

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CAUSE = Cause(Reason.CALL_BACK, "T-1")


def make_desk():
    """A brand with people at NOW, so that no test depends on the hour it runs in."""
    return Desk.make(Scene.make(now=NOW))


def look(desk, now=NOW):
    """Sequence what is pending, and look: the alerts that were raised, as (kind, who)."""
    sequencer.drain(now)
    return [(each.kind, each.who) for each in watching.look(desk.scene.brand.pk, now)]


def past(desk, who, what, count, *, days=28, hours=1):
    """A steady past: so many in each of the last days, spread over some hours of the day."""
    begin = NOW.replace(hour=9)
    Count.objects.bulk_create(
        Count(
            brand_id=desk.scene.brand.pk,
            who=who,
            what=what,
            hour=begin - timedelta(days=day) + timedelta(hours=hour),
            count=count // hours,
        )
        for day in range(1, days + 1)
        for hour in range(hours)
    )


def reveal(desk, member, order, now=NOW):
    """A real reveal of the order's phone."""
    actor = desk.actor(member, now=now)
    return reveal_field(actor, order, Revealable.PHONE, CAUSE, now=now)


def open_page(desk, member, order, now=NOW):
    """A real view of one order by a person."""
    actor = desk.actor(member, now=now)
    return disclose(caller_of(actor, "order page"), order, None, now=now)


def rows_read(work):
    """How many rows the database hands out while this works."""
    with CaptureQueriesContext(connection) as asked:
        work()
    return sum(len(rows(one["sql"])) for one in asked if one["sql"].startswith("SELECT"))


def the_alert(**which):
    """The one alert like that."""
    return Alert.objects.get(**which)


def seat_of(desk):
    """A system that may see every order."""
    return desk.scene.seat(Hop.OMS)
