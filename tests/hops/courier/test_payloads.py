"""No view makes a payload that holds more than the view.

What may stand in a payload: the view's values, the account's options, the reference, and words
that are the same for every parcel.
"""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hops.courier.consigning import AT, FIELDS, REF, WHOLE_EMAIL, WHOLE_PHONE, view
from hops.courier.test_easypost import HOME
from hops.courier.test_shiprocket import RETURNS
from orderveil.core.hops import Hop
from orderveil.core.orders import Amounts, Dimensions, Item
from orderveil.core.states import ParcelState
from orderveil.core.virtual import spelled
from orderveil.hops.courier.carriers.registry import CARRIERS, wrong_account
from orderveil.hops.courier.carriers.speech import (
    Account,
    Ask,
    Done,
    Refused,
    Shipment,
)

NAMES = sorted(CARRIERS)
DEMANDING = [name for name in NAMES if name != "generic"]
OPTIONS = {
    "shiprocket": {"pickup_location": "Primary", "email": "parcels@brand.example", **RETURNS},
    "delhivery": {"pickup_location": "Marigold Warehouse", "seller_name": "Marigold"},
    "easypost": HOME,
    "generic": {},
}
TOKENS = {"generic": "whsec_aW52ZW50ZWQgYW5kIGxvbmcgZW5vdWdoIQ=="}
KNOWN = {"waybill": "57930810000011", "order": "161616", "shipment": "151515"}
CONSTANTS = {
    *("India", "IN", "COD", "Prepaid", "Pickup", "Surface", "CASH", "json", "goods", "phone PIN"),
    *("phone ext", "2026-11-24", "booking.requested", "2026-11-23T20:30:00Z", "57930810000011"),
}
SKU, TITLE = "KUR-IND-M-SECRET", "Indigo kurta that nobody shall know of"

words = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30
) | st.sampled_from(["Flat 7-B", "560001", "\u092c\u0947\u0902", 'a"b\\', "<x>&%#;", "IN"])
maybe = st.none() | words
pins = st.from_regex(r"[0-9]{6}", fullmatch=True)
phones = st.builds(spelled, st.from_regex(r"\+91[1-9][0-9]{9}", fullmatch=True), pins) | (
    st.from_regex(r"\+91[1-9][0-9]{9}(;ext=[0-9]{1,5})?", fullmatch=True)
)
items = st.lists(
    st.builds(lambda kind, n: {"kind": kind, "quantity": n}, words, st.integers(1, 99))
    | st.builds(lambda kind: Item(TITLE, 2, sku=SKU, kind=kind, unit_price="899.00"), maybe),
    min_size=1,
    max_size=4,
)
money = st.decimals(0, 99999, places=2).map(str)
usable = {
    **dict.fromkeys(("name", "line1", "city", "state"), words),
    **dict.fromkeys(("line2", "landmark"), maybe),
    "phone": phones,
    "email": st.just("p-7f3k@mail.brand.example"),
    "pincode": st.from_regex(r"[1-9][0-9]{5}", fullmatch=True),
    "country": st.sampled_from(["IN", "India"]),
    "items": items,
    "amounts": st.builds(lambda value: {"currency": "INR", "declared_value": value}, money)
    | st.builds(lambda value: Amounts("INR", value), money),
    "cod_due": st.none() | st.builds(lambda due: {"currency": "INR", "amount": due}, money),
    "weight": st.integers(1, 50000),
    "dimensions": st.builds(Dimensions, *[st.integers(1, 3000)] * 3),
}
odd = {
    **dict.fromkeys(("name", "line1", "city", "state", "pincode", "country"), maybe),
    "phone": st.just("XXXXXX0017") | maybe,
    "email": st.sampled_from([None, "a***@e***.com"]),
    "items": st.just([]),
    **dict.fromkeys(("amounts", "weight", "dimensions"), st.none()),
}
views = st.fixed_dictionaries(usable)
"""Views of which a payload can be made."""
odd_views = st.tuples(views, st.fixed_dictionaries({}, optional=odd)).map(
    lambda pair: pair[0] | pair[1]
)


def account(name: str) -> Account:
    return Account(OPTIONS[name], TOKENS.get(name, "invented-token"))


def told(ask: Ask) -> Any:
    """What a request says, as a tree."""
    assert ask.body is not None
    form = parse_qs(ask.body.decode()) if ask.body.startswith(b"format=") else {}
    return json.loads(form["data"][0] if form else ask.body)


def leaves(tree: Any) -> Iterator[Any]:
    """Everything that stands in it, names aside."""
    if isinstance(tree, dict | list):
        for one in tree.values() if isinstance(tree, dict) else tree:
            yield from leaves(one)
    else:
        yield tree


def texts(value: Any) -> set[str]:
    """The texts of a view's fields; of a phone its parts, of a PIN its pairs."""
    found = {one.strip() for one in leaves(value) if isinstance(one, str)}
    for one in list(found):
        for digits in re.findall(r"[0-9]+", one):
            found |= {digits, "+" + digits, digits[-10:], "-".join(re.findall("..", digits))}
        found.add(one[:50])
    return found - {""}


def rest_of(text: str, allowed: set[str]) -> str:
    """What is left of a text when all that may stand there is taken out."""
    for one in sorted(allowed, key=len, reverse=True):
        text = text.replace(one, "\0")
    return text.strip("\0, ").replace("\0, ", "").replace("\0", "").strip(" ,")


@given(views | odd_views, st.sampled_from(DEMANDING), st.booleans())
@settings(max_examples=400)
def test_a_payload_holds_nothing_but_the_view(shown, name, is_reverse):
    """Every text and number of it comes from the view, the account, the ref, or is a constant."""
    seen = view(**FIELDS | shown)
    carrier = CARRIERS[name]
    step = next(step for step in carrier.booking if step.shows_view)
    ask = step.ask(account(name), Shipment(seen, REF, AT, is_reverse), KNOWN)
    if isinstance(ask, Refused):
        assert ask.problem.pointer.startswith("/fields/")
        assert ask.problem.remedy
        return
    _only_what_it_may(shown, name, ask)


@given(views, st.sampled_from(DEMANDING))
@settings(max_examples=50)
def test_a_usable_view_makes_a_payload(shown, name):
    """Else the test above would hold nothing against anything."""
    carrier = CARRIERS[name]
    step = next(step for step in carrier.booking if step.shows_view)
    seen = view(**FIELDS | shown)
    ask = step.ask(account(name), Shipment(seen, REF, AT), KNOWN)
    assert isinstance(ask, Ask) or not all(str(shown[key]).strip() for key in _DEMANDED)


_DEMANDED = ("name", "line1", "city", "state")


def _only_what_it_may(shown, name, ask):
    asked_for = {key: json.loads(json.dumps(value, default=_plain)) for key, value in shown.items()}
    goods = asked_for.pop("items")
    kinds = {one["kind"] for one in goods if one.get("kind")}
    count = str(sum(one["quantity"] for one in goods))
    allowed = texts(asked_for) | texts(list(kinds)) | texts(OPTIONS[name]) | CONSTANTS
    allowed |= {REF, count}
    for leaf in leaves(told(ask)):
        if isinstance(leaf, str):
            assert not rest_of(leaf, allowed)
        else:
            assert leaf is None or abs(leaf) < 10**6  # no phone is that short
    body = ask.body.decode()
    for secret in (SKU, TITLE, "899.00", FIELDS["delivery_note"], FIELDS["order_number"]):
        assert secret not in body


def _plain(value: Any) -> Any:
    import msgspec  # noqa: PLC0415 - for this one line

    return msgspec.to_builtins(value)


@given(views, st.sampled_from(NAMES))
@settings(max_examples=200)
def test_what_is_withheld_stays(shown, name):
    """The whole phone and e-mail of a customer whose view has others."""
    shown = shown | {"phone": "+918047100000, PIN 482913", "email": "p-7f3k@mail.brand.example"}
    step = next(step for step in CARRIERS[name].booking if step.shows_view)
    ask = step.ask(account(name), Shipment(view(**FIELDS | shown), REF, AT), KNOWN)
    sent = repr((ask, ask.body, ask.path, ask.headers) if isinstance(ask, Ask) else ask)
    assert WHOLE_PHONE[-10:] not in sent
    assert WHOLE_EMAIL not in sent


@pytest.mark.parametrize("name", DEMANDING)
@pytest.mark.parametrize("field", ["name", "line1", "pincode", "phone"])
@pytest.mark.parametrize("form", ["masked", "hashed", "token", "sent"])
def test_a_form_that_leads_nowhere_is_not_sent(name, field, form):
    """A parcel to "F # N R" would travel, and never arrive."""
    seen = view(json.dumps({field: form, "city": "whole"}).encode(), line2=None)
    step = next(step for step in CARRIERS[name].booking if step.shows_view)
    ask = step.ask(account(name), Shipment(seen, REF, AT), KNOWN)
    assert isinstance(ask, Refused)
    assert ask.problem.pointer == f"/fields/{field}"


@pytest.mark.parametrize("name", NAMES)
def test_only_one_step_is_made_of_the_view(name):
    """Every other request, each search and each cancellation too, is made without it."""
    carrier = CARRIERS[name]
    steps = (*carrier.booking, *carrier.cancelling)
    assert [step.shows_view for step in steps].count(True) == 1
    blind = Shipment(None, REF, AT)
    for step in steps:
        known = KNOWN | {"rate": "rate_1"}
        if not step.shows_view:
            assert isinstance(step.ask(account(name), blind, known), Ask | Done | Refused)
        if step.find is not None:
            assert isinstance(step.find.ask(account(name), REF, known), Ask)


@pytest.mark.parametrize("name", NAMES)
def test_every_step_that_isnt_repeatable_can_be_looked_up(name):
    """So nothing is ever left in doubt."""
    for step in (*CARRIERS[name].booking, *CARRIERS[name].cancelling):
        assert step.repeatable or step.find is not None


@pytest.mark.parametrize("name", NAMES)
def test_a_request_prints_nothing_of_its_body(name):
    """A repr in a log shows neither the view nor the key."""
    steps = (*CARRIERS[name].booking, *CARRIERS[name].cancelling)
    known = KNOWN | {"rate": "rate_1"}
    asks = [step.ask(account(name), Shipment(view(), REF, AT), known) for step in steps]
    shown = repr((account(name), asks))
    for secret in ("Tarangini", "8047100000", TOKENS.get(name, "invented-token")):
        assert secret not in shown


@pytest.mark.parametrize("name", NAMES)
def test_an_account_is_checked_by_name(name):
    """What it lacks, and what no such carrier knows."""
    carrier = CARRIERS[name]
    secrets = dict.fromkeys(carrier.secrets, "invented")
    assert wrong_account(carrier, OPTIONS[name], secrets) is None
    assert "needs the secret" in wrong_account(carrier, OPTIONS[name], {}).detail
    assert wrong_account(carrier, OPTIONS[name] | {"no_such": "1"}, secrets) is not None
    for wrong in ({"size_mm": "20x15"}, {"weight_g": "heavy"}, {"country": "India"}):
        if wrong.keys() <= carrier.defaults.keys():
            assert "can't be read" in wrong_account(carrier, OPTIONS[name] | wrong, secrets).detail
    for lacking in carrier.options:
        rest = {key: value for key, value in OPTIONS[name].items() if key != lacking}
        assert lacking in wrong_account(carrier, rest, secrets).detail


@pytest.mark.parametrize("name", NAMES)
def test_the_gates_own_view_is_taken(db, name):
    """What `gate.disclose` gives a courier is what the mappings read."""
    from scene import Scene  # noqa: PLC0415 - once Django is set up

    scene = Scene.make()
    order = scene.admit()
    scene.move(Hop.WMS, order, ParcelState.PACKED)
    seen = scene.ask(Hop.COURIER, order)
    more = {"size_mm": "200x150x100"} if name != "generic" else {}
    options = {**OPTIONS[name], **more}
    step = next(step for step in CARRIERS[name].booking if step.shows_view)
    token = TOKENS.get(name, "invented-token")
    ask = step.ask(Account(options, token), Shipment(seen, REF, AT), KNOWN)
    assert isinstance(ask, Ask), ask
    assert "Tarangini Vallabhdas" in json.dumps(told(ask))
    assert "KUR-IND-M" not in ask.body.decode()
