"""Views at the machine door: their shape, what is withheld and why, and what is never said."""

import logging
from datetime import date

import pytest

from doors import PROBLEM_JSON, problem_of, sample, sizes
from orderveil.core.fields import PERSONAL, Field
from orderveil.core.hops import Hop
from orderveil.gate.erase import erase
from orderveil.partners import registry
from scene import ME, PERSON, rows


def test_a_view_says_what_it_shows_and_what_it_withholds(doors):
    """Every field of the vocabulary is shown in a named form or withheld by a named rule."""
    order = doors.scene.admit()
    view = doors.view(Hop.OMS, order).json
    assert set(view) == {
        *("ref", "hop", "purpose", "policy", "disclosure"),
        *("fields", "parcels", "forms", "withheld"),
    }
    assert set(view["forms"]) | set(view["withheld"]) == {field.value for field in Field}
    assert not set(view["forms"]) & set(view["withheld"])
    assert view["policy"] == "balanced@1"
    for field, why in view["withheld"].items():
        assert why["rule"] == f"policy balanced@1: oms.{field} is {why['form']}"
        assert why["remedy"]
    assert view["forms"]["name"] == "masked"
    assert view["fields"]["name"] != PERSON[Field.NAME]
    assert view["fields"]["city"] == PERSON[Field.CITY]
    assert [parcel["state"] for parcel in view["parcels"]] == ["placed"]


def test_a_view_names_the_entry_that_recorded_it(doors):
    """The disclosure it cites is on the ledger, with this hop, partner and credential."""
    order = doors.scene.admit()
    seat = doors.scene.seat(Hop.SUPPORT)
    view = doors.view(Hop.SUPPORT, order).json
    found = rows(
        "SELECT hop, partner_id, credential_id FROM ledger_record WHERE entry_id = %s",
        [view["disclosure"]],
    )
    assert found == [("support", seat.partner.pk, seat.credential.pk)]


def test_a_field_the_order_lacks_is_null(doors):
    """The shape is the same for an order that says little."""
    full, bare = doors.scene.admit(), doors.scene.admit(doors.scene.draft(only={}))
    one, other = (doors.view(Hop.OMS, order).json for order in (full, bare))
    assert set(one["fields"]) == set(other["fields"])
    assert {other["fields"][name] for name in one["fields"] if name in set(PERSONAL)} == {None}


def test_outside_its_window_a_hop_is_refused_with_rule_and_remedy(doors):
    """The label asks before the parcel is packed: 403, and it reads when it may ask."""
    told = problem_of(doors.view(Hop.LABEL, doors.scene.admit()), 403, "outside_window")
    assert "packed" in told["detail"]
    assert told["rule"] == "policy: the states during which label may ask"


def test_a_parcel_that_is_not_assigned_is_refused(doors):
    """Another warehouse of the same brand sees nothing of it."""
    order = doors.scene.admit()
    other = doors.scene.new_seat(Hop.WMS, "other-warehouse")
    problem_of(doors.view(Hop.WMS, order, seat=other), 403, "not_assigned")


def test_without_an_agreement_nothing_is_shown(doors):
    """403, and the remedy is the command that records it."""
    seat = doors.scene.new_seat(Hop.OMS, "hasty", agreed=False)
    told = problem_of(doors.view(Hop.OMS, doors.scene.admit(), seat=seat), 403, "no_agreement")
    assert "orderveil partner agree" in told["remedy"]


def test_an_agreement_recorded_meanwhile_opens_the_door(doors):
    """A refusal is not remembered longer than the law under which it was made."""
    order = doors.scene.admit()
    seat = doors.scene.new_seat(Hop.OMS, "hasty", agreed=False)
    problem_of(doors.view(Hop.OMS, order, seat=seat), 403, "no_agreement")
    registry.agree(seat.partner, date(2026, 1, 1), None, now=doors.scene.now)
    assert doors.view(Hop.OMS, order, seat=seat).status_code == 200


def test_an_erased_order_answers_410(doors):
    """Nothing can bring it back, and the partner is told to delete its copy."""
    order = doors.scene.admit()
    erase(doors.scene.brand.pk, [order], now=doors.scene.now, who=ME)
    told = problem_of(doors.view(Hop.OMS, order), 410, "order_erased")
    assert "delete your copy" in told["remedy"]


def test_a_bulk_answers_for_each_ref_in_order(doors):
    """Shown, unknown, asked twice, erased: each says its own, and one leaf records the shown."""
    seat = doors.scene.seat(Hop.OMS)
    orders = doors.scene.admit_many([doors.scene.draft() for _ in range(3)])
    erase(doors.scene.brand.pk, orders[2:], now=doors.scene.now, who=ME)
    refs = [doors.ref(seat, order) for order in orders]
    asked = [refs[0], "A" * 26, refs[0].lower(), refs[2], refs[1], "no ref at all"]
    before = sizes()
    answer = doors.call("POST", "/v1/hops/oms/views", token=seat.token, body={"refs": asked})
    assert answer.headers["cache-control"] == "no-store"
    answers = answer.json["answers"]
    assert [each["ref"] for each in answers] == asked
    assert [each.get("problem", {}).get("code") for each in answers] == [
        *(None, "unknown_order", "asked_twice", "order_erased", None, "unknown_order")
    ]
    single = doors.view(Hop.OMS, orders[0]).json
    shown = answers[0]["view"]
    assert shown["fields"] == single["fields"]
    assert shown["disclosure"] == answers[4]["view"]["disclosure"]
    assert sizes()["ledger_entry"] == before["ledger_entry"] + 1
    assert rows("SELECT count(*) FROM ledger_record WHERE kind = 'bulk'") == [(2,)]


def test_a_bulk_ends_at_the_budget_as_a_whole(doors):
    """429 for all: part of a batch would be a guess which part."""
    orders = doors.scene.admit_many([doors.scene.draft() for _ in range(3)])
    seat = doors.scene.new_seat(Hop.OMS, "oms-small", daily_limit=2)
    body = {"refs": [doors.ref(seat, order) for order in orders]}
    answer = doors.call("POST", "/v1/hops/oms/views", token=seat.token, body=body)
    problem_of(answer, 429, "budget_exhausted")
    assert rows("SELECT count(*) FROM ledger_record WHERE kind = 'bulk'") == [(0,)]


MARKS = {field: f"Mark{field.title().replace('_', '')}Xyzzy" for field in PERSONAL} | {
    Field.PHONE: "+91 90000 86420",
    Field.EMAIL: "mark.email.xyzzy@mail.example",
    Field.PINCODE: "560097",
    Field.COUNTRY: "IN",
}
LOOKED_FOR = ("xyzzy", "86420", "560097")


def test_nothing_personal_is_in_logs_errors_headers_or_metrics(doors, caplog, capfd):
    """An order of planted strings is asked for, refused, moved and broken; none is echoed."""
    caplog.set_level(logging.DEBUG)
    order = doors.scene.admit(doors.scene.draft(person=MARKS))
    said = [doors.view(hop, order).text for hop in (Hop.LABEL, Hop.COURIER)]  # too early
    oms = doors.scene.seat(Hop.OMS)
    asked = ({"refs": ["MarkRefXyzzy"]}, {"refs": [{"xyzzy": 1}]}, b'{"xyzzy', {"xyzzy": 1})
    said += [
        # A bulk answer repeats the ref it was asked for, and nothing else.
        doors.call("POST", "/v1/hops/oms/views", token=oms.token, body=body).text.replace(
            "MarkRefXyzzy", ""
        )
        for body in asked
    ]
    said.append(doors.event(Hop.WMS, order, state="MarkStateXyzzy").text)
    said.append(doors.event(Hop.OMS, order, assign={"hop": "wms", "partner": "xyzzy"}).text)
    said.append(doors.call("GET", "/v1/hops/MarkHopXyzzy/orders/xyzzy", token=oms.token).text)
    said.append(doors.call("GET", "/v1/xyzzy", headers={"X-Mark": "xyzzy"}).text)
    said.append(doors.webhook(sample(created_at="MarkDateXyzzy", processed_at="xyzzy")).text)
    said.append(doors.webhook({"id": {"xyzzy": "MarkIdXyzzy"}}).text)
    said.append(doors.webhook(sample(currency="XYZZY")).text)
    said.append(doors.post_orders({"id": 1, "amounts": "xyzzy"}).text)
    said.append(doors.call("GET", "/metrics").text)
    said.append(caplog.text)
    said += list(capfd.readouterr())
    views = doors.view(Hop.OMS, order)
    said.append(str(views.headers))
    for mark in LOOKED_FOR:
        assert not [text for text in said if mark in text.lower()], mark


def test_a_fault_says_nothing_of_the_request(doors, caplog, monkeypatch):
    """500 problem+json; the log has the type and the place, never the message."""
    order = doors.scene.admit()

    def broken(*_args, **_more):
        raise ValueError("MarkFaultXyzzy +91 90000 86420")

    monkeypatch.setattr("orderveil.gate.disclose.show", broken)
    answer = doors.view(Hop.OMS, order)
    assert answer.status_code == 500
    assert answer.headers["content-type"] == PROBLEM_JSON
    assert answer.json["code"] == "fault"
    assert "ValueError" in caplog.text
    assert "xyzzy" not in (answer.text + caplog.text).lower()
    assert rows("SELECT count(*) FROM ledger_record WHERE kind = 'disclosure'") == [(1,)]


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/v1/openapi.json", "/v1/no"])
def test_nothing_is_kept_by_caches(doors, path):
    """Every answer says no-store, open doors and errors too."""
    assert doors.call("GET", path).headers["cache-control"] == "no-store"
