"""A content says what the view says, in its forms, and no more."""

import msgspec
import pytest

from hops.label.samples import SENDER, TOKEN
from orderveil.core.errors import Problem
from orderveil.gate.compose import ParcelView, View
from orderveil.hops.label.content import Cod, LabelContent, Layout
from orderveil.hops.label.from_view import content_of

FIELDS = {
    "name": "Asha V.",
    "phone": "+91 XXXXXX0012",
    "line1": "Flat 402",
    "line2": None,
    "landmark": "Near the tank",
    "city": "Bengaluru",
    "state": "Karnataka",
    "pincode": "560038",
    "country": "IN",
    "cod_due": {"currency": "INR", "amount": "1499.00"},
    "payment_method": "cod",
    "order_number": "T-ABC",
    "email": "asha@example.com",
}


def view(fields=None, **parcel):
    """A view of an order with one parcel."""
    told = {"ref": "R-1", "is_reverse": False, "carrier": "Swiftline", "awb": "SLX1"} | parcel
    return View(
        ref="R",
        hop="label",
        purpose="print the shipping label",
        policy="strict@1",
        disclosure="d",
        fields=FIELDS if fields is None else fields,
        parcels=[ParcelView(**told)],
        forms=msgspec.Raw(b"{}"),
        withheld=msgspec.Raw(b"{}"),
    )


def made(shown, **changed):
    """Its label."""
    told = {"token": TOKEN, "layout": Layout.STANDARD, "sender": SENDER} | changed
    return content_of(shown, "R-1", **told)


def test_the_fields_come_as_they_are_shown():
    """Nothing is undone, and an email that a view should not have has no place."""
    content = made(view(), copy=2, layout=Layout.PRIVACY)
    assert content.name == "Asha V."
    assert content.phone == "+91 XXXXXX0012"
    assert content.lines == ("Flat 402", "Near the tank")
    assert content.cod == Cod("INR", "1499.00")
    assert not content.is_prepaid
    assert (content.copy, content.layout, content.order) == (2, Layout.PRIVACY, "T-ABC")
    assert "example.com" not in str(content)


def test_prepaid_is_said_only_where_the_view_says_that_nothing_is_due():
    """Withheld is not prepaid."""
    assert made(view(FIELDS | {"cod_due": None})).is_prepaid
    withheld = {name: value for name, value in FIELDS.items() if name != "cod_due"}
    content = made(view(withheld))
    assert not content.is_prepaid
    assert content.cod is None


def test_a_return_collects_nothing():
    """Cash is due on the way out."""
    content = made(view(is_reverse=True))
    assert content.cod is None
    assert not content.is_prepaid


def test_a_view_without_personal_fields_still_makes_a_label():
    """What is withheld is left out."""
    content = made(view({}))
    assert isinstance(content, LabelContent)
    assert (content.name, content.lines, content.phone) == (None, (), None)


@pytest.mark.parametrize("parcel", [{"awb": None}, {"carrier": None}, {"ref": "R-2"}])
def test_a_parcel_without_a_waybill_has_no_label(parcel):
    """The remedy is to book it."""
    problem = made(view(**parcel))
    assert isinstance(problem, Problem)
    assert problem.code == "label_without_waybill"
