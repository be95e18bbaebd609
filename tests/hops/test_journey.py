"""The journey: who takes a parcel on, and who is told what."""

import json

import pytest
from django.conf import settings
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from desk import Desk
from doors import own
from orderveil.core.attempts import AttemptAnswer
from orderveil.core.clocks import utc_now
from orderveil.core.fields import Field
from orderveil.core.hops import Hop
from orderveil.core.orders import ParcelDraft
from orderveil.core.personal import Personal
from orderveil.core.roles import Role
from orderveil.core.states import ParcelState
from orderveil.gate.desk.attempts import answer_attempt, days_ahead
from orderveil.gate.desk.correcting import correct_address
from orderveil.gate.erase import erase
from orderveil.hops import journey
from orderveil.outbox import subscriptions
from orderveil.outbox.egress import Egress
from orderveil.outbox.events import EventKind
from orderveil.outbox.sender import deliver
from orderveil.partners import credentials, registry
from outbox.partner import Answer, serving
from scene import ME, PERSON, rows


@pytest.fixture
def system(monkeypatch):
    """A hop's own system: a web server on this machine."""
    monkeypatch.setattr(settings, "WEBHOOK_PRIVATE", True)
    with serving(tls=False) as running:
        yield running


def subscribe(doors, system, hop, kinds, seat=None):
    """The secret with which a hop's system is told of `kinds`."""
    seat = seat or doors.scene.seat(hop)
    url = system.url(name="127.0.0.1", path=f"/{hop}")
    made = subscriptions.subscribe(
        doors.scene.brand.pk, seat.partner.pk, hop, url, kinds, now=utc_now()
    )
    return made[1]


def send(doors):
    """Let the journey and the sender work until nothing is due."""
    doors.settle()
    egress = Egress(private=True)
    while deliver(
        journey.compose, utc_now(), 50, egress=egress, workers=2, on_revoked=journey.on_revoked
    ):
        pass


def told(received, secret):
    """The verified body of a webhook."""
    return Webhook(secret).verify(received.body, received.headers)


def assignees(order):
    """Who has each parcel, by hop."""
    return rows(
        "SELECT parcel_no, hop, p.slug FROM partners_assignment a"
        " JOIN partners_partner p ON p.id = a.partner_id WHERE order_id = %s ORDER BY 1, 2",
        [order],
    )


def defaults(doors):
    """A partner on each assigned hop that takes everything on."""
    made = {}
    for hop in (Hop.WMS, Hop.LABEL, Hop.COURIER):
        made[hop] = doors.scene.new_seat(hop, f"{hop}-default", assigned_by_default=True)
        doors.scene.seats[hop] = made[hop]
    return made


def test_default_partners_take_parcels_on(own_doors):
    """The warehouse at the admission, label and courier when it is packed; not before."""
    defaults(own_doors)
    own_doors.post_orders(own("A1"))
    order = own_doors.the_order()
    own_doors.settle()
    assert assignees(order) == [(1, "wms", "wms-default")]
    own_doors.event(Hop.WMS, order, state="packed")
    own_doors.settle()
    assert assignees(order) == [
        (1, "courier", "courier-default"),
        (1, "label", "label-default"),
        (1, "wms", "wms-default"),
    ]
    assert own_doors.view(Hop.COURIER, order).status_code == 200


def test_an_assignment_by_hand_is_left_alone(own_doors):
    """The default is for parcels that nobody has."""
    defaults(own_doors)
    order = own_doors.scene.admit(assign=False)
    other = own_doors.scene.new_seat(Hop.WMS, "wms-chosen")
    own_doors.scene.assign(Hop.WMS, order, other)
    own_doors.settle()
    assert assignees(order) == [(1, "wms", "wms-chosen")]


def test_a_suspended_partner_takes_nothing_on(own_doors):
    """A parcel waits rather than going to someone without standing."""
    seats = defaults(own_doors)
    registry.set_suspended(seats[Hop.WMS].partner, suspended=True, now=utc_now())
    order = own_doors.scene.admit(assign=False)
    own_doors.settle()
    assert assignees(order) == []


def test_a_return_is_taken_on_by_the_default_courier(own_doors):
    """The reverse parcel gets an assignment of its own."""
    defaults(own_doors)
    order = own_doors.scene.admit(assign=False)
    own_doors.settle()
    own_doors.event(Hop.WMS, order, state="packed")
    own_doors.settle()
    for state in ("shipped", "delivered"):
        own_doors.event(Hop.COURIER, order, state=state)
    own_doors.event(Hop.OMS, order, open_return=True)
    own_doors.settle()
    assert (2, "courier", "courier-default") in assignees(order)
    assert own_doors.view(Hop.COURIER, order, 2).status_code == 200


def test_a_system_is_told_its_own_view(doors, system):
    """Signed as Standard Webhooks says, recorded, and no more than it could have asked for."""
    secret = subscribe(doors, system, Hop.OMS, [EventKind.ORDER_ADMITTED])
    order = doors.scene.admit()
    send(doors)
    (received,) = system.received
    body = told(received, secret)
    assert body["type"] == "order.admitted"
    asked = doors.view(Hop.OMS, order).json
    assert body["data"]["fields"] == asked["fields"]
    assert body["data"]["ref"] == asked["ref"]
    assert PERSON["phone"].encode() not in received.body
    (entry,) = rows(
        "SELECT entry FROM ledger_record WHERE kind = 'disclosure' ORDER BY at LIMIT 1"
    )[0]
    assert json.loads(bytes(entry))["reason"] == "told:order.admitted"


def test_a_partner_added_later_is_told_too(doors, system):
    """A worker that read the brand's law before this partner existed reads it again."""
    doors.scene.admit()
    doors.settle()
    seat = doors.scene.new_seat(Hop.SUPPORT, "late-support")
    secret = subscribe(doors, system, Hop.SUPPORT, [EventKind.ORDER_ADMITTED], seat)
    doors.scene.admit()
    send(doors)
    (received,) = system.received
    assert told(received, secret)["type"] == "order.admitted"


def test_reach_assigned_hears_of_its_own_parcels_only(doors, system):
    """The courier that has no part in an order is told nothing of it."""
    mine = subscribe(doors, system, Hop.COURIER, [EventKind.PARCEL_PACKED])
    other = doors.scene.new_seat(Hop.COURIER, "other-courier")
    subscribe(doors, system, Hop.COURIER, [EventKind.PARCEL_PACKED], other)
    doors.scene.pack(doors.scene.admit())
    send(doors)
    (received,) = system.received
    assert told(received, mine)["data"]["hop"] == "courier"


def test_a_view_that_is_refused_is_not_sent(doors, system):
    """Decided at the sending: a window that closed meanwhile ends the delivery, nothing leaves."""
    subscribe(doors, system, Hop.COURIER, [EventKind.PARCEL_PACKED])
    order = doors.scene.pack(doors.scene.admit())
    for state in (ParcelState.SHIPPED, ParcelState.DELIVERED):
        doors.scene.move(Hop.COURIER, order, state)
    send(doors)
    assert system.received == []
    assert rows("SELECT state, last_error FROM outbox_delivery") == [("refused", "outside_window")]


def test_a_purge_notice_carries_the_ref_only(doors, system):
    """Whoever was shown the order is told to delete its copy, by its own name for it."""
    secret = subscribe(doors, system, Hop.COURIER, [EventKind.ORDER_ERASED])
    order = doors.scene.pack(doors.scene.admit())
    ref = doors.view(Hop.COURIER, order).json["ref"]
    erase(doors.scene.brand.pk, [order], now=utc_now(), who=ME)
    send(doors)
    (received,) = system.received
    body = told(received, secret)
    assert (body["type"], body["data"]) == ("order.erased", {"ref": ref})


def test_everyone_who_was_shown_it_is_told_to_purge(doors, system):
    """The courier of the return too, and the one it was taken away from; nobody else."""
    first, second, third = (
        doors.scene.new_seat(Hop.COURIER, f"courier-{name}") for name in ("a", "b", "c")
    )
    for seat in (first, second, third):
        subscribe(doors, system, Hop.COURIER, [EventKind.ORDER_ERASED], seat)
    order = doors.scene.pack(doors.scene.admit())
    for seat in (first, second):
        doors.scene.assign(Hop.COURIER, order, seat)
        assert doors.view(Hop.COURIER, order, seat=seat).status_code == 200
    erase(doors.scene.brand.pk, [order], now=utc_now(), who=ME)
    send(doors)
    refs = {json.loads(each.body)["data"]["ref"] for each in system.received}
    assert refs == {doors.ref(seat, order) for seat in (first, second)}


def test_a_receiver_that_is_gone_ends_its_subscription(doors, system):
    """410 is its own word; the end is an act on the ledger."""
    subscribe(doors, system, Hop.OMS, [EventKind.ORDER_ADMITTED])
    system.script.append(Answer(status=410))
    doors.scene.admit()
    send(doors)
    assert rows("SELECT count(*) FROM ledger_entry WHERE kind = 'subscription_revoked'") == [(1,)]
    doors.scene.admit()
    send(doors)
    assert len(system.received) == 1


def test_a_revoked_credential_does_not_silence_a_subscription(doors, system):
    """Telling stands on the partner's standing; suspending the partner ends it."""
    secret = subscribe(doors, system, Hop.OMS, [EventKind.ORDER_ADMITTED])
    credentials.revoke(doors.scene.seat(Hop.OMS).credential.pk, now=utc_now())
    doors.scene.admit()
    send(doors)
    assert told(system.received[0], secret)["data"]["hop"] == "oms"
    registry.set_suspended(doors.scene.seat(Hop.OMS).partner, suspended=True, now=utc_now())
    doors.scene.admit()
    send(doors)
    assert len(system.received) == 1
    refused = rows("SELECT last_error FROM outbox_delivery WHERE state = 'refused'")
    assert refused == [("partner_suspended",)]


@pytest.fixture
def agent(doors):
    """Somebody of support, now."""
    desk = Desk.make(doors.scene)
    return desk.actor(desk.person(Role.SUPPORT))


def undelivered(doors):
    """An order whose courier came in vain."""
    order = doors.scene.pack(doors.scene.admit())
    for state in (ParcelState.SHIPPED, ParcelState.UNDELIVERED):
        doors.scene.move(Hop.COURIER, order, state)
    return order


ASKED = [EventKind.PARCEL_REATTEMPT, EventKind.PARCEL_RETURN_ASKED]


def test_the_courier_is_told_what_was_answered(doors, system, agent):
    """Its own view, and beside it attempt, answer and day; no other courier hears of it."""
    mine = subscribe(doors, system, Hop.COURIER, ASKED)
    other = doors.scene.new_seat(Hop.COURIER, "other-courier")
    subscribe(doors, system, Hop.COURIER, ASKED, other)
    order = undelivered(doors)
    day = days_ahead(utc_now())[0]
    what = AttemptAnswer.REATTEMPT
    assert answer_attempt(agent, order, 1, 1, what, now=utc_now(), again_on=day) is None
    send(doors)
    (received,) = system.received
    body = told(received, mine)
    assert body["type"] == "parcel.reattempt"
    assert body["detail"] == {"attempt": 1, "answer": "reattempt", "on": day.isoformat()}
    assert body["data"]["fields"]["line1"] == PERSON[Field.LINE1]
    assert [parcel["state"] for parcel in body["data"]["parcels"]] == ["undelivered"]


def test_a_return_is_asked_for_by_webhook(doors, system, agent):
    """Codes only; and what asks for nothing carries no detail."""
    mine = subscribe(doors, system, Hop.COURIER, [*ASKED, EventKind.PARCEL_SHIPPED])
    order = undelivered(doors)
    assert answer_attempt(agent, order, 1, 1, AttemptAnswer.CANCEL, now=utc_now()) is None
    send(doors)
    bodies = {body["type"]: body for body in (told(each, mine) for each in system.received)}
    assert bodies["parcel.return_asked"]["detail"] == {"attempt": 1, "answer": "cancel"}
    assert "detail" not in bodies["parcel.shipped"]


def test_every_courier_of_an_order_is_told_of_its_new_address(doors, system, agent):
    """Also one that has the second parcel only; and what it is told is the address as it is now."""
    second = doors.scene.new_seat(Hop.COURIER, "second-courier")
    secrets = {
        seat.partner.pk: subscribe(doors, system, Hop.COURIER, [EventKind.ORDER_UPDATED], seat)
        for seat in (doors.scene.seat(Hop.COURIER), second)
    }
    packed = (ParcelDraft("p1", ParcelState.PACKED), ParcelDraft("p2", ParcelState.PACKED))
    order = doors.scene.admit(doors.scene.draft("two", parcels=packed))
    doors.scene.assign(Hop.COURIER, order, second, parcel_no=2)
    send(doors)
    fields = {Field.LINE1: Personal("Qzhouse 12, Zqlane")}
    assert correct_address(agent, order, fields, now=utc_now()) is None
    send(doors)
    assert len(system.received) == len(secrets)
    for received in system.received:
        (body,) = [
            json.loads(received.body) for secret in secrets.values() if genuine(received, secret)
        ]
        assert body["data"]["fields"]["line1"] == "Qzhouse 12, Zqlane"
        assert len(body["data"]["parcels"]) == 1


def genuine(received, secret):
    """Was it signed with this secret?"""
    try:
        told(received, secret)
    except WebhookVerificationError:
        return False
    return True
