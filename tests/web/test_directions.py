"""Characters that turn a line around: on no page, whoever typed them. Marks of direction stay."""

import pytest
from django.http import HttpResponse, JsonResponse
from django.test import RequestFactory
from django.urls import reverse

from desk import Desk
from doors import Doors, own
from orderveil.core.roles import Role
from orderveil.gate import law as laws
from orderveil.gate.asking import partner_refs
from orderveil.web.directions import Undirected

TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def _answered(answer):
    return Undirected(lambda _request: answer)(RequestFactory().get("/"))


def test_a_page_keeps_every_other_character():
    """Marks of direction, joiners, Urdu and Hindi stay; the nine go."""
    kept = "a\u200eb\u200f\u061c क्\u200dष نام \u2029\u2070"
    answer = _answered(HttpResponse(f"<p>{TURNING}{kept}{TURNING}</p>"))
    assert answer.content.decode() == f"<p>{kept}</p>"


def test_what_machines_are_given_is_as_it_was():
    """A proof or an export would not verify otherwise."""
    told = JsonResponse({"title": TURNING}, json_dumps_params={"ensure_ascii": False})
    assert TURNING in _answered(told).content.decode()


@pytest.fixture
def turned(db):
    """A brand whose shop and whose people write them wherever they can."""
    doors = Doors.make(format_="orderveil")
    desk = Desk.make(doors.scene)
    sent = own(
        "a-1",
        number=f"7{TURNING}9",
        customer={"name": f"Ira{TURNING}", "phone": "+91 90000 00002"},
        items=[{"title": f"Cup{TURNING}", "sku": f"S{TURNING}", "quantity": 1}],
        payment={"method": f"cash{TURNING}"},
        parcels=[
            {"id": "p", "state": "shipped", "carrier": f"Fast{TURNING}", "awb": f"A{TURNING}"}
        ],
    )
    assert doors.post_orders(sent).status_code == 200
    owner = desk.person(Role.OWNER)
    owner.person.name = f"Asha{TURNING}"
    owner.person.save()
    desk.own.name = f"Care{TURNING}"
    desk.own.save()
    law = laws.law_of(desk.scene.brand.pk)
    ref = partner_refs(law, law.partners[desk.own.pk]).make(doors.the_order())
    return desk.client(owner), ref, doors.the_order()


def test_no_page_turns_around(turned):
    """Lists, the order, a reveal, its part of a page, people, partners, the ledger, a refusal."""
    client, ref, order = turned
    pages = [
        "/",
        "/desk/orders/",
        reverse("order", args=[ref]),
        "/people/",
        "/partners/",
        "/ledger/",
    ]
    pages += [
        f"/ledger/orders/{order.hex()}/",
        reverse("ticket", args=["T-1"]) + f"?order=7{TURNING}9",
    ]
    pages += [f"/desk/orders/{TURNING}/"]
    told = {"what": "phone", "reason": "call_back", "ticket": "T-1"}
    answers = [client.get(path) for path in pages]
    answers += [
        client.post(reverse("reveal", args=[ref]), told, headers=headers)
        for headers in ({}, {"hx-request": "true"})
    ]
    shown = "".join(answer.content.decode() for answer in answers)
    assert not set(TURNING) & set(shown)
    for said in ("Cup", "Fast", "Asha", "Care", ">79<"):
        assert said in shown
