"""A centre's people: while their partner has standing, from its networks, in its hours."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from orderveil.core.errors import Problem
from orderveil.core.hops import Hop
from orderveil.core.personal import Personal
from orderveil.core.roles import Role
from orderveil.gate import law as laws
from orderveil.gate.asking import Caller
from orderveil.gate.centres import spelled_hours
from orderveil.gate.desk import caller as gate_desk
from orderveil.gate.desk.finding import order_named, search_orders
from orderveil.gate.desk.listing import Wanted, list_orders
from orderveil.gate.desk.reveal import Revealable, reveal_field
from orderveil.gate.desk.verifying import Said, verify_caller
from orderveil.gate.disclose import disclose
from orderveil.gate.reasons import checked_cause
from orderveil.gate.search import By
from orderveil.partners import registry
from orderveil.partners.models import Agreement, Partner
from scene import rows

CAUSE = checked_cause("call_back", "T-1")
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
NINE_TO_SIX = {"desk_opens": time(9), "desk_closes": time(18), "desk_zone": "Asia/Kolkata"}


@pytest.fixture
def centre(desk):
    """An outsourced centre that was handed the one order there is."""
    seat = desk.scene.new_seat(Hop.SUPPORT, "centre")
    desk.scene.assign(Hop.SUPPORT, desk.scene.admit(), seat)
    return seat.partner


@pytest.fixture
def order(centre):
    """That order."""
    ((order,),) = rows("SELECT order_id FROM vault_order")
    return bytes(order)


def settle(partner, **terms):
    """Give the centre other terms; every process reads the law anew."""
    Partner.objects.filter(pk=partner.pk).update(**terms)
    laws.forget()


def everything(actor, order, now):
    """What each way in the gate answers this person."""
    caller = gate_desk.caller_of(actor, "order page")
    return {
        "closed": gate_desk.closed(actor),
        "list": list_orders(actor, Wanted(), None, now=now),
        "search": search_orders(actor, [By.NUMBER], Personal("#shop-1"), now=now),
        "search in vain": search_orders(actor, [By.NUMBER], Personal("#none"), now=now),
        "name": order_named(actor, "#shop-1", now=now),
        "order": disclose(caller, order, None, now=now) if isinstance(caller, Caller) else caller,
        "reveal": reveal_field(actor, order, Revealable.PHONE, CAUSE, now=now),
        "verify": verify_caller(actor, order, Said.PINCODE, Personal("560001"), now=now),
    }


def codes(desk, centre, order, *, now=None, **actor):
    """The code of each answer; "" where there was one."""
    now = now or desk.scene.now
    member = desk.person(Role.OUTSOURCED_SUPPORT, partner=centre)
    answers = everything(desk.actor(member, now=now, **actor), order, now)
    return {name: each.code if isinstance(each, Problem) else "" for name, each in answers.items()}


def test_with_standing_every_way_is_open(desk, centre, order):
    """Nothing set: from anywhere, at any hour, as long as the agreement runs."""
    assert set(codes(desk, centre, order).values()) == {""}


def test_suspended_none_is(desk, centre, order):
    """Each way into the gate is closed, whatever page or script asks."""
    registry.set_suspended(centre, suspended=True, now=desk.scene.now)
    assert set(codes(desk, centre, order).values()) == {"centre_without_standing"}
    registry.set_suspended(centre, suspended=False, now=desk.scene.now)
    assert set(codes(desk, centre, order).values()) == {""}


def test_after_the_agreement_none_is(desk, centre, order):
    """The last day is still one; the day after is not."""
    Agreement.objects.filter(partner=centre).update(ends_on=date(2026, 11, 23))
    laws.forget()
    last, after = MONDAY + timedelta(hours=23), MONDAY + timedelta(hours=25)
    assert set(codes(desk, centre, order, now=last).values()) == {""}
    assert set(codes(desk, centre, order, now=after).values()) == {"centre_without_standing"}


@pytest.mark.parametrize(
    ("address", "is_theirs"),
    [
        ("192.0.2.17", True),
        ("192.0.3.17", False),
        ("2001:db8::7", True),
        ("2001:db9::7", False),
        ("::ffff:192.0.2.17", True),
        ("", False),
        ("nonsense", False),
    ],
)
def test_only_from_its_networks(desk, centre, order, address, is_theirs):
    """IPv4 and IPv6; what is no address is none of them."""
    settle(centre, desk_networks=["192.0.2.0/24", "2001:db8::/32"])
    said = set(codes(desk, centre, order, address=address).values())
    assert said == ({""} if is_theirs else {"wrong_network"})


@pytest.mark.parametrize(
    ("terms", "at", "is_open"),
    [
        # 9:00 in Kolkata is 3:30 UTC.
        (NINE_TO_SIX, "2026-11-23 03:29", False),
        (NINE_TO_SIX, "2026-11-23 03:30", True),
        (NINE_TO_SIX, "2026-11-23 12:29", True),
        (NINE_TO_SIX, "2026-11-23 12:30", False),
        # A night shift belongs to the day it began on: Sunday's goes on into Monday.
        (
            {"desk_opens": time(22), "desk_closes": time(6), "desk_zone": "UTC", "desk_days": [7]},
            "2026-11-22 22:00",
            True,
        ),
        (
            {"desk_opens": time(22), "desk_closes": time(6), "desk_zone": "UTC", "desk_days": [7]},
            "2026-11-23 05:59",
            True,
        ),
        (
            {"desk_opens": time(22), "desk_closes": time(6), "desk_zone": "UTC", "desk_days": [7]},
            "2026-11-23 06:00",
            False,
        ),
        (
            {"desk_opens": time(22), "desk_closes": time(6), "desk_zone": "UTC", "desk_days": [7]},
            "2026-11-23 22:30",
            False,
        ),
        (
            {"desk_opens": time(22), "desk_closes": time(6), "desk_zone": "UTC", "desk_days": [7]},
            "2026-11-22 05:00",
            False,
        ),
        # Days are of the centre's own zone: Sunday 19:00 UTC is Monday in Kolkata.
        ({"desk_days": [1]}, "2026-11-22 19:00", True),
        ({"desk_days": [1]}, "2026-11-23 19:00", False),
    ],
)
def test_only_in_its_hours(desk, centre, order, terms, at, is_open):
    """In the centre's own time zone; the minute it closes is closed."""
    settle(centre, **terms)
    now = datetime.fromisoformat(at).replace(tzinfo=UTC)
    said = set(codes(desk, centre, order, now=now).values())
    assert said == ({""} if is_open else {"after_hours"})


def test_hours_are_spelled_for_people(centre):
    """What a refusal names."""
    assert spelled_hours(centre) == "every day, at any hour"
    settle(centre, **NINE_TO_SIX, desk_days=[2, 1])
    centre.refresh_from_db()
    assert spelled_hours(centre) == "Mon, Tue 09:00-18:00 Asia/Kolkata"


def test_the_brands_own_people_are_not_bound_by_it(desk, centre, order):
    """Hours and networks are a centre's; the brand's people work when they work."""
    settle(centre, **NINE_TO_SIX, desk_networks=["192.0.2.0/24"])
    now = MONDAY + timedelta(hours=20)
    actor = desk.actor(desk.person(Role.SUPPORT), now=now)
    assert not [
        each for each in everything(actor, order, now).values() if isinstance(each, Problem)
    ]
