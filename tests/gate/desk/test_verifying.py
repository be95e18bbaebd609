"""Verifying a caller: match or no match, three tries, nothing shown, all of it on record."""

import pytest

from orderveil.core.errors import Problem
from orderveil.core.fields import Field
from orderveil.core.hops import Hop
from orderveil.core.personal import Personal
from orderveil.core.roles import Role
from orderveil.gate.desk.verifying import TRIES, Said, Verdict, verify_caller
from orderveil.ledger.queries import entries_of
from scene import Scene, rows, together


def ask(desk, order, what, said, actor=None):
    """What the gate answers."""
    actor = actor or desk.actor(desk.person(Role.SUPPORT))
    return verify_caller(actor, order, what, Personal(said), now=desk.scene.now)


def acts(order):
    """(asked, matched) of each verification on record."""
    details = [each.entry.detail for each in entries_of(order) if each.kind == "caller_verified"]
    return sorted((detail["asked"], detail["matched"]) for detail in details)


@pytest.mark.parametrize(
    ("what", "said", "matched"),
    [
        (Said.PINCODE, "560001", True),
        (Said.PINCODE, " 560 001 ", True),
        (Said.PINCODE, "५६०००१", True),
        (Said.PINCODE, "560002", False),
        (Said.PHONE_END, "0001", True),
        (Said.PHONE_END, "00 01", True),
        (Said.PHONE_END, "०००१", True),
        (Said.PHONE_END, "1000", False),
        (Said.EMAIL, "TARANGINI.v@mail.example ", True),
        (Said.EMAIL, "tarangini.v+x@mail.example", False),
    ],
)
def test_match_or_no_match(desk, what, said, matched):
    """However it is spelled; the outcome is an act, which does not say the value."""
    order = desk.scene.admit()
    assert ask(desk, order, what, said) == Verdict(matched, TRIES - 1)
    assert acts(order) == [(what.value, matched)]


def test_an_extension_is_no_end_of_a_phone(desk):
    """The last four digits are the number's own."""
    order = desk.scene.admit(desk.scene.draft(person={Field.PHONE: "+91 90000 04321 ext 77"}))
    assert ask(desk, order, Said.PHONE_END, "4321").matched
    assert not ask(desk, order, Said.PHONE_END, "2177").matched


def test_what_the_order_has_not_matches_nothing(desk):
    """No email, no match; a try is a try."""
    order = desk.scene.admit(desk.scene.draft(only={Field.NAME: "Ira Namuna"}))
    assert ask(desk, order, Said.EMAIL, "ira@mail.example") == Verdict(False, TRIES - 1)


@pytest.mark.parametrize(
    ("what", "said"),
    [
        (Said.PHONE_END, "12"),
        (Said.PHONE_END, "9000000001"),
        (Said.EMAIL, "ira"),
        (Said.PINCODE, " "),
    ],
)
def test_what_cannot_be_compared_uses_no_try(desk, what, said):
    """A slip of the fingers is refused before anything is asked or recorded."""
    order = desk.scene.admit()
    before = len(entries_of(order))
    assert ask(desk, order, what, said).code == "cannot_compare"
    assert len(entries_of(order)) == before
    assert ask(desk, order, Said.PINCODE, "560002").tries_left == TRIES - 1


def test_three_tries_for_an_order_whoever_asks(desk):
    """Agents share them, the right value comes too late, and another order has its own."""
    order, other = desk.scene.admit(), desk.scene.admit()
    actors = [desk.actor(desk.person(Role.SUPPORT, f"agent{n}")) for n in range(4)]
    answers = [ask(desk, order, Said.PINCODE, "110001", actor) for actor in actors[:3]]
    assert [each.tries_left for each in answers] == [2, 1, 0]
    done = ask(desk, order, Said.PINCODE, "560001", actors[3])
    assert (done.code, done.status) == ("no_tries_left", 429)
    assert acts(order) == [("pincode", False)] * 3
    assert ask(desk, other, Said.PINCODE, "560001", actors[3]).matched


def test_three_tries_at_once_too(desk):
    """Nine agents at the same moment: three verdicts, never a fourth."""
    order = desk.scene.admit()
    actors = [desk.actor(desk.person(Role.SUPPORT, f"agent{n}")) for n in range(9)]
    done = together(
        *[lambda each=each: ask(desk, order, Said.PINCODE, "560001", each) for each in actors]
    )
    assert len([each for each in done if isinstance(each, Verdict)]) == TRIES
    assert {each.code for each in done if isinstance(each, Problem)} == {"no_tries_left"}


def test_it_is_on_record_and_shows_nothing(desk):
    """The entry names what was compared and grants no field; the value is in no table."""
    order = desk.scene.admit()
    ask(desk, order, Said.EMAIL, "wrong.qzqz@mail.example")
    (entry,) = [each.entry for each in entries_of(order) if each.kind == "disclosure"]
    assert (entry.forms, entry.purpose) == ({}, "verify a caller by email")
    said = rows(
        "SELECT convert_from(entry, 'UTF8') FROM ledger_record WHERE order_id = %s", [order]
    )
    assert not [text for (text,) in said if "qzqz" in text]


def test_nobody_uses_up_the_tries_of_an_order_they_do_not_see(desk):
    """Another brand's order is unknown, a centre's foreign order is not its own; no try is gone."""
    foreign = Scene.make("another").admit()
    order = desk.scene.admit()
    centre = desk.scene.new_seat(Hop.SUPPORT, "centre")
    theirs = desk.actor(desk.person(Role.OUTSOURCED_SUPPORT, partner=centre.partner))
    assert ask(desk, foreign, Said.PINCODE, "560001").status == 404
    assert ask(desk, order, Said.PINCODE, "560001", theirs).code == "not_assigned"
    assert ask(desk, order, Said.PINCODE, "560001") == Verdict(True, TRIES - 1)


def test_a_role_that_verifies_nobody(desk):
    """A warehouse is refused."""
    actor = desk.actor(desk.person(Role.WAREHOUSE))
    done = ask(desk, desk.scene.admit(), Said.PINCODE, "560001", actor)
    assert done.code == "may_not_verify"
