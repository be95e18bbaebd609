"""No answer breaks a mapping, and nothing of one stays but ids: any bytes, any JSON, any status."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hops.courier.consigning import REF
from orderveil.core.attempts import AttemptReason
from orderveil.core.states import ParcelState
from orderveil.hops.courier.carriers.registry import CARRIERS
from orderveil.hops.courier.carriers.speech import (
    Done,
    Heard,
    Later,
    NotThere,
    Refused,
    Scan,
    SignedOut,
)

NAMES = sorted(CARRIERS)
KNOWN = {"waybill": "57930810000011", "order": "161616", "shipment": "151515"}
ANSWERED = {
    **dict.fromkeys((400, 402, 403, 404, 405, 409, 422), Refused),
    **dict.fromkeys((408, 500, 502, 503, 504), Later),
    401: SignedOut,
    429: Later,
}
"""The statuses that the carriers' pages name, and what they come to."""


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("status", sorted(ANSWERED))
def test_each_documented_status_comes_to_its_outcome(name, status):
    """Whatever the body says; only a 429 surely did nothing."""
    for body in (
        b"",
        b"{}",
        b'{"message": "Server Error"}',
        b'{"error": {"code": "X"}}',
        b"<html>",
    ):
        for step in CARRIERS[name].booking:
            outcome = step.read(Heard(status, body), KNOWN)
            assert type(outcome) is ANSWERED[status]
            if isinstance(outcome, Later):
                assert outcome.is_sure is (status == 429)


CANARY = "Tarangini V, 90000 00017"
_KEYS = (
    *("order_id", "shipment_id", "status_code", "message", "errors", "response", "data", "id"),
    *("awb_code", "courier_name", "awb_assign_status", "pickup_status", "token", "packages"),
    *("waybill", "status", "remarks", "rmk", "ShipmentData", "Shipment", "AWB", "ReferenceNo"),
    *("Error", "remark", "rates", "rate", "carrier", "service", "reference", "tracking_code"),
    *("selected_rate", "error", "code", "refund_status", "awb", "channel_order_id", "shipments"),
    *("courier", "scans", "sr-status", "date", "activity", "current_timestamp", "Status"),
    *("StatusDateTime", "StatusType", "NSLCode", "result", "object", "tracking_details"),
    *("datetime", "status_detail", "type", "at", "reason", "shipment_status_id", "success"),
)
_LEAVES = st.one_of(
    *(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.just(CANARY)),
    st.sampled_from([REF, "161616", 161616, "Success", "Fail", "Tracker", "tracking.updated", 1]),
    st.sampled_from(["2026-11-23T10:00:00Z", "0001-01-01T00:00:00+05:30", "9999-12-31 23:59:59"]),
    st.sampled_from(["submitted", "21", "UD", "Pending", "EOD-6", "No such waybill", 10**30]),
)
facts = st.recursive(
    _LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=6)
    ),
    max_leaves=20,
)
bodies = st.binary(max_size=60) | facts.map(lambda tree: json.dumps(tree).encode())
statuses = st.sampled_from([200, 201, 202, 204, 301, 400, 401, 402, 404, 409, 422, 429, 500, 503])
headers = st.dictionaries(st.just("retry-after"), st.sampled_from(["7", "-1", "x", "9" * 40]))
_CLEAN = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.&()+-]{0,39}")


def check(outcome: Any) -> None:
    """It is one of those that may come, and holds nothing of the answer but ids."""
    assert isinstance(outcome, Done | Later | Refused | SignedOut | NotThere)
    assert CANARY not in repr(outcome)
    if isinstance(outcome, Done):
        for key, value in outcome.known.items():
            assert re.fullmatch(r"[a-z][a-z0-9_]{0,31}", key)
            assert _CLEAN.fullmatch(value)
        assert len(outcome.known) < 50
    if isinstance(outcome, Later) and outcome.seconds is not None:
        assert 0 <= outcome.seconds <= 24 * 3600


@given(bodies, statuses, headers, st.sampled_from(NAMES))
@settings(max_examples=600)
def test_whatever_is_heard_is_read(body, status, told_headers, name):
    """Every step's, every search's, and the sign-in's answer: any bytes, any JSON, any status."""
    carrier = CARRIERS[name]
    heard = Heard(status, body, told_headers)
    for step in (*carrier.booking, *carrier.cancelling):
        for known in ({}, KNOWN):
            check(step.read(heard, known))
            if step.find is not None:
                check(step.find.read(heard, REF, known))
    got = carrier.read_token(heard)
    if isinstance(got, tuple):
        assert got[0].isprintable()
        assert got[1] > 0
    else:
        check(got)


@given(bodies, st.sampled_from(NAMES))
@settings(max_examples=600)
def test_whatever_is_sent_as_tracking_is_read(body, name):
    """And what it tells is a number, a state, a time and a code: no words."""
    scans = CARRIERS[name].scans(body)
    if not isinstance(scans, list):
        assert scans.code == "tracking_unreadable"
        return
    for scan in scans:
        assert isinstance(scan, Scan)
        assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}", scan.awb)
        assert re.fullmatch(r"[A-Za-z0-9_.-]{1,40}", scan.code)
        assert scan.state is None or scan.state in ParcelState
        assert scan.reason == "" or scan.reason in set(AttemptReason)
        assert scan.at.tzinfo is UTC
    assert [scan.at for scan in scans] == sorted(scan.at for scan in scans)


@given(bodies, st.dictionaries(st.sampled_from(_KEYS), st.text()), st.sampled_from(NAMES))
def test_strangers_are_no_carriers(body, told_headers, name):
    """Whatever their headers."""
    named = ("x-api-key", "authorization", "x-hmac-signature", "webhook-signature", "webhook-id")
    strange = dict(zip(named, told_headers.values(), strict=False))
    now = datetime(2026, 11, 23, tzinfo=UTC)
    strange["webhook-timestamp"] = str(int(now.timestamp()))
    assert not CARRIERS[name].is_genuine(body, strange, b"an invented secret \xff", now)


@pytest.mark.parametrize("name", NAMES)
def test_a_huge_or_deep_answer_is_none(name):
    """Over a megabyte, or nested beyond reason."""
    carrier = CARRIERS[name]
    for body in (b'"' + b"a" * 1_100_000 + b'"', b"[" * 100_000, b'{"data":' * 50_000):
        for step in carrier.booking:
            assert isinstance(step.read(Heard(200, body), KNOWN), Later)
        assert not isinstance(carrier.scans(body), list)
