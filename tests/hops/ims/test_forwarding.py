"""Forwarding: to what was configured, what was checked, and back."""

import json

import pytest
from django.conf import settings

from doors import Doors, problem_of, stored
from hops.ims.inventory import BUYER, SECRET, acts, connect
from orderveil.core.clocks import utc_now
from orderveil.core.decision import Mode
from orderveil.core.errors import RefusedError
from orderveil.core.hops import Hop
from orderveil.hops.ims import resources, upstreams
from orderveil.outbox.egress import Egress
from orderveil.partners import registry
from outbox.partner import Answer, serving
from scene import ME

GOOD = {"sku": "KUR-IND-M", "quantity": 4, "warehouse": "BLR-1"}


def test_a_clean_message_arrives_as_it_was_and_its_answer_comes_back(ims):
    """The bytes that were checked; our secret; of the headers three, and nothing of the caller."""
    body = b'{ "sku":"KUR-IND-M" ,"quantity": 4 }'
    answer = Answer(201, {"Content-Type": "application/json", "X-Inside": "no"}, b'{"ok":true}')
    ims.system.script.append(answer)
    headers = {"Idempotency-Key": "k-1", "Accept": "application/json", "X-Buyer": "Asha"}
    result = ims.forward(body=body, headers=headers, query_string="dry=1&note=a%20b")
    assert (result.status_code, result.content) == (201, b'{"ok":true}')
    assert result.headers["content-type"] == "application/json"
    assert "x-inside" not in result.headers
    (seen,) = ims.system.received
    assert (seen.method, seen.path, seen.body) == ("POST", "/api/stock?dry=1&note=a%20b", body)
    assert seen.headers["x-api-key"] == SECRET.decode()
    assert seen.headers["idempotency-key"] == "k-1"
    assert not {"authorization", "x-buyer"} & seen.headers.keys()


@pytest.mark.parametrize("method", upstreams.METHODS)
def test_each_method_goes_through(ims, method):
    """GET and DELETE without a body, the others with one."""
    body = None if method in {"GET", "DELETE"} else GOOD
    assert ims.forward(method, body=body).status_code == 204
    assert ims.system.received[0].method == method


def test_a_buyer_is_refused_at_the_interface(ims):
    """422 with places, never the value; nothing is sent; the act has kinds and pointers."""
    told = problem_of(ims.forward(body=[GOOD, BUYER]), 422, "buyer_field")
    assert told["places"] == [{"pointer": "/1/note", "kind": "phone", "rule": "value: phone"}]
    assert ims.system.connections == 0
    (detail,) = acts("inventory_refused")
    assert (detail["way"], detail["kinds"], detail["pointers"]) == ("out", "phone:1", "/1/note")
    for table, column, value in stored():
        assert b"00001" not in value or b"90000" not in value, (table, column)


@pytest.mark.parametrize(
    "where",
    [
        {"query_string": "note=90000%2000001"},
        {"query_string": "n=%25%33%39%30%30%30%30%30%30%30%30%31"},
        {"query_string": "phone=x"},
        {"query_string": "a=1&a=asha%40mail.example"},
        {"path": "/api/9000000001"},
        {"headers": {"Idempotency-Key": "asha@mail.example"}},
    ],
)
def test_a_buyer_beside_the_body_is_refused_too(ims, where):
    """In the query, in the path, in the key of a repeat."""
    problem_of(ims.forward(body=GOOD, **where), 422, "buyer_field")
    assert ims.system.connections == 0


@pytest.mark.parametrize(
    "path",
    [
        *("/api/../admin", "/api/%2e%2e/admin", "/api/.%2e/x", "/api/./x", "/api//x", "//api/x"),
        *("/api/%5c..%5cx", "/api/x%00", "/api/%0d%0aHost:%20x", "/api/@10.0.0.1/", "/api/a%252Fb"),
        *("/api/http:%2f%2f10.0.0.1/", "/api/x;y", "/api/x%3fy", "/api/x%23y", "/api/%c4%81"),
        *("@10.0.0.1/api", ":80/api", ".evil.example/api"),
    ],
)
def test_a_path_that_servers_read_differently_goes_nowhere(ims, path):
    """No trick with a path reaches another host, or climbs out of what was configured."""
    assert ims.forward("GET", path).status_code in {403, 404, 422}
    assert ims.system.connections == 0


@pytest.mark.parametrize("path", ["", "/", "/apix", "/API/stock", "/other"])
def test_only_paths_below_those_that_were_configured(ims, path):
    """A prefix ends at a slash."""
    assert ims.forward("GET", path).status_code in {403, 404, 422}
    assert ims.system.connections == 0
    assert ims.forward("GET", "/api").status_code == 204


def test_only_methods_that_were_configured(ims, system):
    """A GET connected is a GET."""
    upstreams.disconnect(ims.upstream.brand_id, ims.upstream.pk, now=utc_now(), who=ME)
    connect(ims.seat, system, methods=["GET"])
    problem_of(ims.forward(body=GOOD), 403, "method_not_connected")
    assert ims.forward("GET").status_code == 204


def test_a_redirect_is_no_answer(ims):
    """Neither followed nor passed on."""
    with serving(tls=False) as elsewhere:
        ims.system.script.append(Answer(302, {"Location": elsewhere.url(name="127.0.0.1")}))
        problem_of(ims.forward("GET"), 502, "inventory_bad_answer")
        assert elsewhere.connections == 0


@pytest.mark.parametrize(
    "addresses", [["10.0.0.1"], ["93.184.215.14", "127.0.0.1"], ["169.254.169.254"]]
)
def test_a_name_that_turns_inward_is_not_followed(ims, monkeypatch, addresses):
    """A configured name whose addresses became private ones is refused before connecting."""
    inward = Egress(private=False, resolver=lambda host, port: addresses)
    monkeypatch.setattr(resources, "way_out", lambda: inward)
    ims.upstream.base_url = f"https://stock.example:{ims.system.port}"
    ims.upstream.save()
    told = problem_of(ims.forward("GET"), 502, "inventory_unreachable")
    assert "address_refused" in told["detail"]
    assert ims.system.connections == 0


@pytest.mark.parametrize(
    "url",
    [
        *("http://stock.example", "https://user:pw@stock.example", "https://169.254.169.254"),
        *("https://10.0.0.1", "https://[::1]", "https://stock.example/?x=1", "file:///etc/passwd"),
        *("https://stock.example/a/../b", "https://stock.example/#x", "https://stock.example//a"),
    ],
)
def test_an_address_we_would_not_call_is_not_connected(ims, monkeypatch, url):
    """As strict as for webhooks, when it is configured and again when it is called."""
    monkeypatch.setattr(settings, "WEBHOOK_PRIVATE", False)
    other = ims.doors.scene.new_seat(Hop.IMS, "ims-other")
    with pytest.raises(RefusedError) as caught:
        connect(other, ims.system, url=url)
    assert caught.value.problem.code == "bad_inventory_system"


@pytest.mark.parametrize(
    "changes",
    [
        *({"prefixes": []}, {"prefixes": ["api"]}, {"prefixes": ["/a/../b"]}, {"methods": []}),
        *({"methods": ["TRACE"]}, {"header": "Host"}, {"header": "X Y"}, {"header": ""}),
        *({"secret": b"a\r\nHost: x"}, {"secret": b""}, {"secret": None}),
    ],
)
def test_terms_that_would_be_a_way_around_are_refused(ims, changes):
    """Paths, methods, and the header of the secret."""
    other = ims.doors.scene.new_seat(Hop.IMS, "ims-other")
    with pytest.raises(RefusedError) as caught:
        connect(other, ims.system, **changes)
    assert caught.value.problem.code == "bad_inventory_system"


def test_an_answer_that_holds_a_buyer_is_kept_back_and_on_record(ims):
    """502 with the places; what the inventory system holds, it should not."""
    body = json.dumps([GOOD, {"customer": {"email": "asha@mail.example"}}]).encode()
    ims.system.script.append(Answer(200, {"Content-Type": "application/json"}, body))
    told = problem_of(ims.forward("GET"), 502, "buyer_field_in_answer")
    assert [place["pointer"] for place in told["places"]] == ["/1/customer/email"]
    assert "asha" not in json.dumps(told)
    assert acts("inventory_refused")[0]["way"] == "back"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer(500, {"Content-Type": "application/json"}, b"{}"), "inventory_bad_answer"),
        (Answer(401, {"Content-Type": "application/json"}, b"{}"), "inventory_bad_answer"),
        (Answer(200, {"Content-Type": "text/html"}, b"<p>"), "inventory_bad_answer"),
        (Answer(200, {"Content-Type": "application/json"}, b"{"), "inventory_bad_answer"),
        (Answer(200, {}, b"x"), "inventory_bad_answer"),
        (Answer(200, {"Content-Encoding": "gzip"}, b"x"), "inventory_unreachable"),
        (
            Answer(200, {"Content-Type": "text/csv"}, b"x" * (10 * 2**20 + 1)),
            "inventory_unreachable",
        ),
    ],
)
def test_an_answer_that_cannot_be_checked_is_not_passed_on(ims, answer, code):
    """Too long, compressed, of another type, broken, or about our own secret."""
    ims.system.script.append(answer)
    problem_of(ims.forward("GET"), 502, code)


def test_a_refusal_of_the_inventory_systems_own_comes_back(ims):
    """Its 404 and 409 are answers, checked like others."""
    ims.system.script.append(Answer(409, {"Content-Type": "application/json"}, b'{"code":"low"}'))
    result = ims.forward(body=GOOD)
    assert (result.status_code, result.json) == (409, {"code": "low"})


def test_who_does_not_answer_is_504_and_who_is_not_there_502(ims, monkeypatch):
    """And the remedy says that it may have been done."""
    monkeypatch.setattr(resources, "way_out", lambda: Egress(private=True, deadline_seconds=0.3))
    ims.system.script.append(Answer(200, drip=True))
    problem_of(ims.forward("GET"), 504, "inventory_timeout")
    ims.upstream.base_url = "http://127.0.0.3:9"
    ims.upstream.save()
    problem_of(ims.forward("GET"), 502, "inventory_unreachable")


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"kind": "text/plain"}, 415),
        ({"kind": "multipart/form-data; boundary=x"}, 415),
        ({"headers": {"Content-Encoding": "gzip"}}, 415),
        ({"headers": {"Accept": "x\u007f"}}, 422),
        ({"query_string": "a=%ff"}, 422),
        ({"query_string": "&".join(["a=1"] * 201)}, 422),
        ({"method": "DELETE"}, 422),
    ],
)
def test_what_cannot_be_checked_is_not_sent(ims, more, status):
    """Type, encoding, headers, query; in whatever mode the partner is."""
    for mode in (Mode.ENFORCE, Mode.OBSERVE):
        ims.observe(mode)
        assert ims.forward(body=GOOD, **more).status_code == status
    assert ims.system.connections == 0


def test_in_observe_it_goes_through_and_is_recorded(ims):
    """What would have been refused: an act, and the same bytes sent."""
    ims.observe()
    assert ims.forward(body=BUYER).status_code == 204
    assert json.loads(ims.system.received[0].body) == BUYER
    assert acts("inventory_refused") == []
    assert [each["kinds"] for each in acts("inventory_observed")] == ["phone:1"]


def test_another_hops_credential_and_another_brands_reach_nothing(ims):
    """403 for another hop; a partner without a system of its own has none, whoever else has."""
    for hop in Hop:
        if hop is not Hop.IMS:
            token = ims.doors.scene.seat(hop).token
            problem_of(ims.forward(body=GOOD, token=token), 403, "wrong_hop")
            problem_of(ims.guard(GOOD, token=token), 403, "wrong_hop")
    problem_of(ims.forward(body=GOOD, token="nobody"), 401)
    second = ims.doors.scene.new_seat(Hop.IMS, "ims-second")
    problem_of(ims.forward(body=GOOD, token=second.token), 404, "no_inventory_system")
    other = Doors.make("other").scene.seat(Hop.IMS)
    problem_of(ims.forward(body=GOOD, token=other.token), 404, "no_inventory_system")
    assert ims.system.connections == 0


def test_a_suspended_partner_and_a_disconnected_system_are_over_at_once(ims):
    """At the next request; the secret is gone."""
    registry.set_suspended(ims.seat.partner, suspended=True, now=utc_now())
    problem_of(ims.forward(body=GOOD), 403, "partner_suspended")
    registry.set_suspended(ims.seat.partner, suspended=False, now=utc_now())
    assert ims.forward(body=GOOD).status_code == 204
    upstreams.disconnect(ims.upstream.brand_id, ims.upstream.pk, now=utc_now(), who=ME)
    problem_of(ims.forward(body=GOOD), 404, "no_inventory_system")
    with pytest.raises(RefusedError):
        upstreams.disconnect(ims.upstream.brand_id, ims.upstream.pk, now=utc_now(), who=ME)
    assert (len(acts("inventory_connected")), len(acts("inventory_disconnected"))) == (1, 1)


def test_a_partner_has_one_inventory_system_at_a_time(ims):
    """Another is refused until the first is disconnected; of another brand's none can be ended."""
    with pytest.raises(RefusedError) as caught:
        connect(ims.seat, ims.system)
    assert caught.value.problem.code == "inventory_connected"
    with pytest.raises(RefusedError) as caught:
        upstreams.disconnect(ims.upstream.brand_id + 1, ims.upstream.pk, now=utc_now(), who=ME)
    assert caught.value.problem.status == 404
