"""Receipts by machine: whole and in part, idempotent, on each order's history, of one's own."""

import json

import pytest
from falcon import testing

from hops.retention.yard import Yard, purges
from orderveil.api.app import create_app
from orderveil.core.clocks import utc_now
from orderveil.core.hops import Hop
from orderveil.gate.erase import erase
from orderveil.hops.retention import asking, receipts
from orderveil.hops.retention.models import Request
from orderveil.hops.retention.receipts import Way
from orderveil.ledger import sequencer, store
from orderveil.ledger.entries import decode
from orderveil.ledger.of_order import latest_of
from scene import ME, NOW, rows, together


@pytest.fixture
def api(yard):
    """The machine door."""
    del yard
    return testing.TestClient(create_app())


def post(api, seat, name, body):
    """A receipt, as the courier's system sends it."""
    headers = {"authorization": f"Bearer {seat.token}"}
    path = f"/v1/purges/{name}/receipt"
    return api.simulate_post(path, headers=headers, body=json.dumps(body).encode())


def get(api, seat, path):
    """What its system reads."""
    return api.simulate_get(path, headers={"authorization": f"Bearer {seat.token}"})


def acts(kind="purge_confirmed"):
    """The bulk acts of a kind, decoded."""
    found = rows("SELECT entry FROM ledger_entry WHERE kind = %s ORDER BY at", [kind])
    return [decode(bytes(row[0])) for row in found]


def test_a_receipt_confirms_all_and_shows_in_each_order(yard, api):
    """One act with a Merkle root over the parcels; every order's history has it."""
    request = yard.asked(3)
    seat = yard.scene.seat(Hop.COURIER)
    answer = post(api, seat, request.name, {})
    assert answer.status_code == 200
    assert answer.json == {
        "request": request.name,
        "confirmed": 3,
        "open": 0,
        "unknown": [],
        "changed": True,
    }
    (act,) = acts()
    assert (act.rows, len(act.rows_root)) == (3, 32)
    assert (act.detail["request"], act.detail["way"]) == (request.name, "machine")
    assert act.who.credential == seat.credential.pk
    for each in purges():
        assert each.confirmed_at is not None
        kinds = {entry.kind for entry in latest_of(bytes(each.order_id), 20)}
        assert {"purge_requested", "purge_confirmed"} <= kinds
    sequencer.drain(utc_now())
    assert store.query("SELECT count(*) FROM ledger_leaf WHERE entry_id = %s", [act.id]) == [(1,)]


def test_the_same_receipt_again_changes_nothing(yard, api):
    """No second act; the answer says that nothing changed."""
    request = yard.asked(2)
    seat = yard.scene.seat(Hop.COURIER)
    post(api, seat, request.name, {})
    again = post(api, seat, request.name, {})
    assert (again.status_code, again.json["confirmed"], again.json["changed"]) == (200, 2, False)
    assert len(acts()) == 1


def test_receipts_at_once_are_one(yard):
    """Whoever is second finds it done."""
    request = yard.asked(2)
    done = together(*[lambda: receipts.confirm(request, way=Way.TOLD, now=NOW, who=ME)] * 4)
    assert sorted(each.changed for each in done) == [False, False, False, True]
    assert Request.objects.get().confirmed == 2
    assert len(acts()) == 1


def test_some_refs_are_confirmed_and_the_rest_stays_open(yard, api):
    """In any spelling of a ref, of the order or of its parcel; what is not in it is answered."""
    orders = yard.delivered(3)
    (request,) = asking.ask(NOW)
    seat = yard.scene.seat(Hop.COURIER)
    stranger = yard.ref(bytes(16))
    refs = [yard.ref(orders[0]).lower(), yard.ref(orders[1])[:26], stranger, "nonsense"]
    answer = post(api, seat, request.name, {"refs": refs})
    assert (answer.json["confirmed"], answer.json["open"]) == (2, 1)
    assert answer.json["unknown"] == [stranger, "nonsense"]
    assert Request.objects.get().closed_at is None
    left = get(api, seat, f"/v1/purges/{request.name}").json["items"]
    assert [each["ref"] for each in left] == [yard.ref(orders[2])]
    rest = post(api, seat, request.name, {"refs": [yard.ref(orders[2])]})
    assert rest.json["open"] == 0
    assert Request.objects.get().closed_at is not None
    assert [act.rows for act in acts()] == [2, 1]


def test_another_partners_credential_finds_nothing(yard, api):
    """Neither another courier of the brand nor another brand's learns that there is a request."""
    request = yard.asked()
    other = yard.scene.new_seat(Hop.COURIER, "courier-two")
    foreign = Yard.make("saree").scene.seat(Hop.COURIER)
    for seat in (other, foreign):
        assert post(api, seat, request.name, {}).status_code == 404
        assert get(api, seat, f"/v1/purges/{request.name}").status_code == 404
        assert get(api, seat, "/v1/purges").json == {"requests": []}
    assert post(api, yard.scene.seat(Hop.COURIER), "purge_nothing", {}).status_code == 404
    assert purges()[0].confirmed_at is None


def test_without_a_credential_there_is_no_answer(yard, api):
    """401, and nothing changed."""
    request = yard.asked()
    answer = api.simulate_post(f"/v1/purges/{request.name}/receipt", body=b"{}")
    assert answer.status_code == 401
    assert purges()[0].confirmed_at is None


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 400), (b"[]", 422), (b'{"refs": []}', 422), (b'{"refs": [7]}', 422), (b"{", 400)],
)
def test_a_body_that_is_none_confirms_nothing(yard, api, body, status):
    """An empty list is a mistake, not everything."""
    request = yard.asked()
    headers = {"authorization": f"Bearer {yard.scene.seat(Hop.COURIER).token}"}
    path = f"/v1/purges/{request.name}/receipt"
    assert api.simulate_post(path, headers=headers, body=body).status_code == status
    assert purges()[0].confirmed_at is None


def test_what_is_open_is_listed(yard, api):
    """A system that missed its webhook finds its requests."""
    request = yard.asked(2)
    seat = yard.scene.seat(Hop.COURIER)
    (one,) = get(api, seat, "/v1/purges").json["requests"]
    assert (one["request"], one["open"]) == (request.name, 2)
    post(api, seat, request.name, {})
    assert get(api, seat, "/v1/purges").json == {"requests": []}


def test_an_erased_orders_purge_is_confirmed_by_its_ref(yard, api):
    """The number and the AWB are gone; the ref is computed, and still opens."""
    orders = yard.delivered()
    erase(yard.scene.brand.pk, orders, now=NOW, who=ME)
    (request,) = asking.ask(NOW)
    seat = yard.scene.seat(Hop.COURIER)
    answer = post(api, seat, request.name, {"refs": [yard.ref(orders[0])]})
    assert (answer.json["confirmed"], answer.json["open"]) == (1, 0)
