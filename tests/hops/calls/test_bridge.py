"""Ringing a pool number, over real HTTP: who is put through to whom, and what they see."""

import json
from datetime import timedelta

import pytest

from doors import stored
from hops.calls.telephone import (
    AGENT,
    CARE,
    CUSTOMER,
    POOL,
    disclosed_to_carrier,
    twiml,
    uses,
)
from orderveil.contacts import allocating, setup, using
from orderveil.contacts.models import Contact
from orderveil.core.clocks import utc_now
from orderveil.core.hops import Hop
from orderveil.gate.erase import erase
from orderveil.hops.calls import agents, connecting, guessing, hearing, lines
from orderveil.hops.calls.models import Heard
from orderveil.partners import registry
from scene import ME, rows


def test_an_agent_with_the_pin_is_put_through_under_the_pools_number(telephone):
    """Exotel is told the customer's number to dial and the pool's to show; it is on record."""
    told = telephone.ask_exotel(telephone.pin).json()
    assert told["destination"] == {"numbers": [CUSTOMER]}
    assert told["outgoing_phone_number"] == POOL
    assert told["record"] is False
    assert uses(telephone.order) == [("to_customer", "connected")]
    assert disclosed_to_carrier(telephone.order) == 1


def test_twilio_asks_for_the_pin_then_dials(telephone):
    """The first answer gathers six digits; the second dials, showing the pool's number."""
    asked = twiml(telephone.ask_twilio())
    gather = asked.find("Gather")
    assert gather.get("numDigits") == "6"
    assert asked.find("Dial/Number").text == CARE
    assert disclosed_to_carrier(telephone.order) == 0
    dial = twiml(telephone.ask_twilio(telephone.pin)).find("Dial")
    assert (dial.get("callerId"), dial.find("Number").text) == (POOL, CUSTOMER)
    assert dial.get("record") == "do-not-record"


def test_the_plain_format_dials(telephone):
    """An exchange of the brand's own gets JSON."""
    told = telephone.ask_json(telephone.pin).json()
    assert told == {"dial": CUSTOMER, "caller_id": POOL}
    assert telephone.ask_json().json()["code"] == "pin_needed"


def test_a_customer_who_calls_back_reaches_the_agent_who_called_last(telephone):
    """No PIN is asked of the customer, and the agent's number is shown to the provider alone."""
    telephone.ask_json(telephone.pin)
    telephone.ask_json(telephone.pin, caller="+919000000078")
    told = telephone.ask_json(caller=CUSTOMER).json()
    assert told == {"dial": "+919000000078", "caller_id": POOL}
    assert uses(telephone.order)[-1] == ("to_partner", "connected")


def test_a_customer_whom_nobody_called_gets_the_care_number(telephone):
    """There is no agent to dial, and that is on record."""
    assert telephone.dialled(caller=CUSTOMER) == CARE
    assert uses(telephone.order) == [("to_partner", "nobody")]


def test_an_agent_who_withholds_their_number_is_put_through_but_not_called_back(telephone):
    """Whoever has no number can't be dialled."""
    assert telephone.dialled(telephone.pin, caller="anonymous") == CUSTOMER
    assert telephone.dialled(caller=CUSTOMER) == CARE


def test_an_ended_pin_leads_to_the_care_number_and_is_recorded(telephone):
    """A PIN that is used after its end is a sign of a leak."""
    Contact.objects.update(expires_at=utc_now())
    assert telephone.dialled(telephone.pin) == CARE
    assert uses(telephone.order) == [("to_customer", "ended")]
    assert disclosed_to_carrier(telephone.order) == 0


def test_a_suspended_courier_reaches_nobody(telephone):
    """Its agents get the care number, and the customer's number goes nowhere."""
    courier = telephone.scene.seat(Hop.COURIER).partner
    registry.set_suspended(courier, suspended=True, now=utc_now())
    assert telephone.dialled(telephone.pin) == CARE
    assert disclosed_to_carrier(telephone.order) == 0


def test_a_delivered_parcels_pin_leads_to_nobody(telephone):
    """Delivered closes the courier's window, the telephone too."""
    telephone.deliver()
    assert telephone.dialled(telephone.pin) == CARE
    assert disclosed_to_carrier(telephone.order) == 0


def test_an_erased_orders_pin_leads_to_nobody(telephone):
    """Neither by PIN nor by calling back."""
    telephone.ask_json(telephone.pin)
    erase(telephone.scene.brand.pk, [telephone.order], now=utc_now(), who=ME)
    assert telephone.dialled(telephone.pin) == CARE
    assert telephone.dialled(caller=CUSTOMER) in {CARE, "pin_needed"}


def test_an_exhausted_pool_leads_to_the_care_number(telephone, monkeypatch):
    """Who got no PIN was given the care number; whoever rings the pool with none is put there."""
    monkeypatch.setattr(allocating, "MOST_PER_NUMBER", 1)
    order = telephone.new_order()
    assert telephone.scene.ask(Hop.COURIER, order).fields["phone"] == CARE
    told = telephone.ask_exotel().json()
    assert told["destination"] == {"numbers": [CARE]}


def test_five_wrong_pins_are_all_a_caller_has(telephone):
    """The sixth is not looked at, were it the right one; another caller is not in the way."""
    wrong = f"{(int(telephone.pin) + 1) % 1_000_000:06}"
    for _ in range(5):
        assert telephone.dialled(wrong) == "pin_wrong"
    assert telephone.dialled(telephone.pin) == "locked"
    assert telephone.dialled(telephone.pin, caller="+919000000078") == CUSTOMER
    tally = dict(rows("SELECT outcome, times FROM contacts_tally"))
    assert tally == {"stranger": 5, "too_often": 1}


def test_a_hundred_calls_at_once_are_a_hundred_tries(telephone):
    """A caller who guesses from many lines at once gets no more tries."""
    from scene import together  # noqa: PLC0415

    def guess(digits):
        return lambda: telephone.dialled(digits)

    answers = together(*(guess(f"{number:06}") for number in range(12)))
    assert answers.count("pin_wrong") <= 5
    assert answers.count("locked") >= 7


def test_guessing_from_many_callers_closes_the_number_to_strangers_only(telephone, monkeypatch):
    """Who keyed in a right PIN today is still put through; nobody else may try."""
    from orderveil.hops.calls import guessing  # noqa: PLC0415

    monkeypatch.setattr(guessing, "MOST_ON_NUMBER", 6)
    assert telephone.dialled(telephone.pin) == CUSTOMER
    for number in range(6):
        telephone.dialled("000000", caller=f"+9190000001{number:02}")
    assert telephone.dialled(telephone.pin, caller="+919000000199") == "locked"
    assert telephone.dialled(telephone.pin) == CUSTOMER


def test_right_pins_cost_no_tries(telephone):
    """An agent who calls often is stopped by the contact's own limit, not as a guesser."""
    for _ in range(8):
        assert telephone.dialled(telephone.pin) == CUSTOMER


def test_a_contact_is_called_only_so_often(telephone):
    """Beyond the hour's limit the care number answers, and that is on record."""
    for _ in range(using.MOST_AN_HOUR):
        using.spend(telephone.contact(), using.Way.TO_CUSTOMER, utc_now())
    assert telephone.dialled(telephone.pin) == CARE
    assert uses(telephone.order) == [("to_customer", "too_often")]


def test_a_request_that_comes_twice_is_answered_alike_and_spent_once(telephone):
    """The provider's retry gets the same, and the order's record has one use."""
    first = telephone.ask_json(telephone.pin, call="retry-1")
    again = telephone.ask_json(telephone.pin, call="retry-1")
    assert first.data == again.data
    assert uses(telephone.order) == [("to_customer", "connected")]
    assert rows("SELECT times FROM contacts_spent WHERE what = 'to_customer'") == [(1,)]


def test_a_refused_request_stays_refused_when_repeated(telephone):
    """A retry of what was too often is no way around it."""
    for _ in range(using.MOST_AN_HOUR):
        using.spend(telephone.contact(), using.Way.TO_CUSTOMER, utc_now())
    assert telephone.dialled(telephone.pin, call="retry-2") == CARE
    assert telephone.dialled(telephone.pin, call="retry-2") == CARE


def test_what_is_played_back_later_leads_nowhere(telephone):
    """A recorded request is refused once its call must be over."""
    telephone.ask_twilio(telephone.pin, CallSid="CAreplayed")
    Heard.objects.update(at=utc_now() - timedelta(minutes=11))
    answer = telephone.ask_twilio(telephone.pin, CallSid="CAreplayed")
    assert (answer.status, answer.json()["code"]) == (409, "call_over")
    assert CUSTOMER.encode() not in answer.data


def test_a_forged_twilio_signature_is_refused_before_anything_is_looked_up(telephone):
    """Another token, a changed digit, none at all: 401, and no use on record."""
    answers = [telephone.ask_twilio(telephone.pin, token=b"another token")]
    answers.append(
        telephone.http.request(
            "POST",
            f"{telephone.url}/v1/calls/bridge/{telephone.twilio.pk}",
            body="CallSid=CA1&Digits=000000",
        )
    )
    assert {answer.status for answer in answers} == {401}
    assert uses(telephone.order) == []


@pytest.mark.parametrize("basic", [b"orderveil:wrong", b"", b"\xff\xfe", b":"])
def test_wrong_basic_credentials_are_refused(telephone, basic):
    """Exotel's address answers nobody else."""
    assert telephone.ask_exotel(telephone.pin, basic=basic).status == 401


def test_a_bearer_token_proves_the_plain_format_and_another_does_not(telephone):
    """The bearer is derived from the secret that signs: neither stands for the other."""
    from orderveil.hops.calls.formats import plain  # noqa: PLC0415

    told = {"call": "b-1", "from": AGENT, "to": POOL, "digits": telephone.pin}
    good = {"Authorization": f"Bearer {plain.bearer(telephone.secret)}"}
    assert telephone.raw_json(told, good).json()["dial"] == CUSTOMER
    for header in (telephone.secret.decode(), "", "x" * 5000):
        assert telephone.raw_json(told, {"Authorization": f"Bearer {header}"}).status == 401


def test_another_brands_line_answers_for_its_own_pool_only(telephone):
    """A number that is not the line's brand's leads to nobody, whatever PIN is keyed in."""
    answer = telephone.ask_json(telephone.pin, to="+918047199999")
    assert answer.json()["code"] == "nobody"


def test_an_ended_line_answers_no_more(telephone):
    """404, and its secret is destroyed."""

    lines.end(telephone.scene.brand.pk, telephone.json.pk, now=utc_now(), who=ME)
    assert telephone.ask_json(telephone.pin).status == 404
    assert rows("SELECT name FROM keyring_secret WHERE name LIKE 'calls:%%' ORDER BY name") == [
        (f"calls:{telephone.exotel.pk}:bridge",),
        (f"calls:{telephone.twilio.pk}:bridge",),
    ]


@pytest.mark.parametrize(
    "odd",
    [
        {"call": ""},
        {"call": "x" * 65},
        {"call": "a b"},
        {"to": ""},
        {"to": "9" * 5000},
        {"digits": "9" * 5000},
        {"digits": "१२३४५६"},
        {"digits": "12\x0034"},
    ],
)
def test_odd_parameters_are_refused_or_lead_to_nobody(telephone, odd):
    """Never a fault, and never a number."""
    answer = telephone.ask_json(**{"digits": telephone.pin} | odd)
    assert answer.status in {200, 422}
    assert CUSTOMER.encode() not in answer.data


@pytest.mark.parametrize("caller", ["", "anonymous", "+", "99", "x" * 5000, "+91\x00", "0" * 15])
def test_an_odd_caller_is_nobodys_number(telephone, caller):
    """They are put through with the PIN; nothing odd is kept to be dialled."""
    assert telephone.dialled(telephone.pin, caller=caller) == CUSTOMER
    assert using.peer_of(telephone.contact()) is None


def test_a_huge_body_is_refused(telephone):
    """Nothing of it is read."""
    assert telephone.raw_json(b"{" + b" " * 40_000 + b"}").status == 413


def test_a_form_with_a_name_twice_is_refused(telephone):
    """What two readers read differently is answered to neither."""
    path = f"{telephone.url}/v1/calls/bridge/{telephone.twilio.pk}"
    answer = telephone.http.request("POST", path, body="CallSid=CA1&CallSid=CA2")
    assert (answer.status, answer.json()["code"]) == (400, "bad_form")


def test_without_a_care_number_nobody_is_dialled(telephone):
    """A sentence, or an empty list for the flow's own branch."""
    brand = telephone.scene.brand.pk
    setup.save(brand, {"care_number": ""}, now=utc_now(), who=ME)
    Contact.objects.update(expires_at=utc_now())
    assert telephone.dialled(telephone.pin) == "nobody"
    told = telephone.ask_exotel(telephone.pin).json()
    assert told["destination"] == {"numbers": []}
    assert twiml(telephone.ask_twilio(telephone.pin)).find("Hangup") is not None


def test_no_number_of_either_side_is_in_any_table_or_log(telephone, caplog):
    """Calls both ways leave the agent's and the customer's number sealed, or nowhere."""
    telephone.ask_json(telephone.pin)
    telephone.ask_exotel(telephone.pin)
    telephone.ask_twilio("000000", caller="+919000000055")
    telephone.ask_json(caller=CUSTOMER)
    digits = {AGENT[3:], CUSTOMER[3:], "9000000055"}
    found = [
        (table, name)
        for table, name, value in stored()
        if any(each.encode() in value for each in digits)
    ]
    assert found == []
    assert not any(each in caplog.text for each in digits)


def test_nothing_in_the_answer_to_one_side_names_the_other(telephone):
    """What the agent's leg is told holds the pool's number and whom to dial, and nothing else."""
    told = telephone.ask_json(telephone.pin).json()
    assert AGENT not in json.dumps(told)
    back = telephone.ask_json(caller=CUSTOMER).json()
    assert CUSTOMER not in json.dumps(back)


def test_what_somebody_recorded_is_known_as_long_as_a_pin_may_live(telephone):
    """Twilio signs no time: its request a day later leads nowhere, after the sweep, too."""
    telephone.ask_twilio(telephone.pin, CallSid="CArecorded")
    Heard.objects.update(at=utc_now() - timedelta(days=2))
    hearing.sweep(utc_now())
    assert telephone.ask_twilio(telephone.pin, CallSid="CArecorded").status == 409


def test_a_leaked_pin_makes_nobody_known_once_it_is_used_up(telephone, monkeypatch):
    """Whoever isn't put through by it has no more guesses than anybody."""
    monkeypatch.setattr(guessing, "MOST_ON_NUMBER", 3)
    for _ in range(using.MOST_AN_HOUR):
        using.spend(telephone.contact(), using.Way.TO_CUSTOMER, utc_now())
    spoofed = [f"+9190000002{number:02}" for number in range(10)]
    assert {telephone.dialled(telephone.pin, caller=caller) for caller in spoofed} == {CARE}
    wrong = f"{(int(telephone.pin) + 1) % 1_000_000:06}"
    tried = [telephone.dialled(wrong, caller=caller) for caller in spoofed]
    assert tried.count("pin_wrong") <= 3


@pytest.mark.parametrize("how", ["suspended", "delivered"])
def test_a_customer_is_put_through_to_nobody_who_may_not_have_the_parcel(telephone, how):
    """The care number: whether or not anything ended the contact by then."""
    telephone.ask_json(telephone.pin)
    if how == "suspended":
        courier = telephone.scene.seat(Hop.COURIER).partner
        registry.set_suspended(courier, suspended=True, now=utc_now())
    else:
        telephone.deliver()
    assert telephone.dialled(caller=CUSTOMER) == CARE
    assert uses(telephone.order)[-1] == ("to_partner", "no_standing")


def test_an_agent_who_is_a_customer_too_is_put_through_by_a_pin(telephone):
    """Keying in a PIN is no calling back."""
    other = telephone.new_order()
    assert telephone.dialled(telephone.pin_of(other), caller=CUSTOMER) == CUSTOMER


def test_an_ended_pin_counts_as_a_wrong_one(telephone):
    """Guessing among those that ended is guessing."""
    Contact.objects.update(expires_at=utc_now())
    for number in range(4):
        telephone.dialled(telephone.pin, caller=f"+9190000003{number:02}")
    assert max(rows("SELECT wrong FROM calls_guess"))[0] == 4


def test_who_called_last_is_called_back_for_twelve_hours(telephone):
    """After that the customer reaches the care number: a leaked PIN is no place for ever."""
    telephone.ask_json(telephone.pin)
    assert telephone.dialled(caller=CUSTOMER) == AGENT
    late = Contact.objects.filter(code=telephone.pin)
    late.update(peer_at=utc_now() - connecting.BACK_FOR - timedelta(minutes=1))
    assert telephone.dialled(caller=CUSTOMER) == CARE


def test_of_registered_telephones_only_these_are_called_back(telephone):
    """Another caller with the PIN is put through, and is nobody's agent afterwards."""
    brand, courier = telephone.scene.brand.pk, telephone.scene.seat(Hop.COURIER).partner
    telephone.ask_json(telephone.pin)
    agents.add(brand, courier.pk, "van 4", AGENT, now=utc_now(), who=ME)
    assert telephone.dialled(telephone.pin, caller="+918000000077") == CUSTOMER
    assert telephone.dialled(caller=CUSTOMER) == AGENT
