"""Click to call, against simulators over real HTTP: rung once, seen by nobody, told honestly."""

import json
from urllib.parse import urlencode

import pytest

from desk import Desk
from doors import stored
from hops.calls.simulators.exotel import Exotel, ended
from hops.calls.simulators.server import Failure
from hops.calls.simulators.twilio import Twilio
from hops.calls.telephone import CUSTOMER
from orderveil.core.clocks import utc_now
from orderveil.core.hops import Hop
from orderveil.core.roles import Role
from orderveil.gate.keys import ref_key
from orderveil.hops.calls import agents, clicking, lines
from orderveil.hops.calls.formats import twilio as twiml
from orderveil.hops.calls.lines import Terms, Use
from orderveil.hops.calls.models import Call, Line
from orderveil.hops.calls.placing.speech import CallStatus
from orderveil.hops.calls.speech import Provider
from orderveil.outbox.egress import Egress
from orderveil.partners import registry
from scene import ME, rows, together

DESK_4 = "+919000000044"
SHOWN = "+918047100001"


@pytest.fixture
def exotel():
    with Exotel() as running:
        yield running


@pytest.fixture
def helpdesk(telephone, exotel):
    """The support seat of a brand whose calls Exotel places, and its telephone "desk 4"."""
    return with_line(telephone, exotel, Provider.EXOTEL)


def with_line(telephone, provider, kind):
    brand = telephone.scene.brand.pk
    seat = telephone.scene.seat(Hop.SUPPORT)
    terms = Terms(kind, account=provider.account, api_url=provider.url, shown=SHOWN)
    given = {Use.PLACES: provider.credentials.encode(), Use.BRIDGE: b"token:of-the-account"}
    telephone.line, _ = lines.add(brand, terms, given, now=utc_now(), who=ME)
    telephone.agent = agents.add(
        brand, seat.partner.pk, "desk 4", "+91 90000 00044", now=utc_now(), who=ME
    )
    telephone.seat = seat
    return telephone


def asked(helpdesk, key=None, **changes):
    """What a helpdesk is answered."""
    partner = helpdesk.seat.partner
    ref = ref_key(partner.brand_id, partner.pk, partner.ref_generation).make(helpdesk.order)
    headers = {"Authorization": f"Bearer {helpdesk.seat.token}"}
    if key is not None:
        headers["Idempotency-Key"] = key
    told = {"order": ref, "agent": "desk 4"} | changes
    return helpdesk.http.request(
        "POST", helpdesk.url + "/v1/calls", body=json.dumps(told), headers=headers
    )


def outcomes(order):
    """(kind, outcome) of each act about calls on an order."""
    found = rows(
        "SELECT kind, entry FROM ledger_record WHERE order_id = %s AND kind LIKE 'call\\_%%'"
        " ORDER BY at, entry_id",
        [order],
    )
    return [(kind, json.loads(bytes(entry))["detail"]["outcome"]) for kind, entry in found]


def told_path(form):
    """Where a provider tells how a call went, as it was asked to."""
    return form["StatusCallback"]


def test_the_agent_is_rung_then_the_customer_and_neither_sees_a_number(helpdesk, exotel):
    """Exotel gets both numbers and the one to show; the helpdesk gets an id and a status."""
    answer = asked(helpdesk)
    assert answer.json() == {"call": Call.objects.get().pk.hex, "status": "ringing"}
    (form,) = exotel.rung
    assert (form["From"], form["To"], form["CallerId"]) == (DESK_4, CUSTOMER, SHOWN)
    assert form["Record"] == "false"
    assert outcomes(helpdesk.order) == [("call_placed", "ringing")]


def test_it_is_recorded_as_asked_and_as_disclosed_to_the_carrier(helpdesk):
    """Two disclosures: that support asked, and that the provider got the number."""
    asked(helpdesk, ticket="SUP-123")
    found = rows(
        "SELECT hop, entry FROM ledger_record WHERE order_id = %s AND hop IN ('support', 'comms')"
        " ORDER BY at, entry_id",
        [helpdesk.order],
    )
    assert {hop for hop, _ in found} == {"support", "comms"}
    assert len(found) == 2
    assert all("call_back ticket SUP-123" in bytes(entry).decode() for _, entry in found)


def test_the_same_key_rings_once(helpdesk, exotel):
    """A repeated request is a replay at the door; beyond the door's memory it finds its call."""
    first = asked(helpdesk, key="k-1").json()
    assert asked(helpdesk, key="k-1").json() == {"replayed": True, "status": 200}
    with_forgotten_keys()
    assert asked(helpdesk, key="k-1").json() == first
    assert len(exotel.rung) == 1


def with_forgotten_keys():
    from scene import execute  # noqa: PLC0415

    execute("DELETE FROM api_idempotency")


def test_two_at_once_for_one_telephone_ring_it_once(helpdesk, exotel):
    """The second is told that it rings already."""
    answers = together(lambda: asked(helpdesk), lambda: asked(helpdesk))
    assert sorted(each.status for each in answers) == [200, 409]
    assert len(exotel.rung) == 1


@pytest.mark.parametrize(
    "how", [Failure.TIMEOUT, Failure.LOST, Failure.FAULT, Failure.FAULT_AFTER, Failure.GARBAGE]
)
def test_an_answer_that_did_not_come_is_unknown_and_never_asked_again(
    helpdesk, exotel, how, monkeypatch
):
    """It may be ringing: the helpdesk is told so, and a repeat asks the provider nothing."""
    quick = Egress(private=True, deadline_seconds=0.7)
    monkeypatch.setattr(clicking, "Egress", lambda private: quick)
    exotel.fail(1, how)
    assert asked(helpdesk, key="k-1").json()["status"] == "unknown"
    with_forgotten_keys()
    assert asked(helpdesk, key="k-1").json()["status"] == "unknown"
    assert len(exotel.received) == 1
    assert outcomes(helpdesk.order) == [("call_placed", "unknown")]


@pytest.mark.parametrize("how", ["limited", "blocked", "credentials"])
def test_a_refused_call_rang_nobody_and_says_so(helpdesk, exotel, how, caplog):
    """429, a number that may not be called, wrong credentials; the provider's words stay out."""
    if how == "limited":
        exotel.fail(1, Failure.LIMITED)
    elif how == "blocked":
        exotel.blocked.add(CUSTOMER)
    else:
        exotel.credentials = "other:other"
    answer = asked(helpdesk)
    assert answer.json()["status"] == "not_placed"
    assert CUSTOMER[3:].encode() not in answer.data
    assert CUSTOMER[3:] not in caplog.text
    assert exotel.rung == []


def test_a_provider_that_is_away_gets_nothing(helpdesk, exotel):
    """The connection comes before the disclosure; the same key may try again later."""
    exotel.__exit__()
    try:
        answer = asked(helpdesk, key="k-1")
        assert (answer.status, answer.json()["code"]) == (502, "telephony_unreachable")
        assert rows("SELECT count(*) FROM ledger_record WHERE hop = 'comms'") == [(0,)]
        assert not Call.objects.exists()
    finally:
        exotel.__enter__()


@pytest.mark.parametrize(
    ("agent", "customer", "outcome"),
    [
        ("completed", "completed", "connected"),
        ("completed", "no-answer", "not_connected"),
        ("no-answer", None, "not_connected"),
        ("busy", None, "not_connected"),
    ],
)
def test_the_provider_tells_how_it_went_and_only_that_is_kept(
    helpdesk, exotel, agent, customer, outcome
):
    """Connected or not: no duration, no number; told twice it is recorded once."""
    asked(helpdesk)
    (form,) = exotel.rung
    body = json.dumps(ended(form, agent=agent, customer=customer))
    for _ in range(2):
        headers = {"Content-Type": "application/json"}
        told = helpdesk.http.request("POST", told_path(form), body=body, headers=headers)
        assert told.status == 200
    settled = ("call_settled", outcome)
    assert outcomes(helpdesk.order) == [("call_placed", "ringing"), settled]
    assert Call.objects.get().status == outcome


def test_an_unknown_call_is_settled_when_its_provider_tells(helpdesk, exotel):
    """The answer was lost, the call was made."""
    exotel.fail(1, Failure.LOST)
    asked(helpdesk)
    (form,) = exotel.rung
    body = json.dumps(ended(form, agent="completed", customer="completed"))
    headers = {"Content-Type": "application/json"}
    helpdesk.http.request("POST", told_path(form), body=body, headers=headers)
    assert Call.objects.get().status == CallStatus.CONNECTED


def test_nobody_else_tells_how_a_call_went(helpdesk, exotel):
    """Without the call's own secret: 401, whether there is such a call or not."""
    asked(helpdesk)
    (form,) = exotel.rung
    path, _, proof = told_path(form).rpartition("/")
    for url in (f"{path}/{'0' * 32}", f"{path}/{proof[:-1]}é", path[:-1] + "0/" + proof):
        told = helpdesk.http.request("POST", url, body=b"Status=completed")
        assert told.status in {401, 404}
    assert Call.objects.get().status == CallStatus.RINGING


def test_odd_accounts_of_a_call_are_refused(helpdesk, exotel):
    """Never a fault."""
    asked(helpdesk)
    (form,) = exotel.rung
    for body in (
        b"[]",
        b"{",
        b"\xff",
        b'{"Status": {"a": 1}}',
        b'{"Status": "completed", "Legs": [1, 2]}',
    ):
        headers = {"Content-Type": "application/json"}
        told = helpdesk.http.request("POST", told_path(form), body=body, headers=headers)
        assert told.status in {200, 400, 422}, body


def test_twilio_rings_the_agent_with_the_customers_number_in_the_instructions(telephone):
    """The TwiML goes along; its `action` tells how the customer's leg went, signed."""
    with Twilio() as provider:
        helpdesk = with_line(telephone, provider, Provider.TWILIO)
        assert asked(helpdesk).json()["status"] == "ringing"
        (form,) = provider.rung
        assert (form["To"], form["Number"], form["callerId"]) == (DESK_4, CUSTOMER, SHOWN)
        url = form["action"]
        told = {"CallSid": "CA1", "CallStatus": "in-progress", "DialCallStatus": "completed"}
        forged = helpdesk.http.request("POST", url, body=urlencode(told))
        assert forged.status == 401
        signature = twiml.signature(b"token:of-the-account", url, told.items())
        headers = {"X-Twilio-Signature": signature}
        done = helpdesk.http.request("POST", url, body=urlencode(told), headers=headers)
        assert (done.status, Call.objects.get().status) == (200, "connected")


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"agent": "desk 5"}, 404),
        ({"order": "A" * 26}, 404),
        ({"ticket": "call +919000000001"}, 422),
    ],
)
def test_what_is_not_there_is_not_rung(helpdesk, exotel, changes, status):
    """An unknown telephone, somebody else's ref, a ticket that names somebody."""
    assert asked(helpdesk, **changes).status == status
    assert exotel.received == []


def test_a_suspended_partner_an_erased_order_and_another_hop_ring_nobody(helpdesk, exotel):
    """The gate refuses; nothing reaches the provider."""
    from orderveil.gate.erase import erase  # noqa: PLC0415

    courier = helpdesk.scene.seat(Hop.COURIER)
    own, helpdesk.seat = helpdesk.seat, courier
    assert asked(helpdesk).status == 403
    helpdesk.seat = own
    erase(helpdesk.scene.brand.pk, [helpdesk.order], now=utc_now(), who=ME)
    assert asked(helpdesk).status in {404, 410}
    registry.set_suspended(own.partner, suspended=True, now=utc_now())
    assert asked(helpdesk).status == 403
    assert exotel.rung == []


def test_without_anybody_who_carries_calls_nobody_is_rung(helpdesk, exotel):
    """The disclosure needs a recipient: the one whose line it is."""
    Line.objects.filter(pk=helpdesk.line.pk).update(partner_id=0)
    answer = asked(helpdesk)
    assert (answer.status, answer.json()["code"]) == (409, "contacts_not_set_up")
    assert exotel.rung == []


def test_a_call_whose_process_died_is_said_to_be_unknown(helpdesk):
    """After a while, by the sweep, and on the order's record."""
    from datetime import timedelta  # noqa: PLC0415

    asked(helpdesk)
    early = utc_now() - timedelta(minutes=6)
    Call.objects.update(status=CallStatus.ASKED, asked_at=early)
    assert clicking.sweep(utc_now()) == 1
    assert outcomes(helpdesk.order)[-1] == ("call_settled", "unknown")


def test_no_number_is_in_any_table(helpdesk):
    """The agent's is sealed, and destroyed with its row; the customer's is nowhere."""
    asked(helpdesk)
    sides = {DESK_4[3:].encode(), CUSTOMER[3:].encode()}
    assert [t for t, _, value in stored() if any(each in value for each in sides)] == []
    agents.end(helpdesk.scene.brand.pk, helpdesk.agent.pk, now=utc_now(), who=ME)
    assert rows("SELECT sealed FROM calls_agent") == [(None,)]
    assert asked(helpdesk).status == 404


@pytest.fixture
def desk(telephone, exotel):
    """A desk whose people are rung at the brand's own telephone."""
    made = Desk.make(telephone.scene)
    brand = telephone.scene.brand.pk
    with_line(telephone, exotel, Provider.EXOTEL)
    agents.add(brand, made.own.pk, "desk 9", "+91 90000 00049", now=utc_now(), who=ME)
    return made


def page_of(desk, order):
    ref = ref_key(desk.scene.brand.pk, desk.own.pk, desk.own.ref_generation).make(order)
    return f"/desk/orders/{ref}/call/"


def pressed(client, path, **changes):
    page = client.get(path).content.decode()
    nonce = page.partition('name="nonce" value="')[2].partition('"')[0]
    agent = page.partition('name="agent"')[2].partition('<option value="')[2].partition('"')[0]
    told = {"nonce": nonce, "agent": agent, "reason": "call_back", "ticket": "T-4711"} | changes
    return lambda: client.post(path, told)


def test_the_button_rings_once_however_often_it_is_pressed(desk, telephone, exotel):
    """Two presses of one page are one call."""
    client = desk.client(desk.person(Role.SUPPORT))
    press = pressed(client, page_of(desk, telephone.order))
    assert [press().status_code, press().status_code] == [302, 302]
    assert [form["From"] for form in exotel.rung] == ["+919000000049"]


def test_the_button_needs_a_ticket_a_fresh_factor_and_the_permission(desk, telephone, exotel):
    """As a reveal does."""
    path = page_of(desk, telephone.order)
    support = desk.person(Role.SUPPORT)
    assert pressed(desk.client(support), path, ticket="")().status_code == 422
    assert pressed(desk.client(support), path, agent="9999")().status_code == 404
    pressed(desk.client(support, factor_minutes=500), path)()
    for role in (Role.AUDITOR, Role.WAREHOUSE, Role.INTEGRATOR):
        assert desk.client(desk.person(role)).post(path, {}).status_code == 403
    assert exotel.rung == []


def test_the_orders_page_leads_to_the_call_and_shows_what_came_of_it(desk, telephone):
    """The link is there for who may; the record says that it was placed."""
    client = desk.client(desk.person(Role.SUPPORT))
    path = page_of(desk, telephone.order)
    pressed(client, path)()
    page = client.get(path.removesuffix("call/")).content.decode()
    assert path in page
    assert "call to the customer: parcel 1, it rings" in page
    assert CUSTOMER not in page
    assert "+919000000049" not in page


def test_a_telephone_of_another_persons_own_is_not_offered(desk, telephone):
    """A membership may have one as its own: nobody else is rung there."""
    brand, owner = telephone.scene.brand.pk, desk.person(Role.OWNER)
    told = (brand, desk.own.pk, "her own", "+91 90000 00050")
    agents.add(*told, now=utc_now(), who=ME, membership_id=owner.pk)
    path = page_of(desk, telephone.order)
    assert "her own" not in desk.client(desk.person(Role.SUPPORT)).get(path).content.decode()
    assert "her own" in desk.client(owner).get(path).content.decode()


def test_telephones_are_registered_and_removed_at_the_desk_without_showing_a_number(desk):
    """By whoever manages credentials."""
    client = desk.client(desk.person(Role.OWNER))
    told = {"partner": desk.own.pk, "name": "desk 11", "number": "+91 90000 00051"}
    assert client.post("/telephones/add/", told).status_code == 302
    page = client.get("/telephones/").content.decode()
    assert "desk 11" in page
    assert "00051" not in page
    bad = {"partner": desk.own.pk, "name": "call 90000 00051", "number": "12"}
    assert client.post("/telephones/add/", bad).status_code == 422
