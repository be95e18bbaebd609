"""Masked numbers, against a simulator that fails at every step in turn: one each, never two."""

import base64
import json
import uuid
from datetime import timedelta

import pytest

from doors import stored
from hops.calls.simulators.leadassist import LeadAssist
from hops.calls.simulators.server import Failure
from hops.calls.telephone import AGENT, CARE, CUSTOMER, POOL, uses
from orderveil.contacts import allocating
from orderveil.contacts.models import Contact, ContactKind
from orderveil.core.clocks import utc_now
from orderveil.core.hops import Hop
from orderveil.gate.erase import erase
from orderveil.hops.calls import agents, lines
from orderveil.hops.calls.lines import Terms, Use
from orderveil.hops.calls.masking import queue, returning
from orderveil.hops.calls.models import Mask
from orderveil.hops.calls.speech import Provider
from orderveil.keyring import secrets
from orderveil.outbox.egress import Egress
from orderveil.outbox.events import Event, EventKind
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
    assert returning.upkeep(utc_now()) == 1
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


def test_one_ended_number_among_many_live_ones_is_given_back(masking, provider):
    """However many are older."""
    run()
    mine = Mask.objects.get()
    old = utc_now() - timedelta(days=2)
    where = {"brand_id": mine.brand_id, "parcel_no": 1, "partner_id": mine.partner_id}
    where |= {"hop": "courier", "number": "+918000000001"}
    told = [(uuid.uuid4().bytes, str(200_000 + n)) for n in range(501)]
    Mask.objects.bulk_create(
        Mask(
            **where,
            order_id=order,
            pin=pin,
            line=masking.line,
            state="allocated",
            provider_id="x1",
            due_at=old,
            asked_at=old,
            changed_at=old,
        )
        for order, pin in told
    )
    Contact.objects.bulk_create(
        Contact(
            **where,
            order_id=order,
            code=pin,
            kind=ContactKind.PHONE,
            allocated_at=old,
            expires_at=old + timedelta(days=50),
        )
        for order, pin in told
    )
    allocating.end(masking.order, utc_now())
    assert returning.upkeep(utc_now()) == 1
    run()
    assert (Mask.objects.get(pk=mine.pk).state, provider.alive()) == ("released", [])


def test_a_suspended_courier_keeps_no_masked_number(masking, provider):
    """Its contact ends, and the provider is told: no gate is asked at a call."""
    run()
    assert returning.upkeep(utc_now()) == 0
    courier = masking.scene.seat(Hop.COURIER).partner
    registry.set_suspended(courier, suspended=True, now=utc_now())
    assert returning.upkeep(utc_now()) == 1
    run()
    assert (provider.alive(), contacts(masking.order)) == ([], [])


def masks_secret(masking):
    return secrets.find(masking.scene.brand.pk, lines.secret_name(masking.line, Use.MASKS))


def test_a_line_that_ended_gives_its_numbers_back_and_then_loses_its_secret(masking, provider):
    """What the provider sees is proved with it; nothing new is allocated."""
    run()
    lines.end(masking.scene.brand.pk, masking.line.pk, now=utc_now(), who=ME)
    assert lines.secret_of(masking.line, Use.BRIDGE) == b""
    returning.upkeep(utc_now())
    assert masks_secret(masking)
    run()
    returning.upkeep(utc_now())
    assert (provider.alive(), contacts(masking.order), masks_secret(masking)) == ([], [], None)
    assert queue.want(masking.scene.brand.pk, masking.place(masking.order), utc_now()) is None


def test_a_line_that_ended_while_a_request_was_in_doubt_gives_that_back_too(masking, provider):
    """It was done, and its answer was lost."""
    provider.fail(1, Failure.LOST)
    queue.work(utc_now(), egress=QUICK)
    lines.end(masking.scene.brand.pk, masking.line.pk, now=utc_now(), who=ME)
    run()
    assert (provider.ever, provider.alive(), contacts(masking.order)) == (1, [], [])


def test_a_line_that_ended_before_anything_was_sent_sends_nothing(masking, provider):
    """What waits is refused, and the secret goes."""
    lines.end(masking.scene.brand.pk, masking.line.pk, now=utc_now(), who=ME)
    run()
    returning.upkeep(utc_now())
    mask = Mask.objects.get()
    assert (mask.state, mask.error, provider.received) == ("refused", "line_ended", [])
    assert masks_secret(masking) is None


@pytest.mark.parametrize("number", [CUSTOMER, CARE, POOL, RIDER, AGENT])
def test_a_number_that_is_somebodys_is_no_masked_number(masking, provider, number):
    """The customer's, the care number, one of a pool, an agent's: it goes back, and isn't kept."""
    brand, other = masking.scene.brand.pk, masking.scene.seat(Hop.WMS).partner
    agents.add(brand, other.pk, "desk 4", AGENT, now=utc_now(), who=ME)
    provider.pool = (number,)
    run()
    mask = Mask.objects.get()
    assert (mask.state, mask.error, mask.number) == ("refused", "number_not_masked", "")
    assert (provider.ever, provider.alive(), contacts(masking.order)) == (1, [], [])


def test_an_answer_that_comes_after_the_parcels_end_is_given_back(masking, provider):
    """It was lost, found again, and its courier may not have the parcel any more."""
    provider.fail(1, Failure.LOST)
    queue.work(utc_now(), egress=QUICK)
    masking.deliver()
    run()
    assert (Mask.objects.get().state, contacts(masking.order)) == ("released", [])
    assert (provider.ever, provider.alive()) == (1, [])


def assigned(masking):
    brand = masking.scene.brand.pk
    return Event(1, brand, EventKind.PARCEL_ASSIGNED, masking.order, 1, {}, utc_now())


def test_a_parcel_that_is_assigned_after_packing_gets_a_masked_number(masking, provider):
    """By hand, or to another courier."""
    Mask.objects.all().delete()
    assert EventKind.PARCEL_ASSIGNED in queue.WAKES
    queue.follow(assigned(masking), utc_now())
    run()
    assert (Mask.objects.get().state, len(provider.alive())) == ("allocated", 1)


def test_a_parcel_that_is_assigned_out_of_its_couriers_window_asks_for_none(masking):
    """Nor is a refusal put on record for it."""
    Mask.objects.all().delete()
    masking.deliver()
    queue.follow(assigned(masking), utc_now())
    assert Mask.objects.count() == 0
