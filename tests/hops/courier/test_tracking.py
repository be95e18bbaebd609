"""Carriers' webhooks at the machine door: they move their own parcels, and nothing else."""

import itertools
import json
import logging
from datetime import timedelta

import pytest

from doors import problem_of, stored
from hops.courier.tracked import (
    AWB,
    BACK,
    DELIVERED,
    FAILED,
    GOES_BACK,
    OUT,
    PICKED,
    Road,
    connect,
    counted,
    moves,
    state,
)
from orderveil.core.hops import Hop
from orderveil.core.states import ParcelState as S
from orderveil.gate import parcels
from orderveil.gate.erase import erase
from orderveil.hops.courier import accounts, following, hearing
from orderveil.partners import registry
from scene import ME, Scene, rows, together


@pytest.fixture
def road(db):
    """A brand whose courier is at Shiprocket."""
    return Road.make()


def test_a_webhook_moves_its_parcel(road):
    """By each state on its way, in the partner's name, and with events for who follows."""
    order = road.ship()
    assert road.told(road.webhook((OUT, 5))) == {"scans": 1, "moves": 2}
    assert state(order) == "out_for_delivery"
    assert moves() == [("packed", "shipped"), ("shipped", "out_for_delivery")]
    told = "SELECT DISTINCT by_partner FROM ledger_record WHERE kind = 'state_changed'"
    assert (road.account.partner_id,) in rows(told)
    assert counted() == {
        ("webhook", "genuine"): 1,
        ("moved", "shipped"): 1,
        ("moved", "out_for_delivery"): 1,
    }


def test_a_delivered_parcel_is_closed_at_once(road):
    """The next thing that the courier asks is refused; what it asked before is on record."""
    order = road.ship()
    assert road.doors.view(Hop.COURIER, order).status_code == 200
    road.told(road.webhook((DELIVERED, 1)))
    problem_of(road.doors.view(Hop.COURIER, order), 403)


def test_an_attempt_has_its_reason(road):
    """Read from the carrier's words, which are not kept; it waits for somebody's answer."""
    road.ship()
    body = road.webhook((FAILED, 9), (FAILED, 8))
    body["scans"][0] |= {"status": "EOD-6", "activity": "Consignee refused, call 90000 00017"}
    road.told(body)
    assert rows("SELECT reason, answer FROM vault_attempt") == [("refused", None)]


def test_a_forged_webhook_moves_nothing(road):
    """Another token, none, or one of an account without a secret: 401, and it is counted."""
    order = road.ship()
    body = road.webhook((DELIVERED, 1))
    for token in (b"invented", b"", b"invented-webhook-token2"):
        problem_of(road.tell(body, token=token), 401, "bad_signature")
    other = road.scene.new_seat(Hop.COURIER, "courier-two")
    bare = accounts.connect(
        other.partner,
        "delhivery",
        options={"pickup_location": "Primary"},
        secrets={"token": "invented"},
        now=road.scene.now,
        who=ME,
    )
    problem_of(road.tell(body, account=bare.pk), 401, "bad_signature")
    assert state(order) == "packed"
    kept = rows("SELECT account_id, what, code, count FROM courier_heard ORDER BY 1")
    assert kept == [(road.account.pk, "webhook", "forged", 3), (bare.pk, "webhook", "forged", 1)]


def test_an_unknown_account_is_not_there(road):
    """Nor is one that was disconnected, nor a number that no table could hold."""
    body = road.webhook((DELIVERED, 1))
    problem_of(road.tell(body, account=road.account.pk + 7), 404)
    problem_of(road.tell(body, account=9223372036854775807), 404)
    problem_of(road.tell(body, account=9223372036854775808), 404)
    accounts.disconnect(road.scene.brand.pk, road.account.pk, now=road.scene.now, who=ME)
    problem_of(road.tell(body), 404, "no_such_carrier_account")


def test_a_webhook_that_comes_again_changes_nothing(road):
    """Replayed at once, or after what came later."""
    order = road.ship()
    first, second = road.webhook((OUT, 9)), road.webhook((FAILED, 5))
    road.told(first)
    before = moves()
    assert road.told(first) == {"scans": 1}
    assert moves() == before
    road.told(second)
    assert road.told(first) == {"scans": 1}
    assert state(order) == "undelivered"
    assert rows("SELECT count(*) FROM vault_attempt") == [(1,)]


@pytest.mark.parametrize("order", [*itertools.permutations(range(5))][::17])
def test_a_journey_told_in_any_order_ends_alike(road, order):
    """Five webhooks; all 120 orders of them are tried without the door in `test_roads`."""
    parcel = road.ship()
    told = [(PICKED, 50), (OUT, 40), (FAILED, 30), (OUT, 20), (DELIVERED, 10)]
    for place in order:
        road.told(road.webhook(told[place]))
    assert state(parcel) == "delivered"
    assert not any(what == "refused" for what, _ in counted())


def test_a_whole_history_in_one_webhook(road):
    """Every scan in its order; and the same again, as carriers do send it."""
    order = road.ship()
    history = road.webhook((PICKED, 60), (OUT, 50), (FAILED, 40), (GOES_BACK, 30), (BACK, 20))
    assert road.told(history) == {"scans": 5, "moves": 5}
    assert state(order) == "returned"
    assert road.told(history) == {"scans": 5}


def test_webhooks_at_once_move_a_parcel_once(road):
    """Four at a time, of one parcel: each move is made once, and the newest scan holds."""
    order = road.ship()
    bodies = [road.webhook(each) for each in ((PICKED, 50), (OUT, 40), (FAILED, 30), (OUT, 20))]
    results = together(*(lambda body=body: road.tell(body).status_code for body in bodies))
    assert results == [200] * 4
    assert state(order) == "out_for_delivery"
    steps = moves()
    assert [to for _, to in steps].count("shipped") == 1
    assert all(one[1] == two[0] for one, two in itertools.pairwise(steps))


def test_another_brands_parcel_is_unknown(road):
    """Though it has the same number; and a webhook for it is answered like any other."""
    other = Road.make("neelmani")
    theirs = other.ship()
    assert road.told(road.webhook((DELIVERED, 1))) == {"scans": 1, "unknown": 1}
    assert state(theirs) == "packed"
    ours = road.ship()
    road.told(road.webhook((DELIVERED, 1)))
    assert (state(ours), state(theirs)) == ("delivered", "packed")


def test_another_partners_parcel_is_unknown(road):
    """A courier tells of what it was given, and of nothing that it guesses."""
    order = road.ship()
    other = connect(road.scene, road.scene.new_seat(Hop.COURIER, "courier-two"))
    body = road.webhook((DELIVERED, 1))
    assert road.told(body, account=other.pk) == {"scans": 1, "unknown": 1}
    assert state(order) == "packed"
    assert counted()["unknown_parcel", "waybill"] == 1


def test_an_erased_order_is_unknown(road):
    """It has no number any more, and nothing is kept of what a carrier says of it."""
    order = road.ship()
    erase(road.scene.brand.pk, [order], now=road.scene.now, who=ME)
    assert road.told(road.webhook((DELIVERED, 1))) == {"scans": 1, "unknown": 1}
    assert rows("SELECT count(*) FROM courier_followed") == [(0,)]


def test_a_parcel_that_nobody_packed_stays(road):
    """A courier opens no window of its own; the day's count says what was not done."""
    order = road.scene.admit()
    road.scene.move(Hop.OMS, order, S.PLACED, awb=AWB)
    assert road.told(road.webhook((DELIVERED, 1))) == {"scans": 1, "unmoved": 1}
    assert counted()["unmoved", "not_packed"] == 1
    assert state(order) == "placed"


def test_without_standing_nothing_moves(road):
    """The gate's refusal is kept as a code; when the standing is back, the next webhook counts."""
    order = road.ship()
    registry.set_suspended(road.account.partner, suspended=True, now=road.scene.now, who=ME)
    assert road.told(road.webhook((DELIVERED, 1))) == {"scans": 1, "unmoved": 1}
    assert [key for key in counted() if key[0] == "refused"]
    registry.set_suspended(road.account.partner, suspended=False, now=road.scene.now, who=ME)
    road.told(road.webhook((DELIVERED, 1)))
    assert state(order) == "delivered"


def test_a_return_ends_at_the_warehouse(road):
    """Picked up it is returning, and what its carrier calls delivered is returned."""
    order = road.ship()
    road.told(road.webhook((DELIVERED, 60)))
    oms = road.scene.seat(Hop.OMS).caller
    opened = parcels.open_reverse(oms, order, 1, now=road.scene.now)
    road.scene.assign(Hop.COURIER, order, parcel_no=opened.parcel_no)
    courier = road.scene.seat(Hop.COURIER).caller
    parcels.move(courier, order, 2, S.PACKED, now=road.scene.now, awb="RETURN1")
    road.told(road.webhook((PICKED, 30), awb="RETURN1"))
    assert state(order, 2) == "returning"
    road.told(road.webhook((DELIVERED, 20), awb="RETURN1"))
    assert (state(order, 2), state(order)) == ("returned", "delivered")


def test_a_parcel_that_changed_couriers_begins_anew(road):
    """The first courier's last scan was later than the second's first; its number is unknown."""
    order = road.ship()
    road.told(road.webhook((FAILED, 5)))
    second = road.scene.new_seat(Hop.COURIER, "courier-two")
    account = connect(road.scene, second)
    road.scene.assign(Hop.COURIER, order, second)
    parcels.move(second.caller, order, 1, S.UNDELIVERED, now=road.scene.now, awb="SECOND1")
    road.told(road.webhook((OUT, 30), awb="SECOND1"), account=account.pk)
    assert state(order) == "out_for_delivery"
    assert road.told(road.webhook((DELIVERED, 1)))["unknown"] == 1


@pytest.mark.parametrize("minutes", [-90, 91 * 24 * 60])
def test_a_time_that_cannot_be_is_not_believed(road, minutes):
    """More than an hour ahead, or ninety days back; the good scans beside it count."""
    order = road.ship()
    assert road.told(road.webhook((DELIVERED, minutes), (OUT, 10))) == {
        "scans": 2,
        "moves": 2,
        "unmoved": 1,
    }
    assert state(order) == "out_for_delivery"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\x00",
        b"[]",
        b"{}",
        b'{"awb": {"$ne": null}}',
        b'{"awb": "x", "scans": 7}',
        b"[" * 100_000,
        b'{"awb": "' + AWB.encode() + b'", "shipment_status_id": "7", "current_timestamp": "soon"}',
    ],
)
def test_garbage_moves_nothing(road, body):
    """It is answered, so that it isn't sent for ever, and counted."""
    order = road.ship()
    assert road.told(body)["scans"] == 0
    assert state(order) == "packed"


def test_a_body_beyond_the_limit_is_refused(road):
    """A megabyte, whoever sends it."""
    problem_of(road.tell(b" " * (1024 * 1024 + 1)), 413)


def test_nothing_personal_is_kept_or_logged(road, caplog):
    """A webhook may hold the buyer: of it, codes are stored and nothing else; genuine or forged."""
    caplog.set_level(logging.DEBUG)
    road.ship()
    body = road.webhook((FAILED, 9), (OUT, 3))
    body |= {"customer_name": "Qzname Zqperson", "pod": "https://pod.example/qzpicture"}
    body["scans"][0] |= {"activity": "Refused by Qzwords 9000086421", "location": "Qzplace"}
    road.told(body)
    road.tell(body, token=b"forged")
    road.told(json.dumps(body).encode() + b"}")
    marks = ("qzname", "qzpicture", "qzwords", "qzplace", "9000086421")
    for table, column, value in stored():
        assert not [mark for mark in marks if mark.encode() in value.lower()], (table, column)
    assert not [mark for mark in marks if mark in caplog.text.lower()]


def test_codes_of_a_day_are_bounded(road):
    """Whatever an account sends, a day has a hundred codes of it, and the rest together."""
    now, what = road.scene.now, hearing.What.NO_STATE
    hearing.add(road.account, {(what, f"C{n}"): 1 for n in range(150)}, now)
    hearing.add(road.account, {(what, f"D{n}"): 2 for n in range(50)}, now)
    found = counted()
    assert len(found) == hearing.MOST_CODES + 1
    assert found["no_state", hearing.OTHER] == 50 + 100


def test_what_is_old_goes(road):
    """Parcels that nobody spoke of for longer than any scan is believed, and old days."""
    road.ship()
    road.told(road.webhook((OUT, 5)))
    later = road.scene.now + timedelta(days=121)
    assert following.sweep(road.scene.now) == 0
    assert (following.sweep(later), hearing.sweep(later) > 0) == (1, True)
    assert hearing.days(Scene.make("neelmani", now=later).brand.pk, later) == []
