"""A courier that asks for more parcels than were assigned to it is stopped, at the machine door."""

import secrets
from datetime import timedelta

import pytest
from django.db import connection

from desk import Desk
from doors import Doors
from orderveil.core.hops import Hop
from orderveil.core.roles import Role
from orderveil.core.states import ParcelState
from orderveil.gate.keys import ref_key
from orderveil.incidents import canaries, watching
from orderveil.ledger import sequencer
from orderveil.ledger.entries import read
from orderveil.partners import beyond, registry, volume
from orderveil.partners.models import Partner
from scene import Seat, rows, together

ALLOWED = volume.BASE


@pytest.fixture
def doors(db):
    """A brand with a courier, and its door."""
    return Doors.make()


def ref_of(seat: Seat, order: bytes, parcel_no: int | None = None) -> str:
    """The ref under which the seat's partner knows an order."""
    key = ref_key(seat.partner.brand_id, seat.partner.pk, seat.partner.ref_generation)
    return key.make(order, parcel_no)


def get(doors, seat, ref):
    """One view."""
    return doors.call("GET", f"/v1/hops/courier/orders/{ref}", token=seat.token)


def bulk(doors, seat, refs):
    """Many views."""
    body = {"refs": refs}
    return doors.call("POST", "/v1/hops/courier/views", token=seat.token, body=body)


def guessed() -> str:
    """A text that looks like a ref of the first generation, and opens to nothing there is."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    return "A" + "".join(secrets.choice(letters) for _ in range(25))


def strangers(doors, count):
    """Packed orders of the brand whose courier is another partner."""
    other = doors.scene.new_seat(Hop.COURIER, "another-courier")
    found = []
    for _ in range(count):
        order = doors.scene.pack(doors.scene.admit())
        doors.scene.assign(Hop.COURIER, order, other)
        found.append(order)
    return found


def unheld(doors, count):
    """Orders that no courier was ever given."""
    return doors.scene.admit_many([doors.scene.draft() for _ in range(count)])


def stops():
    """The acts by which partners were suspended."""
    found = rows("SELECT entry FROM ledger_entry WHERE kind = 'partner_suspended'")
    return [read(raw) for (raw,) in found]


def is_stopped(seat) -> bool:
    """Was it suspended?"""
    return Partner.objects.get(pk=seat.partner.pk).suspended_at is not None


def test_whoever_enumerates_is_stopped_at_the_allowance_exactly(doors):
    """Guesses, others' parcels: up to the allowance refused, one more stops everything at once."""
    seat = doors.scene.seat(Hop.COURIER)
    mine = ref_of(seat, doors.scene.pack(doors.scene.admit()))
    wrong = [ref_of(seat, order) for order in unheld(doors, 4)]
    wrong += [guessed() for _ in range(ALLOWED - 4)]
    answers = [get(doors, seat, ref) for ref in wrong]
    assert [each.status_code for each in answers] == [403] * 4 + [404] * (ALLOWED - 4)
    assert get(doors, seat, mine).status_code == 200
    assert not is_stopped(seat)
    assert get(doors, seat, guessed()).status_code == 404
    assert is_stopped(seat)
    refused = get(doors, seat, mine)
    assert (refused.status_code, refused.json["code"]) == (403, "partner_suspended")
    assert bulk(doors, seat, [mine]).json["code"] == "partner_suspended"


def test_the_act_says_the_numbers_and_who_stopped_it(doors):
    """It was the system, not a person; nobody's parcel is named."""
    seat = doors.scene.seat(Hop.COURIER)
    doors.scene.admit()
    bulk(doors, seat, [guessed() for _ in range(ALLOWED + 7)])
    (act,) = stops()
    assert (act.who.system, act.subject) == ("volume", f"partner:{seat.partner.pk}")
    assert act.detail == {"asked": ALLOWED + 7, "assigned": 1, "allowance": ALLOWED}


def test_a_bulk_that_goes_beyond_stops_its_courier(doors):
    """What is refused inside a bulk counts each; its own are answered in the same request."""
    seat = doors.scene.seat(Hop.COURIER)
    mine = ref_of(seat, doors.scene.pack(doors.scene.admit()))
    refs = [ref_of(seat, order) for order in unheld(doors, ALLOWED)]
    answers = bulk(doors, seat, [mine, *refs]).json["answers"]
    assert ["view" in each for each in answers] == [True] + [False] * ALLOWED
    assert not is_stopped(seat)
    assert bulk(doors, seat, [mine, guessed()]).status_code == 200
    assert is_stopped(seat)


def test_its_own_parcels_may_be_asked_for_as_often_as_it_likes(doors):
    """Again and again, closed windows too: nothing of that is beyond its own."""
    seat = doors.scene.seat(Hop.COURIER)
    placed = [ref_of(seat, doors.scene.admit()) for _ in range(ALLOWED + 2)]
    for ref in placed:
        assert get(doors, seat, ref).json["code"] == "outside_window"
    for _ in range(3):
        assert bulk(doors, seat, placed).status_code == 200
    assert not is_stopped(seat)
    assert rows("SELECT count(*) FROM partners_beyond") == [(0,)]


def test_what_was_given_to_another_courier_does_not_count(doors):
    """A system that has not heard of it yet asks on, for as many as there are."""
    seat = doors.scene.seat(Hop.COURIER)
    gone = strangers(doors, ALLOWED + 3)
    refs = [ref_of(seat, order) for order in gone]
    for ref in refs:
        assert get(doors, seat, ref).json["code"] == "not_assigned"
        assert get(doors, seat, f"{ref}-1").json["code"] == "not_assigned"
    assert not is_stopped(seat)


def test_a_parcel_of_its_own_order_that_it_never_had_counts(doors):
    """Of an order with several parcels a courier asks for its own."""
    seat = doors.scene.seat(Hop.COURIER)
    order = doors.scene.pack(doors.scene.admit())
    assert get(doors, seat, ref_of(seat, order, 7)).status_code == 404
    assert rows("SELECT count(*) FROM partners_beyond") == [(1,)]


def test_one_wrong_ref_counts_once_a_day(doors):
    """A job that asks for the same wrong parcel all day is no enumeration."""
    seat = doors.scene.seat(Hop.COURIER)
    (order,) = unheld(doors, 1)
    ref = ref_of(seat, order)
    for asked in [ref, ref.lower()] * ALLOWED:
        assert get(doors, seat, asked).status_code == 403
    assert rows("SELECT count(*) FROM partners_beyond") == [(1,)]
    assert not is_stopped(seat)


def test_one_in_twenty_of_what_was_assigned_is_allowed_too(doors):
    """Forty parcels of the last 30 days allow two more; older ones allow none."""
    seat = doors.scene.seat(Hop.COURIER)
    for order in unheld(doors, 40):
        doors.scene.assign(Hop.COURIER, order)
    for _ in range(ALLOWED + 2):
        get(doors, seat, guessed())
    assert not is_stopped(seat)
    before = doors.scene.now - beyond.WITHIN - timedelta(days=1)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE partners_assignment SET assigned_at = %s WHERE order_id IN"
            " (SELECT order_id FROM partners_assignment LIMIT 1)",
            [before],
        )
    get(doors, seat, guessed())
    assert is_stopped(seat)


def test_events_and_codes_of_others_parcels_count(doors):
    """Whoever probes by reporting a state, or by scanning codes, learns as much: it counts."""
    seat = doors.scene.seat(Hop.COURIER)
    (order,) = unheld(doors, 1)
    body = {"state": ParcelState.SHIPPED.value}
    for ref in (ref_of(seat, order), guessed()):
        answer = doors.call("POST", f"/v1/orders/{ref}/events", token=seat.token, body=body)
        assert answer.status_code in {403, 404}
    assert rows("SELECT count(*) FROM partners_beyond") == [(2,)]


def test_threads_that_ask_at_once_stop_it_once(doors):
    """Exactly one act, whoever came last; none shows anything afterwards."""
    seat = doors.scene.seat(Hop.COURIER)
    mine = ref_of(seat, doors.scene.pack(doors.scene.admit()))

    def enumerate_() -> int:
        return sum(get(doors, seat, guessed()).status_code == 404 for _ in range(ALLOWED))

    assert sum(together(*[enumerate_] * 4)) >= ALLOWED + 1
    assert is_stopped(seat)
    (act,) = stops()
    assert act.detail["asked"] == ALLOWED + 1
    assert get(doors, seat, mine).json["code"] == "partner_suspended"


def test_restoring_it_begins_anew(doors):
    """A person lifts it: from then on the whole allowance is there again."""
    seat = doors.scene.seat(Hop.COURIER)
    bulk(doors, seat, [guessed() for _ in range(ALLOWED + 1)])
    registry.set_suspended(seat.partner, suspended=False, now=doors.scene.now)
    for _ in range(ALLOWED):
        assert get(doors, seat, guessed()).status_code == 404
    assert not is_stopped(seat)
    get(doors, seat, guessed())
    assert is_stopped(seat)


def test_other_hops_are_not_counted(doors):
    """A warehouse has alerts of its own, and a budget."""
    packer = doors.scene.seat(Hop.WMS)
    for _ in range(ALLOWED + 2):
        doors.call("GET", f"/v1/hops/wms/orders/{guessed()}", token=packer.token)
    assert not is_stopped(packer)
    assert rows("SELECT count(*) FROM partners_beyond") == [(0,)]


def test_the_brand_is_alerted_once_with_the_numbers(doors):
    """One alert, high, about the partner; it says what happened and what to do."""
    seat = doors.scene.seat(Hop.COURIER)
    bulk(doors, seat, [guessed() for _ in range(ALLOWED + 1)])
    sequencer.drain(doors.scene.now)
    (alert,) = watching.look(doors.scene.brand.pk, doors.scene.now + timedelta(minutes=1))
    assert (alert.kind, alert.severity, alert.who, alert.count) == (
        *("courier_stopped", "high"),
        *(f"partner:{seat.partner.pk}", ALLOWED + 1),
    )
    assert alert.evidence == {"allowance": ALLOWED, "assigned": 0}
    assert watching.look(doors.scene.brand.pk, doors.scene.now + timedelta(minutes=2)) == []


def test_a_canary_among_others_parcels_is_never_shown(doors):
    """It counts like any other that is not its own; nothing of it leaves."""
    seat = doors.scene.seat(Hop.COURIER)
    desk = Desk.make(doors.scene)
    (order,) = unheld(doors, 1)
    canaries.mark(desk.actor(desk.person(Role.PRIVACY_OFFICER)), order)
    others = [ref_of(seat, order), *(guessed() for _ in range(ALLOWED))]
    answers = bulk(doors, seat, others).json["answers"]
    assert answers[0]["problem"]["code"] == "not_assigned"
    assert not any("view" in each for each in answers)
    sequencer.drain(doors.scene.now)
    (alert,) = watching.look(doors.scene.brand.pk, doors.scene.now + timedelta(minutes=1))
    assert (alert.kind, alert.count) == ("courier_stopped", ALLOWED + 1)


def test_days_that_are_over_are_forgotten(doors):
    """What was asked on another day neither counts nor stays."""
    seat = doors.scene.seat(Hop.COURIER)
    now = doors.scene.now
    yesterday = now - timedelta(days=1)
    asked = [beyond.digest_of(bytes([at])) for at in range(ALLOWED)]
    assert not volume.count(seat.partner.pk, Hop.COURIER, asked, yesterday)
    assert not volume.count(seat.partner.pk, Hop.COURIER, asked, now)
    beyond.sweep(now + timedelta(days=2))
    assert beyond.count(seat.partner.pk, yesterday.date()) == 0
    assert beyond.count(seat.partner.pk, now.date()) == ALLOWED
