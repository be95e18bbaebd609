"""A policy as an auditor reads it: a sentence for each hop that leaves no field out."""

import re

import pytest
from hypothesis import given, settings

from core.tables import row, table, tables
from orderveil.core.fields import Field
from orderveil.core.forms import Form
from orderveil.core.hops import Hop, Reach
from orderveil.core.states import ParcelState
from orderveil.core.table import CellChange, Profile, Requirement
from orderveil.policy.prose import describe, sentences
from orderveil.policy.toml import load, profile_text

VERBS = {
    Form.WHOLE: "sees {} whole",
    Form.SHORT: "sees {} shortened",
    Form.MASKED: "sees {} masked",
    Form.COARSE: "sees {} coarsely",
    Form.VIRTUAL: "reaches the customer through a virtual {}",
    Form.HASHED: "gets a keyed hash of {}",
    Form.TOKEN: "knows {} by a pseudonym of its own",
    Form.SENT: "uses {} only in messages that Orderveil itself sends",
    Form.STOCK: "sees of {} the SKU and the quantity",
    Form.IF_COD: "sees {} only when the parcel is paid on delivery",
    Form.REFUSED: "must not even send {}, which is refused at the interface",
}


def read_back(sentence, row_):
    """The fields and forms that a hop's sentence says, read word by word."""
    sight = sentence.split(f"To {row_.purpose}, ", 1)[1].split(" ", 1)[1].split(".", 1)[0]
    said = {}
    for clause in sight.split("; "):
        for form, verb in VERBS.items():
            before, after = (re.escape(part) for part in verb.split("{}"))
            found = re.fullmatch(f"{before}(.+){after}", clause)
            if found:
                names = re.split(", | and ", found[1])
                said |= {Field(name.replace(" ", "_")): form for name in names}
                break
    return said


def expected(row_):
    """Every field that is not absent, with its form."""
    return {field: row_.form(field) for field in Field if row_.form(field) != Form.ABSENT}


@pytest.mark.parametrize("profile", [Profile.TODAY, Profile.BALANCED])
def test_every_field_of_every_hop_is_said(profile):
    """Reading the sentences back gives the table: no field is missing, none is added."""
    loaded = load(profile_text(profile))
    for hop, sentence in zip(Hop, sentences(loaded), strict=True):
        assert f", {hop} " in sentence
        assert read_back(sentence, loaded.rows[hop]) == expected(loaded.rows[hop])
        assert "Nothing else." in sentence or len(expected(loaded.rows[hop])) == len(Field)


@settings(max_examples=60)
@given(tables)
def test_any_table_can_be_read_back(drawn):
    """What holds for the profiles holds for every table a brand may write."""
    for hop, sentence in zip(Hop, sentences(drawn), strict=True):
        assert read_back(sentence, drawn.rows[hop]) == expected(drawn.rows[hop])


def sentence_of(row_):
    """The warehouse's sentence."""
    return list(sentences(table(wms=row_)))[list(Hop).index(Hop.WMS)]


def test_a_hop_that_sees_nothing():
    """A hop nobody gave anything says so once."""
    assert sentence_of(row()) == "To see, wms sees nothing. It may never ask."


def test_when_and_whom_it_may_ask():
    """States, reach and needs are words of the same sentence."""
    made = row(
        {Field.NAME: Form.SHORT},
        reach=Reach.ASSIGNED,
        states=[ParcelState.PACKED, ParcelState.PLACED],
        needs=[Requirement.AGREEMENT],
    )
    assert sentence_of(made) == (
        "To see, wms sees name shortened. Nothing else. It may ask for parcels assigned to it"
        " while the parcel is placed or packed. It needs: agreement."
    )
    always = row({Field.NAME: Form.SHORT}, reach=Reach.ALL, states=ParcelState)
    assert "It may ask for every order at any time." in sentence_of(always)


def test_a_change_in_one_line():
    """A diff's line names the cell, both forms and which way it goes."""
    change = CellChange(Hop.COURIER, "phone", "virtual", "whole", loosens=True)
    assert describe(change) == "courier.phone: virtual -> whole (loosens)"
    change = CellChange(Hop.OMS, "name", "whole", "masked", loosens=False)
    assert describe(change) == "oms.name: whole -> masked (tighter)"
