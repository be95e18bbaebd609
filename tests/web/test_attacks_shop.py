"""A shop that sends markup, template syntax, directions and endless texts.

Everything comes in by the machines' door, as it would, and is looked at on the desk's pages.
"""

from html.parser import HTMLParser

import pytest
from django.urls import reverse

from desk import Desk
from doors import Doors, own
from orderveil.core.roles import Role
from orderveil.gate import law as laws
from orderveil.gate.asking import partner_refs

TEXTS = {
    "markup": '"><script>alert(1)</script><img src=x onerror=alert(1)>',
    "syntax": "{{ 7777|add:1 }}{% csrf_token %}{% now 'Y' %}",
    "quoted": "' onmouseover='alert(1)' x='",
    "turned": "\u202eelpmaxe\u2066\u200fend",
    "long": "Wort" * 60,
    "formula": "=HYPERLINK(1)",
    "address": "javascript:alert(1)",
    "joined": "\U0001f469\u200d\U0001f33e",
    "NUL": "before\u0000after",
}
CODE = 60
"""Characters of what a code (a number, a carrier's) is given."""


class Elements(HTMLParser):
    """What a browser would make of a page: elements and their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep it."""
        self.found.append((tag, {name: value or "" for name, value in attrs}))


def _foreign(html: str) -> list[str]:
    """Elements and attributes that no template of ours writes."""
    reader = Elements()
    reader.feed(html)
    ours = ("/static/", "/", "?", "#")
    return [
        f"{tag} {name}={value}"
        for tag, told in reader.found
        for name, value in told.items()
        if name.startswith(("on", "style", "hx-on"))
        or (name in {"src", "href", "action"} and not value.startswith(ours))
    ] + [tag for tag, told in reader.found if tag in {"script", "img"} and "src" not in told]


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_whatever_a_shop_sends_is_text(db, text):
    """Names, items, notes, numbers, carrier, tracking number: text on every page, or refused."""
    doors = Doors.make(format_="orderveil")
    desk = Desk.make(doors.scene)
    sent = own(
        "a-1",
        number=text[:CODE],
        customer={"name": text, "phone": "+91 90000 00002", "email": "ira@mail.example"},
        address={"line1": text, "landmark": text, "city": text, "state": text, "pincode": "411001"},
        items=[{"title": text, "sku": text[:CODE], "quantity": 1, "kind": text}],
        notes={"delivery_note": text},
        payment={"method": text[:CODE]},
        parcels=[{"id": text[:CODE], "state": "shipped", "carrier": text, "awb": text[:CODE]}],
    )
    answer = doors.post_orders(sent)
    assert answer.status_code == 200, answer.text
    became = answer.json["results"][0]
    if "\x00" in text:
        assert became["problem"]["code"] == "nul_character"
        return
    order = doors.the_order()
    for role in (Role.SUPPORT, Role.OPERATIONS, Role.OWNER):
        _look(desk, role, order, text)


def _look(desk: Desk, role: Role, order: bytes, text: str) -> None:
    law = laws.law_of(desk.scene.brand.pk)
    ref = partner_refs(law, law.partners[desk.own.pk]).make(order)
    client = desk.client(desk.person(role))
    pages = ["/", "/desk/orders/", reverse("order", args=[ref]), "/desk/undelivered/"]
    pages += [f"/ledger/orders/{order.hex()}/", "/ledger/"] if role == Role.OWNER else []
    for path in pages:
        page = client.get(path)
        html = page.content.decode()
        assert page.status_code == 200, path
        assert _foreign(html) == [], path
        assert "7778" not in html, path
    found = client.post("/desk/search/", {"value": text[:CODE], "by": "number"})
    assert found["Location"] == reverse("order", args=[ref])
    told = {"what": "address", "reason": "call_back", "ticket": "T-1"}
    for headers in ({}, {"hx-request": "true"}):
        revealed = client.post(reverse("reveal", args=[ref]), told, headers=headers)
        assert revealed.status_code == 200
        assert _foreign(revealed.content.decode()) == []
        assert "7778" not in revealed.content.decode()
