"""Every entry as a sentence."""

import string

import pytest

from ledger import sample
from orderveil.core.fields import Field
from orderveil.core.forms import Form
from orderveil.core.hops import Hop
from orderveil.ledger import words
from orderveil.ledger.acts import ActKind
from orderveil.ledger.entries import (
    ActEntry,
    BulkEntry,
    DisclosureEntry,
    DisclosureKind,
    Who,
    new_id,
)


def act(kind, **changes):
    """An act of this kind."""
    settings = {"who": sample.ME, "subject": "", "detail": {}, "salt": bytes(16)}
    named = {"id": new_id(sample.NOW), "log": 7, "at": sample.NOW}
    return ActEntry(kind=kind, **named, **(settings | changes))


def shown(**changes):
    """A disclosure to a system."""
    settings = {
        "kind": DisclosureKind.DISCLOSURE,
        "hop": Hop.WMS,
        "partner": 5,
        "credential": 21,
        "order": "00" * 16,
        "forms": {Field.PHONE: Form.MASKED, Field.NAME: Form.SHORT, Field.CITY: Form.WHOLE},
        "purpose": "pick and pack the parcel",
        "policy": sample.POLICY,
        "law_rev": 1,
        "salt": bytes(16),
    }
    return DisclosureEntry(id=new_id(sample.NOW), log=7, at=sample.NOW, **(settings | changes))


@pytest.mark.parametrize("kind", ActKind)
def test_every_kind_of_act_has_a_sentence(kind):
    """Each has words of its own, and says them with a full detail and with none."""
    sentence = words.ACTS[kind]
    names = [name for _, name, _, _ in string.Formatter().parse(sentence) if name]
    said = words.say(act(kind, detail=dict.fromkeys(names, "thing_one")))
    assert "_" not in said.what
    assert said.what.count("thing one") == len(names)
    assert words.say(act(kind)).what.count("?") == len(names)


def test_what_a_sentence_does_not_say_follows_it():
    """Details without a place in the sentence come after it; digests and zeros do not."""
    detail = {"from": "placed", "to": "out_for_delivery", "parcel": 2, "hop": "courier"}
    quiet = {"digest": "ab" * 32, "membership": 7, "nothing": None, "zero": 0, "empty": ""}
    said = words.say(act(ActKind.STATE_CHANGED, detail=detail | quiet))
    assert said.what == "Parcel 2 moved from placed to out for delivery (hop courier)"
    verified = words.say(act(ActKind.CALLER_VERIFIED, detail={"asked": "email", "matched": False}))
    assert verified.what == "Caller asked for email (matched no)"


def test_a_kind_of_tomorrow_is_told_by_its_name():
    """An entry that a newer release wrote is read all the same."""
    said = words.say(act("comet_seen", subject="comet:1", detail={"tail": "long"}))
    assert said == words.Said("Comet seen (tail long)", "comet:1")


def test_an_act_is_about_its_subject_or_its_partner():
    """The partner of an act on an order is named, once."""
    assigned = act(ActKind.PARCEL_ASSIGNED, detail={"parcel": 1, "hop": "wms", "partner": 5})
    assert words.say(assigned) == words.Said("Parcel 1 assigned on the hop wms", "partner:5")
    issued = act(
        ActKind.CREDENTIAL_ISSUED, subject="credential:3", detail={"partner": 5, "hop": "wms"}
    )
    assert words.say(issued).what == "Credential issued for the hop wms (partner 5)"


def test_a_bulk_act_says_how_many():
    """One act on many orders."""
    said = words.say(act(ActKind.ORDERS_ADMITTED, rows=40, rows_root=bytes(32)))
    assert said.what == "Orders admitted and sealed: 40 orders"


def test_a_disclosure_says_its_fields_by_form_and_why():
    """The most telling form first; what was not shown is not said."""
    said = words.say(shown(reason="call_back ticket T_4"))
    assert said.what == "Shown city (whole); name (short); phone (masked)"
    assert said.why == "pick and pack the parcel; call back ticket T_4"
    reveal = shown(kind=DisclosureKind.REVEAL, forms={Field.PHONE: Form.WHOLE})
    assert words.say(reveal).what == "Revealed phone (whole)"
    nothing = shown(forms={Field.PHONE: Form.ABSENT, Field.EMAIL: Form.REFUSED})
    assert words.say(nothing).what == "Opened, and nothing shown"


def test_a_bulk_disclosure_says_how_many_orders():
    """With its fields."""
    told = {"hop": Hop.REPORTS, "rows": 1, "rows_root": bytes(32), "forms": {Field.ITEMS: "whole"}}
    more = {"purpose": "p", "policy": sample.POLICY, "law_rev": 1, "salt": bytes(16)}
    one = BulkEntry(id=new_id(sample.NOW), log=7, at=sample.NOW, **told, **more)
    assert words.say(one).what == "Shown 1 order: items (whole)"


def test_who_did_it():
    """A person, a partner's credential, or a part of Orderveil."""
    assert words.who(shown()) == words.Doer(partner=5, credential=21)
    assert words.who(shown(person="person:4", credential=None)) == words.Doer("person:4", 5)
    assert words.who(act("x", who=Who(system="journey"))) == words.Doer(system="journey")
