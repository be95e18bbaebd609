"""Cells say what the answer says."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderveil.core.fields import Field
from orderveil.core.forms import Form
from orderveil.core.hops import Hop
from orderveil.scams.answers import Cell, cell, mentioned, plain, printable, refusal
from scams.sample_views import NOW, answer, problem


def test_a_cell_holds_the_value_in_the_form_the_answer_names():
    """A virtual number is shown as virtual, a whole name as whole."""
    courier = answer(Hop.COURIER, NOW)
    assert cell(courier, Field.PHONE) == Cell(Form.VIRTUAL, "+918000000042 ext 314")
    assert cell(courier, Field.NAME) == Cell(Form.WHOLE, "Asha Verma")


def test_a_withheld_field_names_its_rule():
    """The cell has no value and says which rule took it."""
    held = cell(answer(Hop.COURIER, NOW), Field.GIFT_MESSAGE)
    assert held == Cell(Form.ABSENT, rule="policy balanced@1: courier may not see gift_message")


def test_a_field_refused_at_the_interface_is_marked_so():
    """The stock system's personal fields are refused, which is more than absent."""
    assert cell(answer(Hop.IMS, NOW), Field.PHONE).form is Form.REFUSED


def test_parcel_facts_come_from_the_parcels():
    """State, carrier and AWB stand per parcel, and two parcels show both."""
    courier = answer(Hop.COURIER, NOW)
    courier["parcels"].append({"ref": "x-2", "state": "shipped", "awb": "KX2"})
    assert cell(courier, Field.PARCEL_STATE).value == "packed, shipped"
    assert cell(courier, Field.CARRIER) == Cell(Form.WHOLE, "Kestrel Express")


def test_what_an_answer_does_not_mention_is_absent_without_a_rule():
    """Nobody withheld what the order does not have."""
    assert cell(answer(Hop.COURIER, NOW), Field.GSTIN) == Cell(Form.ABSENT)


def test_a_problem_is_a_refusal_of_every_field():
    """problem+json has no fields: each cell is refused, and says why and what to do."""
    refused = cell(problem(), Field.NAME)
    assert refused.form is Form.REFUSED
    assert refused.value is None
    assert refused.rule == (
        "The parcel is delivered: the courier's access has ended. Ask before delivery."
    )


def test_a_hop_that_was_not_asked_got_nothing():
    """No answer is no view."""
    assert refusal(None) == "This hop was not asked."
    assert cell(None, Field.NAME).value is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ([{"title": "Kurta", "quantity": 2}, {"sku": "D-1"}], "2 x Kurta, 1 x D-1"),
        ({"currency": "INR", "total": "99.00"}, "INR 99.00"),
        ({"length_mm": 10, "width_mm": 20}, "length_mm 10, width_mm 20"),
        (["a", 1], "a, 1"),
        (True, "true"),
        (12.5, "12.5"),
    ],
)
def test_json_reads_as_one_line(value, text):
    """Items, money and anything else are one line of plain text."""
    assert plain(value) == text


@given(st.text(st.characters()))
def test_no_control_character_survives(text):
    """No control, format or surrogate character passes, but for the joiners of Indic spelling."""
    assert all(
        char in "\u200c\u200d\ufffd" or not unicodedata.category(char).startswith("C")
        for char in printable(text)
    )


def test_indic_names_stay_as_they_are_spelt():
    """A conjunct needs its zero-width joiner."""
    assert printable("क्\u200dष") == "क्\u200dष"


def test_mentioned_lists_given_withheld_and_parcel_fields():
    """A row for each field that any hop got or was denied; refusals mention none."""
    answers = {Hop.COURIER: answer(Hop.COURIER, NOW), Hop.LABEL: problem()}
    found = mentioned(answers)
    assert {Field.NAME, Field.GIFT_MESSAGE, Field.AWB} <= found
    assert Field.GSTIN not in found
