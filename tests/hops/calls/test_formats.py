"""The formats, pure: whatever is generated, an answer names whom to dial and nobody else."""

import base64
import json
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderveil.core.errors import Problem
from orderveil.hops.calls.formats import exotel, plain, twilio
from orderveil.hops.calls.masking import exotel as masks
from orderveil.hops.calls.masking.exotel import Masked, Miss
from orderveil.hops.calls.placing import exotel as placed_exotel
from orderveil.hops.calls.placing import twilio as placed_twilio
from orderveil.hops.calls.placing.speech import CallStatus, Wanted
from orderveil.hops.calls.speech import Ask, Dial, Ring, Say, Sentence, is_number, ring_of

NUMBERS = st.from_regex(r"\+[1-9][0-9]{7,13}", fullmatch=True)
TEXTS = st.text(max_size=80)
PAIRS = st.dictionaries(st.text("abcdefgXYZ", min_size=1, max_size=8), TEXTS, max_size=6)
REPLIES = st.one_of(
    st.builds(Dial, NUMBERS, NUMBERS),
    st.builds(Ask, st.sampled_from(Sentence), NUMBERS, st.just("") | NUMBERS),
    st.builds(Say, st.sampled_from(Sentence)),
)


@given(TEXTS, TEXTS, TEXTS, st.none() | TEXTS)
def test_whatever_a_provider_sends_is_a_call_or_a_problem(call, caller, dialled, digits):
    """Its numbers are E.164 or empty; a problem repeats nothing that was sent."""
    ring = ring_of(call, caller, dialled, digits)
    if isinstance(ring, Problem):
        return
    assert is_number(ring.dialled)
    assert ring.caller == "" or is_number(ring.caller)
    assert ring.digits is None or set(ring.digits) <= set("0123456789*#")


@given(NUMBERS, NUMBERS, st.from_regex(r"[0-9]{6}", fullmatch=True))
def test_a_call_prints_neither_number_nor_pin(caller, dialled, digits):
    """Nor does a reply print whom to dial."""
    ring = Ring("c-1", caller, dialled, digits)
    assert caller not in repr(ring).replace(dialled, "")
    assert f"digits='{digits}'" not in repr(ring)
    assert caller not in repr(Dial(caller, "+911800000111")).replace("+911800000111", "")


@given(REPLIES)
def test_every_format_says_the_same_of_a_reply(reply):
    """The number to dial is there exactly when somebody is dialled."""
    applet = json.loads(exotel.spoken(reply).body)
    document = ET.fromstring(twilio.spoken(reply, "https://desk.example/x?a=1&b=<2>").body)
    told = json.loads(plain.spoken(reply).body)
    if isinstance(reply, Dial):
        assert applet["destination"]["numbers"] == [reply.number]
        assert document.findtext("Dial/Number") == reply.number
        assert (told["dial"], told["caller_id"]) == (reply.number, reply.shown)
        return
    care = reply.care if isinstance(reply, Ask) else ""
    assert applet["destination"]["numbers"] == ([care] if care else [])
    assert (document.findtext("Dial/Number") or "") == care
    assert "dial" not in told
    assert told["code"] == reply.sentence


@given(st.binary(min_size=1, max_size=40), PAIRS)
def test_twilios_signature_holds_for_this_form_at_this_address_only(token, pairs):
    """Another value, name, address or token, and it is nobody's."""
    url = "https://desk.example/v1/calls/bridge/1"
    header = twilio.signature(token, url, pairs.items())
    assert twilio.is_genuine(token, url, pairs.items(), header)
    changed = {**pairs, "Digits": pairs.get("Digits", "") + "1"}
    assert not twilio.is_genuine(token, url, changed.items(), header)
    assert not twilio.is_genuine(token, url + "2", pairs.items(), header)
    assert not twilio.is_genuine(token + b"x", url, pairs.items(), header)


def test_twilios_signature_is_the_one_that_its_documentation_shows():
    """The worked example of twilio.com/docs/usage/security."""
    pairs = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675309",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
    }
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert twilio.signature(b"12345", url, pairs.items()) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


@given(st.text(max_size=60))
def test_no_text_is_somebodys_credentials(text):
    """Whatever stands behind `Authorization`."""
    assert not exotel.is_genuine(b"user:password", text)
    assert not exotel.is_genuine(b"", "Basic " + base64.b64encode(b"").decode())


@given(NUMBERS, NUMBERS, NUMBERS)
def test_a_placed_call_names_each_side_once(agent, customer, shown):
    """The agent is rung, the customer is dialled, the shown number is seen."""
    wanted = Wanted(agent, customer, shown, "https://desk.example/told/<&>")
    from urllib.parse import parse_qs  # noqa: PLC0415

    form = parse_qs(placed_exotel.asked("sid", wanted).body.decode())
    assert (form["From"], form["To"], form["CallerId"]) == ([agent], [customer], [shown])
    form = parse_qs(placed_twilio.asked("AC1", wanted).body.decode())
    assert (form["To"], form["From"]) == ([agent], [shown])
    assert ET.fromstring(form["Twiml"][0]).findtext("Dial/Number") == customer
    assert agent not in repr(wanted).replace(shown, "")


@given(st.integers(100, 599), st.binary(max_size=80))
def test_only_a_refusal_says_that_nobody_was_rung(status, body):
    """Whatever comes back: a call that may ring is never called refused."""
    for answered in (placed_exotel.answered, placed_twilio.answered):
        told = answered(status, body)
        assert told in {CallStatus.RINGING, CallStatus.NOT_PLACED, CallStatus.UNKNOWN}
        assert (told is CallStatus.NOT_PLACED) == (400 <= status < 500 and status != 408)


@given(st.integers(200, 599), st.binary(max_size=80))
def test_an_allocation_that_cant_be_read_is_no_number(status, body):
    """Never a fault, and a 2xx without a number is in doubt."""
    outcome = masks.allocated(status, body)
    assert isinstance(outcome, Miss)
    assert (outcome is Miss.UNKNOWN) == (status < 300 or status >= 500)


@given(st.lists(NUMBERS, max_size=4), st.integers(100_000, 999_999), NUMBERS, st.integers())
def test_an_allocation_holds_both_sides_and_nothing_else(agents, pin, customer, seconds):
    """The keys are the documented ones; the duration is within the provider's."""
    told = json.loads(masks.allocation("c1", agents, str(pin), customer, seconds))
    assert set(told) == {
        "connection_id",
        "aparty_numbers",
        "aparty_pins",
        "bparty_numbers",
        "usage",
        "deallocation_policy",
    }
    assert 0 < told["deallocation_policy"]["duration"] <= masks.LONGEST_SECONDS


@pytest.mark.parametrize(
    ("status", "told", "outcome"),
    [
        (
            200,
            {"data": {"greenvn": "+918069000001", "greenvn_id": "g1"}},
            Masked("+918069000001", "g1"),
        ),
        (
            200,
            {"data": {"green_vn": "+918069000001", "greenvn_id": 7}},
            Masked("+918069000001", "7"),
        ),
        (200, {"data": {"greenvn": "call me", "greenvn_id": "g1"}}, Miss.UNKNOWN),
        (200, {"data": {"greenvn": "+918069000001", "greenvn_id": "../x"}}, Miss.UNKNOWN),
        (409, {"code": 18}, Miss.DUPLICATE),
        (404, {"code": 4}, Miss.EMPTY),
        (429, {}, Miss.LATER),
        (400, {"code": 3}, Miss.REFUSED),
        (503, {}, Miss.UNKNOWN),
    ],
)
def test_each_documented_answer_has_its_meaning(status, told, outcome):
    """Codes 18 and 4 among them."""
    assert masks.allocated(status, json.dumps(told).encode()) == outcome
