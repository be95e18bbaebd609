"""Whatever is sent: a clear problem+json, nothing half-written, the rest of a batch unharmed."""

import json
import warnings

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doors import counted, own, problem_of, sample, sizes
from orderveil.core.hops import Hop
from orderveil.hops.bodies import BATCH_LIMIT_BYTES
from scene import rows

DEEP = b'{"a":' * 20_000 + b"1" + b"}" * 20_000
UNREADABLE = {
    "nothing": b"",
    "truncated": json.dumps(own("A1")).encode()[:-20],
    "not UTF-8": b'{"id": "\xff\xfe"}',
    "UTF-16": '{"id": "A1"}'.encode("utf-16"),
    "nested too deeply": DEEP,
    "nested lists": b"[" * 100_000,
    "two documents": b'{"id": "A1"}{"id": "A2"}',
    "not a number": b'{"id": NaN}',
    "form": b"id=A1&name=Ira",
}
WRONG = {
    "null": None,
    "a number": 7,
    "a text": "order",
    "true": True,
    "no id": {"number": "#1"},
    "id null": {"id": None},
    "id a list": {"id": ["A1"]},
    "customer a list": own("A1", customer=["Ira"]),
    "items an object": own("A1", items={"title": "x"}),
    "item a text": own("A1", items=["lamp"]),
    "total no number": own("A1", amounts={"currency": "INR", "total": "a lot"}),
    "unknown currency": own("A1", amounts={"currency": "QQQ", "total": "1.00"}),
    "NUL in a name": own("A1", customer={"name": "Ira\x00Namuna"}),
    "NUL in the id": own("A\x001"),
    "half a surrogate pair": own("A1", customer={"name": "\ud83d"}),
    "half a pair in the number": own("A1", number="\udc00"),
    "100,000 items": own("A1", items=[{"title": "x", "quantity": 1}] * 100_000),
    "quantity too large": own("A1", items=[{"title": "x", "quantity": 10**30}]),
    "weight negative": own("A1", weight_g=-5),
    "a date that is none": own("A1", placed_at="the day before"),
    "a date out of range": own("A1", placed_at=10**40),
    "unknown state": own("A1", parcels=[{"id": "P", "state": "lost"}]),
    "a name too long": own("A1", customer={"name": "I" * 100_000}),
    "an id too long": own("A" * 10_000),
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_a_body_that_is_no_json_is_refused(own_doors, what):
    """As a batch or as a webhook it is refused whole, and no table gains a row."""
    token = own_doors.scene.seat(Hop.STOREFRONT).token
    before = sizes()
    told = problem_of(own_doors.call("POST", "/v1/orders", token=token, body=UNREADABLE[what]), 400)
    assert told["rule"] == "RFC 8259"
    problem_of(own_doors.webhook(UNREADABLE[what]), 400, told["code"])
    assert sizes() == before


@pytest.mark.parametrize("what", WRONG)
def test_one_bad_order_harms_no_other(own_doors, what):
    """The bad one says why and where, the good ones beside it are admitted."""
    answer = own_doors.post_orders(own("good-1"), WRONG[what], own("good-2"))
    assert answer.status_code == 200, answer.text
    results = answer.json["results"]
    assert [each["status"] for each in results] == ["admitted", "refused", "admitted"]
    problem = results[1]["problem"]
    assert problem["detail"]
    assert problem["remedy"]
    assert problem["rule"]
    assert problem["pointer"].startswith("/orders/1")
    assert rows("SELECT count(*) FROM vault_order") == [(2,)]


@pytest.mark.parametrize("what", [name for name in WRONG if name != "null"])
def test_a_bad_webhook_leaves_nothing(own_doors, what):
    """Signed but wrong, it is refused whole, and so may be sent again when it is right."""
    before = sizes()
    problem_of(own_doors.webhook(WRONG[what], delivery="d-1"), 422)
    assert sizes() == before
    assert own_doors.webhook(own("A1"), delivery="d-1").json == {"status": "admitted"}


def test_an_order_of_nulls_is_an_order(own_doors):
    """Null means unknown, not wrong, in every place of the schema but the id."""
    nulls = dict.fromkeys(
        (*own(""), "billing", "payment", "browsing", "notes", "dimensions", "parcels", "cancelled")
    )
    (result,) = own_doors.post_orders(nulls | {"id": "A1"}).json["results"]
    assert result["status"] == "admitted"
    inner = {name: dict.fromkeys(("name", "phone", "line1", "total", "title")) for name in own("")}
    (result,) = own_doors.post_orders(inner | {"id": "A2", "items": [], "number": None}).json[
        "results"
    ]
    assert result["status"] == "admitted"


@pytest.mark.parametrize("body", [b"[]", b'{"orders": []}'])
def test_an_empty_batch_has_no_results(own_doors, body):
    """Nothing sent, nothing refused: 200 with an empty list."""
    token = own_doors.scene.seat(Hop.STOREFRONT).token
    answer = own_doors.call("POST", "/v1/orders", token=token, body=body)
    assert (answer.status_code, answer.json) == (200, {"results": []})


@pytest.mark.parametrize("spare_bytes", [1, 1024 * 1024])
def test_a_body_over_ten_megabytes_is_too_large(own_doors, spare_bytes):
    """413 before anything is decoded, with and without an idempotency key."""
    seat = own_doors.scene.seat(Hop.STOREFRONT)
    body = b" " * (BATCH_LIMIT_BYTES + spare_bytes)
    before = sizes()
    for headers in ({}, {"Idempotency-Key": "k-1"}):
        answer = own_doors.call("POST", "/v1/orders", token=seat.token, body=body, headers=headers)
        problem_of(answer, 413, "body_too_large")
    problem_of(own_doors.webhook(body), 413, "body_too_large")
    assert sizes() == before


def test_a_body_of_just_the_limit_is_read(own_doors):
    """The limit itself is allowed."""
    text = json.dumps({"orders": [own("A1")]})
    body = text.ljust(BATCH_LIMIT_BYTES).encode()
    token = own_doors.scene.seat(Hop.STOREFRONT).token
    answer = own_doors.call("POST", "/v1/orders", token=token, body=body)
    assert answer.json["results"][0]["status"] == "admitted"


@pytest.mark.parametrize("count", [1_001, 100_000])
def test_more_than_a_thousand_orders_are_too_many(own_doors, count):
    """The batch is refused whole, before any of it is stored."""
    own_doors.scene.seat(Hop.STOREFRONT)
    before = sizes()
    told = problem_of(own_doors.post_orders(*[{"id": "A"}] * count), 422, "too_many")
    assert told["pointer"] == "/orders"
    assert sizes() == before


def test_a_thousand_orders_are_a_batch(own_doors):
    """The limit itself is allowed, and each has its result."""
    results = own_doors.post_orders(*[own(f"A{n}") for n in range(1_000)]).json["results"]
    assert [each["order"] for each in results] == [f"A{n}" for n in range(1_000)]
    assert rows("SELECT count(*) FROM vault_order") == [(1_000,)]


def test_card_data_in_a_batch_refuses_that_order_alone(own_doors):
    """The pointer names the place, free text too, and the number is nowhere in the answer."""
    card = "4111 1111 1111 1111"
    noted = own("A2", notes={"free_text": f"charge {card} please"})
    coded = own("A3", payment={"cvv": "737"})
    answer = own_doors.post_orders(own("A1"), noted, coded, own("A4"))
    results = answer.json["results"]
    assert [each["status"] for each in results] == ["admitted", "refused", "refused", "admitted"]
    assert [each["problem"]["code"] for each in results[1:3]] == ["card_data", "card_data"]
    assert results[1]["problem"]["pointer"] == "/orders/1/notes/free_text"
    assert results[2]["problem"]["pointer"] == "/orders/2/payment/cvv"
    assert card not in answer.text
    assert "737" not in answer.text


def test_ids_that_pass_luhn_are_no_cards_in_a_batch(own_doors):
    """An id, an AWB, a reference and a time in milliseconds may have a good check digit."""
    order = own(
        "4111111111111111",
        number="5555555555554444",
        placed_at=1_764_000_000_003,
        payment={"gateway_ref": "4012888888881881"},
        parcels=[{"id": "P1", "awb": "4242424242424242"}],
    )
    (result,) = own_doors.post_orders(order).json["results"]
    assert result["status"] == "admitted"


EVENTS = {
    "nothing": b"",
    "a list": b"[]",
    "null": b"null",
    "truncated": b'{"state": "packed"',
    "nested": DEEP,
    "two things": b'{"state": "packed", "open_return": true}',
    "no thing": b"{}",
    "unknown state": b'{"state": "somewhere-secret"}',
    "state a number": b'{"state": 5}',
    "NUL in the AWB": b'{"state": "packed", "awb": "A\\u00001"}',
    "half a pair in the AWB": b'{"state": "packed", "awb": "\\ud800"}',
    "AWB too long": json.dumps({"state": "packed", "awb": "A" * 101}).encode(),
    "unknown hop": b'{"assign": {"hop": "somewhere-secret", "partner": "p"}}',
    "NUL in the partner": b'{"assign": {"hop": "wms", "partner": "p\\u0000"}}',
    "no partner": b'{"assign": {"hop": "wms"}}',
    "not UTF-8": b'{"awb": "\xff"}',
    "too large": b" " * 300_000,
}


@pytest.mark.parametrize("what", EVENTS)
def test_a_bad_event_changes_nothing(doors, what):
    """400, 413 or 422, never a fault; the parcel stays where it is."""
    order = doors.scene.admit()
    doors.scene.seat(Hop.OMS)
    seat = doors.scene.seat(Hop.WMS)
    before = sizes()
    path = f"/v1/orders/{doors.ref(seat, order)}/events"
    answer = doors.call("POST", path, token=seat.token, body=EVENTS[what])
    told = problem_of(answer, answer.status_code)
    assert told["status"] in {400, 413, 422}
    assert "somewhere-secret" not in answer.text
    assert sizes() == before


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"[]", b'{"refs": null}', b'{"refs": []}', b'{"refs": [5]}', DEEP,
     json.dumps({"refs": ["A" * 41]}).encode(), json.dumps({"refs": ["A"] * 1_001}).encode()],
)  # fmt: skip
def test_a_bad_bulk_ask_discloses_nothing(doors, body):
    """It is refused whole, with the place where it is wrong."""
    seat = doors.scene.seat(Hop.OMS)
    before = sizes()
    answer = doors.call("POST", "/v1/hops/oms/views", token=seat.token, body=body)
    assert problem_of(answer, answer.status_code)["status"] in {400, 422}
    assert sizes() == before


KEYS = st.text(max_size=8)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=20)
    | st.floats(allow_nan=False, allow_infinity=False)
)
ANY_JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from([*own(""), "billing", "payment", "notes", "parcels", "dimensions"])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(NAMES, ANY_JSON, max_size=6), ANY_JSON)
def test_no_generated_order_is_a_fault(own_doors, changes, other):
    """Whatever an order says, it is answered 200 with a result each, or 422 whole."""
    answer = own_doors.post_orders(own("A1") | changes, other)
    if answer.status_code == 200:
        assert len(answer.json["results"]) == 2
    else:
        problem_of(answer, 422)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(list(sample())), ANY_JSON, max_size=6))
def test_no_generated_webhook_is_a_fault(doors, changes):
    """A shop may send anything under its signature: 200 or 422, never 500."""
    answer = doors.webhook(sample() | changes)
    if answer.status_code != 200:
        problem_of(answer, 422)


def test_a_method_that_http_does_not_know_is_no_label(doors):
    """What a caller makes up never reaches the metrics."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the test client's own doubts about it
        doors.call("ASHA", "/v1/orders")
    labels = counted(doors, "orderveil_requests_total")
    assert not [name for name in labels if "ASHA" in name]
    assert [name for name in labels if 'method="other"' in name]
