"""What a hop may report of a parcel, and repeating a report safely."""

from datetime import timedelta

import pytest

from doors import problem_of, stored
from orderveil.api import idempotency
from orderveil.core.clocks import utc_now
from orderveil.core.hops import Hop
from orderveil.core.states import ParcelState
from scene import rows


@pytest.fixture
def order(doors):
    """An order whose parcel is assigned along its road."""
    return doors.scene.admit()


def states():
    """The state of each parcel."""
    return [state for (state,) in rows("SELECT state FROM vault_parcel ORDER BY parcel_no")]


def test_a_parcel_goes_its_road(doors, order):
    """Warehouse packs, courier ships and delivers; each is answered where the parcel is now."""
    packed = doors.event(Hop.WMS, order, state="packed", carrier="Udaan", awb="UDN0001")
    assert packed.json["state"] == "packed"
    assert packed.json["changed"]
    assert packed.json["ref"].endswith("-1")
    for state in ("shipped", "out_for_delivery", "undelivered", "delivered"):
        assert doors.event(Hop.COURIER, order, state=state).json["state"] == state
    assert states() == ["delivered"]
    assert rows("SELECT carrier, awb FROM vault_parcel") == [("Udaan", "UDN0001")]


def test_the_same_state_again_is_no_change_and_no_refusal(doors, order):
    """A warehouse may say twice that it has packed."""
    doors.event(Hop.WMS, order, state="packed")
    assert doors.event(Hop.WMS, order, state="packed").json["changed"] is False


@pytest.mark.parametrize(
    ("hop", "state"),
    [
        (Hop.COURIER, "packed"),
        (Hop.COURIER, "delivered"),
        (Hop.WMS, "shipped"),
        (Hop.OMS, "packed"),
        (Hop.SUPPORT, "delivered"),
        (Hop.MARKETING, "cancelled"),
    ],
)
def test_a_hop_makes_only_its_own_moves(doors, order, hop, state):
    """409 with whose move it is; the courier can't open its own window."""
    told = problem_of(doors.event(hop, order, state=state), 409, "transition_refused")
    assert told["remedy"]
    assert states() == ["placed"]


@pytest.mark.parametrize("state", ["packed", "shipped", "out_for_delivery", "returning"])
def test_a_closed_window_stays_closed(doors, order, state):
    """After the delivery no state that the courier posts opens its access again."""
    doors.scene.pack(order)
    for each in ("shipped", "delivered"):
        doors.event(Hop.COURIER, order, state=each)
    problem_of(doors.event(Hop.COURIER, order, state=state), 409, "transition_refused")
    problem_of(doors.view(Hop.COURIER, order), 403, "outside_window")


def test_another_partner_of_the_hop_moves_nothing(doors, order):
    """Reach `assigned` holds for reports as for views."""
    other = doors.scene.new_seat(Hop.WMS, "another-warehouse")
    path = f"/v1/orders/{doors.ref(other, order)}/events"
    answer = doors.call("POST", path, token=other.token, body={"state": "packed"})
    problem_of(answer, 403, "not_assigned")


def test_the_order_system_assigns_parcels(doors, order):
    """Whoever had it loses access, the new one gains it; only a partner on that hop qualifies."""
    other = doors.scene.new_seat(Hop.WMS, "another-warehouse")
    assert doors.view(Hop.WMS, order).status_code == 200
    answer = doors.event(Hop.OMS, order, assign={"hop": "wms", "partner": "another-warehouse"})
    assert answer.status_code == 200
    problem_of(doors.view(Hop.WMS, order), 403, "not_assigned")
    assert doors.view(Hop.WMS, order, seat=other).status_code == 200
    for partner in ("courier-one", "nobody"):
        told = doors.event(Hop.OMS, order, assign={"hop": "wms", "partner": partner})
        assert problem_of(told, 422, "no_such_partner")["pointer"] == "/assign/partner"
    assert doors.view(Hop.WMS, order, seat=other).status_code == 200


def test_no_other_hop_assigns(doors, order):
    """A courier can't give itself a parcel."""
    told = doors.event(Hop.COURIER, order, assign={"hop": "courier", "partner": "courier-one"})
    problem_of(told, 403, "may_not_assign")


def test_a_return_opens_a_parcel_with_a_window_of_its_own(doors, order):
    """The delivered parcel stays closed; the reverse one may be seen until it is returned."""
    doors.scene.pack(order)
    for each in ("shipped", "delivered"):
        doors.event(Hop.COURIER, order, state=each)
    problem_of(doors.event(Hop.COURIER, order, open_return=True), 403, "may_not_open_return")
    opened = doors.event(Hop.SUPPORT, order, open_return=True)
    assert opened.json["ref"].endswith("-2")
    assert states() == ["delivered", "packed"]
    problem_of(doors.view(Hop.COURIER, order), 403, "outside_window")
    doors.scene.assign(Hop.COURIER, order, parcel_no=2)
    parcels = doors.view(Hop.COURIER, order).json["parcels"]
    assert [(each["is_reverse"], each["state"]) for each in parcels] == [(True, "packed")]
    problem_of(doors.view(Hop.COURIER, order, 1), 403, "outside_window")
    assert doors.view(Hop.COURIER, order, 2).status_code == 200
    for each in ("shipped", "returning", "returned"):
        assert doors.event(Hop.COURIER, order, parcel_no=2, state=each).status_code == 200
    problem_of(doors.view(Hop.COURIER, order, 2), 403, "outside_window")


def test_nothing_returns_that_was_not_delivered(doors, order):
    """A return is opened for a delivered parcel only."""
    problem_of(doors.event(Hop.OMS, order, open_return=True), 409, "nothing_to_return")


def test_a_repeated_report_is_replayed(doors, order):
    """Same key, same body: the first status, marked, and nothing is done again."""
    first = doors.event(Hop.WMS, order, key="k-1", state="packed", awb="UDN-SECRET-7")
    again = doors.event(Hop.WMS, order, key="k-1", state="packed", awb="UDN-SECRET-7")
    assert first.json["changed"]
    assert again.json == {"replayed": True, "status": 200}
    assert again.headers["idempotent-replayed"] == "true"
    assert rows("SELECT count(*) FROM outbox_event WHERE kind = 'parcel.packed'") == [(1,)]


def test_a_refusal_is_replayed_too(doors, order):
    """The key remembers how it ended, well or not."""
    doors.event(Hop.COURIER, order, key="k-1", state="packed")
    again = doors.event(Hop.COURIER, order, key="k-1", state="packed")
    assert (again.status_code, again.json) == (409, {"replayed": True, "status": 409})


def test_a_key_belongs_to_one_request(doors, order):
    """Another body under the same key is refused; another credential's key is its own."""
    doors.event(Hop.WMS, order, key="k-1", state="packed")
    other = doors.event(Hop.WMS, order, key="k-1", state="packed", awb="X")
    problem_of(other, 422, "idempotency_key_reused")
    assert doors.event(Hop.COURIER, order, key="k-1", state="shipped").status_code == 200


def test_a_request_under_way_answers_409(doors, order):
    """Until it ends, or is lost with its process: after a minute the key is free again."""
    seat = doors.scene.seat(Hop.WMS)
    path = f"/v1/orders/{doors.ref(seat, order)}/events"
    digest = idempotency.digest_of("POST", path, b'{"state": "packed"}')
    now = utc_now()
    assert idempotency.begin(seat.credential.pk, "k-1", digest, now) is None
    problem_of(
        doors.event(Hop.WMS, order, key="k-1", state="packed"), 409, "idempotency_in_progress"
    )
    assert states() == ["placed"]
    later = now + timedelta(minutes=1, seconds=1)
    assert idempotency.begin(seat.credential.pk, "k-1", digest, later) is None


@pytest.mark.parametrize("key", ["", "k" * 256])
def test_a_bad_key_is_refused(doors, order, key):
    """One to 255 characters."""
    problem_of(doors.event(Hop.WMS, order, key=key, state="packed"), 400, "idempotency_bad_key")


def test_a_fault_frees_the_key(doors, order, monkeypatch):
    """What broke on our side may be sent again under the same key."""
    with monkeypatch.context() as patch:
        patch.setattr("orderveil.gate.parcels.emit_state", lambda *_: 1 / 0)
        assert doors.event(Hop.WMS, order, key="k-1", state="packed").status_code == 500
    assert states() == ["placed"]
    assert doors.event(Hop.WMS, order, key="k-1", state="packed").json["changed"]


def test_of_a_request_only_digest_and_status_are_kept(doors, order):
    """Neither the key nor the body is anywhere in the table."""
    doors.event(Hop.WMS, order, key="key-secret-1", state="packed", awb="AWB-SECRET-1")
    kept = [(column, value) for table, column, value in stored() if table == "api_idempotency"]
    assert {column for column, _ in kept} == {
        *("credential_id", "key_hash", "digest", "status", "created_at")
    }
    assert not [value for _, value in kept if b"SECRET" in value or b"secret" in value]
    assert idempotency.sweep(utc_now() + timedelta(hours=25)) == 1
    assert rows("SELECT count(*) FROM api_idempotency") == [(0,)]


def test_every_state_of_the_road_is_known_to_the_door(doors, order):
    """An unknown state is a 422 with its place, a known one is at most a 409."""
    for state in ParcelState:
        assert doors.event(Hop.REPORTS, order, state=state.value).status_code in {200, 409}
    told = problem_of(doors.event(Hop.REPORTS, order, state="lost"), 422, "invalid_request")
    assert told["pointer"] == "/state"
    assert "lost" not in told["detail"]


def on_the_way(doors, order):
    """The order, shipped."""
    doors.scene.pack(order)
    doors.event(Hop.COURIER, order, state="shipped")
    return order


def test_an_undelivered_parcel_has_a_reason_from_the_list(doors, order):
    """It is kept with the attempt; without one it is `other`."""
    on_the_way(doors, order)
    told = doors.event(Hop.COURIER, order, state="undelivered", reason="address_incomplete")
    assert (told.status_code, told.json["state"]) == (200, "undelivered")
    doors.event(Hop.COURIER, order, state="out_for_delivery")
    doors.event(Hop.COURIER, order, state="undelivered")
    kept = rows("SELECT attempt_no, reason, answer FROM vault_attempt ORDER BY 1")
    assert kept == [(1, "address_incomplete", "moved_on"), (2, "other", None)]


def test_a_reason_in_free_text_is_refused(doors, order):
    """422 with its place and without its words: couriers' remarks name people."""
    on_the_way(doors, order)
    remark = "call Asha on 90000 00001"
    told = doors.event(Hop.COURIER, order, state="undelivered", reason=remark)
    problem = problem_of(told, 422, "invalid_request")
    assert problem["pointer"] == "/reason"
    assert "Asha" not in told.text
    assert states() == ["shipped"]
    assert rows("SELECT count(*) FROM vault_attempt") == [(0,)]


@pytest.mark.parametrize(
    "event",
    [
        {"state": "delivered"},
        {"open_return": True},
        {"assign": {"hop": "wms", "partner": "wms-one"}},
    ],
)
def test_a_reason_belongs_to_an_attempt(doors, order, event):
    """With anything else it is refused, and nothing is done."""
    on_the_way(doors, order)
    told = doors.event(Hop.COURIER, order, reason="refused", **event)
    assert problem_of(told, 422, "reason_without_attempt")["pointer"] == "/reason"
    assert states() == ["shipped"]


def test_a_repeated_report_of_an_attempt_is_one(doors, order):
    """Under the same key, and under another one."""
    on_the_way(doors, order)
    for key in ("k-1", "k-1", "k-2"):
        told = doors.event(Hop.COURIER, order, key=key, state="undelivered", reason="refused")
        assert told.status_code == 200
    assert rows("SELECT attempt_no, reason FROM vault_attempt") == [(1, "refused")]
