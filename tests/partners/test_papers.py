"""What an agreement names: checked and spelled one way, and what it leaves out."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from orderveil.core.errors import RefusedError
from orderveil.core.hops import Hop
from orderveil.core.papers import Term, unnamed
from orderveil.partners import registry
from orderveil.partners.papers import LONGEST_NAME, MOST_FIRMS, Terms, checked, is_contact, named
from orderveil.partners.standing import contact_of, deletion_days_of
from scene import FULL_TERMS, NOW, Scene

TODAY = NOW.date()


def test_full_terms_leave_nothing_out():
    """Sub-processors may be none: no policy asks for one."""
    assert unnamed(named(FULL_TERMS)) == ()
    assert unnamed(named(replace(FULL_TERMS, sub_processors=()))) == ()
    assert unnamed(named(Terms())) == tuple(Term)


def test_a_term_of_no_days_is_named():
    """Zero is an answer: it deletes on the day of the delivery."""
    assert Term.DELETION in named(Terms(deletion_days=0))


def test_what_is_typed_is_spelled_one_way():
    """Capitals, blanks, repetitions."""
    said = checked(
        Terms("AB" * 32 + " ", (" Swift  Riders", "Swift Riders", ""), ("in", "DE", "IN"))
    )
    assert said == Terms("ab" * 32, ("Swift Riders",), ("DE", "IN"))


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        (Terms(document_digest="ab"), "/document_digest"),
        (Terms(document_digest="g" * 64), "/document_digest"),
        (Terms(countries=("IN", "XX")), "/countries/1"),
        (Terms(sub_processors=("x" * (LONGEST_NAME + 1),)), "/sub_processors/0"),
        (
            Terms(sub_processors=tuple(map(str, range(MOST_FIRMS + 1)))),
            f"/sub_processors/{MOST_FIRMS}",
        ),
        (Terms(deletion_days=-1), "/deletion_days"),
        (Terms(breach_hours=0), "/breach_hours"),
        (Terms(contact="privacy"), "/contact"),
    ],
)
def test_what_is_none_is_refused_with_its_place(wrong, pointer):
    """Nothing is recorded of it, and the remedy says what would be."""
    with pytest.raises(RefusedError) as refused:
        checked(wrong)
    problem = refused.value.problem
    assert problem.pointer == pointer
    assert problem.remedy
    assert problem.rule


@pytest.mark.parametrize(
    "text",
    ["a@b", "a b@c.example", "a@c.example\nBcc: d@e.example", "@c.example", "a@" + "x" * 260],
)
def test_an_address_that_could_break_a_header_is_none(text):
    """Mail goes there: one plain address, and nothing else."""
    assert not is_contact(text)


def test_deletion_is_owed_after_the_agreements_end(db):
    """The purge clock reads what decided last; before any began there is nothing to read."""
    scene = Scene.make()
    partner = scene.new_seat(Hop.COURIER, "swift", agreed=False).partner
    assert (deletion_days_of(partner.pk, TODAY), contact_of(partner.pk, TODAY)) == (None, "")
    last = TODAY - timedelta(days=1)
    registry.agree(partner, date(2026, 1, 1), last, now=NOW, terms=FULL_TERMS)
    assert deletion_days_of(partner.pk, TODAY) == FULL_TERMS.deletion_days
    assert contact_of(partner.pk, TODAY) == FULL_TERMS.contact
    registry.agree(partner, TODAY, None, now=NOW, terms=replace(FULL_TERMS, deletion_days=7))
    assert deletion_days_of(partner.pk, TODAY) == 7
