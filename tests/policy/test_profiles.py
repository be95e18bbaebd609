"""The three profiles that ship are the law's table, cell by cell."""

import pytest

from orderveil.core.fields import Field
from orderveil.core.floors import crossings
from orderveil.core.forms import SHOWS_NOTHING, Form, tells_at_most
from orderveil.core.hops import PURPOSE_OF, Hop, Reach
from orderveil.core.states import ParcelState
from orderveil.core.table import Profile, Requirement, changes, provably_tighter
from orderveil.policy.prose import LETTER
from orderveil.policy.toml import PolicyError, load, profile_text
from policy import law

VIRTUAL = frozenset({Field.PHONE, Field.EMAIL})
STRICT = load(profile_text(Profile.STRICT), virtual=VIRTUAL)
BALANCED = load(profile_text(Profile.BALANCED))
TODAY = load(profile_text(Profile.TODAY))
LOADED = {Profile.STRICT: STRICT, Profile.BALANCED: BALANCED, Profile.TODAY: TODAY}


@pytest.mark.parametrize("hop", law.HOPS)
def test_strict_is_the_laws_table(hop):
    """Every cell of the hop's column has the law's letter."""
    assert {f: LETTER[STRICT.rows[hop].form(f)] for f in Field} == law.STRICT[hop]


def test_a_letter_is_one_form():
    """No two forms are printed alike, so the table above can't hide a difference."""
    assert len(set(LETTER.values())) == len(Form) == len(LETTER)


@pytest.mark.parametrize("profile", Profile)
def test_the_shops_door_acknowledges_only(profile):
    """The storefront gets numbers, dates and states back, and no personal field."""
    row = LOADED[profile].rows[Hop.STOREFRONT]
    assert {f for f in Field if row.form(f) not in SHOWS_NOTHING} == law.ACKNOWLEDGEMENT


@pytest.mark.parametrize("profile", [Profile.STRICT, Profile.BALANCED])
def test_retention_sees_dates_and_states(profile):
    """Retention needs to know when and how far, not who or what."""
    row = LOADED[profile].rows[Hop.RETENTION]
    assert {f for f in Field if row.form(f) not in SHOWS_NOTHING} == law.RETENTION


@pytest.mark.parametrize("profile", [Profile.STRICT, Profile.BALANCED])
@pytest.mark.parametrize("hop", Hop)
def test_windows_and_reach_are_the_laws(profile, hop):
    """Warehouse, label and courier get assigned parcels, and only while they handle them."""
    row = LOADED[profile].rows[hop]
    assert (row.reach == Reach.ASSIGNED) == (hop in law.ASSIGNED)
    if hop in law.STATES:
        assert row.states == law.STATES[hop]
    elif hop == Hop.COMMS:
        assert row.states == set(ParcelState) - {ParcelState.CLOSED}
    else:
        assert row.states == set(ParcelState)


@pytest.mark.parametrize("profile", Profile)
@pytest.mark.parametrize("hop", Hop)
def test_who_sees_people_must_have_signed(profile, hop):
    """A row that shows any personal field needs an agreement, and says its purpose.

    Couriers' has to name its terms, but for a brand that shows what they get today.
    """
    row = LOADED[profile].rows[hop]
    unsigned = {Hop.STOREFRONT, Hop.IMS, Hop.RETENTION}
    with_terms = hop == Hop.COURIER and profile != Profile.TODAY
    terms = {Requirement.TERMS} if with_terms else set()
    assert row.needs == (frozenset() if hop in unsigned else {Requirement.AGREEMENT} | terms)
    assert row.purpose == PURPOSE_OF[hop]


def test_balanced_without_virtual_contact_differs_in_three_cells():
    """The whole phone for couriers, the masked one on labels, and no email: nothing else."""
    found = {(c.hop, c.what): (c.before, c.after) for c in changes(STRICT, BALANCED)}
    assert found == {
        (Hop.LABEL, "phone"): ("virtual", "masked"),
        (Hop.COURIER, "phone"): ("virtual", "whole"),
        (Hop.COURIER, "email"): ("virtual", "absent"),
        (Hop.COURIER, "profile"): ("strict", "balanced"),
    }


def test_balanced_with_virtual_contact_is_strict_in_every_cell():
    """Configure the numbers and the two tables say the same."""
    balanced = load(profile_text(Profile.BALANCED), virtual=VIRTUAL)
    assert balanced.cells() == STRICT.cells()
    assert provably_tighter(balanced, STRICT)


def test_strict_does_not_load_without_virtual_contact():
    """Each mistake names its cell, and the profile that works without."""
    with pytest.raises(PolicyError) as caught:
        load(profile_text(Profile.STRICT))
    assert {p.pointer for p in caught.value.problems} == {
        "/hops/courier/fields/phone",
        "/hops/courier/fields/email",
    }
    assert all("`balanced`" in p.remedy for p in caught.value.problems)
    assert "`balanced`" in caught.value.diagnostics()


def test_a_phone_number_alone_does_not_make_strict_load():
    """Strict offers couriers a virtual email too; without a relay it says so."""
    with pytest.raises(PolicyError) as caught:
        load(profile_text(Profile.STRICT), virtual=frozenset({Field.PHONE}))
    assert [p.pointer for p in caught.value.problems] == ["/hops/courier/fields/email"]


@pytest.mark.parametrize("profile", Profile)
def test_no_profile_crosses_a_floor(profile):
    """Not even `today`: the floors are what we change about today."""
    assert crossings(LOADED[profile]) == []
    assert LOADED[profile].profile == profile
    assert LOADED[profile].name == profile


@pytest.mark.parametrize("hop", Hop)
def test_today_is_the_loosest(hop):
    """No cell of the other two tells more than today's; a courier's email can't be compared."""
    for table in (STRICT, BALANCED):
        for field in Field:
            form, today = table.rows[hop].form(field), TODAY.rows[hop].form(field)
            if (form, today) == (Form.VIRTUAL, Form.MASKED):
                assert (hop, field) == (Hop.COURIER, Field.EMAIL)
            else:
                assert tells_at_most(form, today), (hop, field)
        assert table.rows[hop].states <= TODAY.rows[hop].states
        assert table.rows[hop].needs >= TODAY.rows[hop].needs
