"""Masked numbers, against a simulator that fails at every step in turn: one each, never two."""

import base64
import json
from datetime import timedelta

import pytest

from doors import stored
from hops.calls.simulators.leadassist import LeadAssist
from hops.calls.simulators.server import Failure
from hops.calls.telephone import CUSTOMER, uses
from orderveil.contacts import allocating
from orderveil.contacts.models import Contact
from orderveil.core.clocks import utc_now
from orderveil.core.hops import Hop
from orderveil.gate.erase import erase
from orderveil.hops.calls import agents, lines
from orderveil.hops.calls.lines import Terms, Use
from orderveil.hops.calls.masking import queue
from orderveil.hops.calls.models import Mask
from orderveil.hops.calls.speech import Provider
from orderveil.outbox.egress import Egress
from orderveil.partners import registry
from scene import ME, rows, together

RIDER = "+919000000066"
QUICK = Egress(private=True, deadline_seconds=0.7)


@pytest.fixture
def provider():
    with LeadAssist() as running:
        yield running


@pytest.fixture
def masking(telephone, provider):
    """A brand whose numbers Exotel masks, and a parcel that has none yet."""
    brand = telephone.scene.brand.pk
    terms = Terms(Provider.EXOTEL, account=provider.account, masks_url=provider.url)
    given = {Use.MASKS: provider.credentials.encode()}
    telephone.line, _ = lines.add(brand, terms, given, now=utc_now(), who=ME)
    courier = telephone.scene.seat(Hop.COURIER).partner
    agents.add(brand, courier.pk, "rider 1", RIDER, now=utc_now(), who=ME)
    telephone.order = telephone.new_order()
    queue.want(brand, telephone.place(telephone.order), utc_now())
    return telephone


def run(now=None, rounds=12):
    """Work the queue until it is done, its waits skipped."""
    now = now or utc_now()
    for _ in range(rounds):
        while queue.work(now, egress=QUICK):
            pass
        now += timedelta(hours=2)


def contacts(order):
    return list(Contact.objects.filter(order_id=order, ended_at=None).values_list("number", "code"))


def test_a_parcel_gets_the_providers_number_and_our_pin(masking, provider):
    """The provider is told both sides; the parcel's contact is what it gave."""
    assert queue.work(utc_now(), egress=QUICK)
    (made,) = provider.alive()
    assert made["aparty_numbers"] == [RIDER]
    assert made["bparty_numbers"] == [CUSTOMER]
    mask = Mask.objects.get()
    assert made["connection_id"] == mask.pk.hex
    assert contacts(masking.order) == [(made["greenvn"], mask.pin)]
    assert mask.state == "allocated"
    assert rows(
        "SELECT count(*) FROM ledger_record WHERE hop = 'comms' AND order_id = %s", [masking.order]
    ) == [(1,)]


def test_who_asks_twice_gets_one(masking, provider):
    """Also at once, and also when two workers run."""
    brand, place = masking.scene.brand.pk, masking.place(masking.order)
    together(*(lambda: queue.want(brand, place, utc_now()) for _ in range(3)))
    now = utc_now()
    together(*(lambda: queue.work(now, egress=QUICK) for _ in range(3)))
    assert Mask.objects.count() == 1
    assert provider.ever == 1


@pytest.mark.parametrize("how", list(Failure))
@pytest.mark.parametrize("step", [1, 2])
def test_whatever_fails_at_whichever_step_there_is_one_number_in_the_end(
    masking, provider, how, step
):
    """A lost answer is looked for; the looking may fail too."""
    if step == 2:
        provider.fail(1, Failure.LOST)
    provider.fail(step, how)
    run()
    assert (Mask.objects.get().state, provider.ever) == ("allocated", 1)
    assert len(contacts(masking.order)) == 1


@pytest.mark.parametrize("how", list(Failure))
def test_a_release_that_fails_is_repeated(masking, provider, how):
    """Until the provider says that it is gone."""
    queue.work(utc_now(), egress=QUICK)
    provider.fail(1, how)
    allocating.end(masking.order, utc_now())
    assert queue.upkeep(utc_now()) == 1
    run()
    assert Mask.objects.get().state == "released"
    assert provider.alive() == []


def test_an_empty_pool_leaves_the_care_number_and_is_asked_again(masking, provider):
    """In the end it is given up, and the customer's number was told to nobody on a label."""
    provider.pool = ()
    queue.work(utc_now(), egress=QUICK)
    mask = Mask.objects.get()
    assert (mask.state, mask.error, mask.sent_at) == ("due", "empty", None)
    assert contacts(masking.order) == []
    provider.pool = ("+918069000009",)
    run(utc_now() + timedelta(minutes=5))
    assert contacts(masking.order) == [("+918069000009", mask.pin)]


def test_wrong_credentials_are_no_reason_to_go_on(masking, provider):
    """Refused, and said so on the row."""
    provider.credentials = "other:other"
    run()
    assert (Mask.objects.get().state, provider.ever) == ("refused", 0)


def test_a_place_that_has_a_number_already_gives_the_masked_one_back(masking, provider):
    """Whichever came first stays."""
    masking.pin_of(masking.order)
    run()
    assert Mask.objects.get().state == "released"
    assert (provider.ever, provider.alive()) == (1, [])


@pytest.mark.parametrize("why", ["suspended", "erased"])
def test_what_the_gate_refuses_is_never_sent(masking, provider, why):
    """A courier without standing, an order that is gone."""
    if why == "erased":
        erase(masking.scene.brand.pk, [masking.order], now=utc_now(), who=ME)
    else:
        courier = masking.scene.seat(Hop.COURIER).partner
        registry.set_suspended(courier, suspended=True, now=utc_now())
    run()
    assert (Mask.objects.get().state, provider.received) == ("refused", [])


def test_no_number_of_either_side_is_in_any_table(masking, provider):
    """Also not while a request is in doubt."""
    provider.fail(1, Failure.LOST)
    queue.work(utc_now(), egress=QUICK)
    run()
    sides = {RIDER[3:].encode(), CUSTOMER[3:].encode()}
    assert [t for t, _, value in stored() if any(each in value for each in sides)] == []


def told(masking, provider, **changes):
    """The provider tells of a call through its number."""
    made = next(iter(provider.allocations.values()))
    body = {
        "connection_id": made["connection_id"],
        "call_sid": "c-1",
        "from": RIDER,
        "to": CUSTOMER,
        "dial_call_status": "completed",
        "dial_call_duration": "32",
    }
    basic = lines.secret_of(masking.line, Use.BRIDGE)
    headers = {"Authorization": "Basic " + base64.b64encode(changes.pop("basic", basic)).decode()}
    url = f"{masking.url}/v1/calls/masked/{masking.line.pk}"
    raw = json.dumps(body | changes).encode()
    return masking.http.request("POST", url, body=raw, headers=headers).status


def test_each_call_through_a_masked_number_is_an_event_on_the_order(masking, provider):
    """Both ways, connected or not, once a call; told by nobody else."""
    queue.work(utc_now(), egress=QUICK)
    assert told(masking, provider) == 200
    assert told(masking, provider) == 200
    assert told(masking, provider, call_sid="c-2", **{"from": CUSTOMER}) == 200
    assert told(masking, provider, call_sid="c-3", dial_call_status="no-answer") == 200
    assert told(masking, provider, call_sid="c-4", basic=b"a:b") == 401
    assert told(masking, provider, call_sid="c-5", connection_id="0" * 32) == 200
    assert told(masking, provider, connection_id="x") == 422
    assert uses(masking.order) == [
        ("to_customer", "connected"),
        ("to_partner", "connected"),
        ("to_customer", "nobody"),
    ]
