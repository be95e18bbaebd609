"""Assignments: one partner a parcel and hop; the one before loses access."""

from orderveil.core.hops import Hop
from orderveil.partners.assignments import assign, assignee, default_partner, handled_by
from orderveil.partners.registry import set_suspended
from partners import sample
from partners.sample import NOW

ORDER = bytes(range(16))


def give(partner, parcel_no=1, hop=Hop.COURIER):
    """Assign the parcel; did that change anything?"""
    return assign(ORDER, parcel_no, hop, partner.pk, partner.brand_id, now=NOW)


def test_a_parcel_has_one_partner_for_a_hop(partner):
    """Giving it to another takes it from the first; giving it twice changes nothing."""
    other = sample.new_partner(partner.brand, "parcelo")
    assert assignee(ORDER, 1, Hop.COURIER) is None
    assert give(partner)
    assert not give(partner)
    assert assignee(ORDER, 1, Hop.COURIER) == partner.pk
    assert give(other)
    assert assignee(ORDER, 1, Hop.COURIER) == other.pk


def test_parcels_and_hops_are_apart(partner):
    """The second parcel, and the label, are nobody's yet."""
    give(partner)
    assert assignee(ORDER, 2, Hop.COURIER) is None
    assert assignee(ORDER, 1, Hop.LABEL) is None
    assert assignee(bytes(16), 1, Hop.COURIER) is None


def test_who_handles_an_order_is_asked_by_parcel_or_for_all(partner, brand):
    """Without a number, whoever has any of its parcels for that hop."""
    other = sample.new_partner(brand, "other-courier")
    give(partner)
    assign(ORDER, 2, Hop.COURIER, other.pk, brand.pk, now=NOW)
    assert handled_by(ORDER, 1, Hop.COURIER) == {partner.pk}
    assert handled_by(ORDER, 2, Hop.COURIER) == {other.pk}
    assert handled_by(ORDER, None, Hop.COURIER) == {partner.pk, other.pk}
    assert handled_by(ORDER, None, Hop.LABEL) == set()


def test_the_default_partner_is_the_first_that_is_able(brand):
    """Of the brand's partners that take parcels by default, the oldest that is not suspended."""
    sample.new_partner(brand, "byname")
    first = sample.new_partner(brand, "first", assigned_by_default=True)
    second = sample.new_partner(brand, "second", assigned_by_default=True)
    sample.new_partner(sample.new_brand("saree"), "theirs", assigned_by_default=True)
    assert default_partner(brand.pk, Hop.COURIER) == first
    assert default_partner(brand.pk, Hop.WMS) is None
    set_suspended(first, suspended=True, now=NOW)
    assert default_partner(brand.pk, Hop.COURIER) == second
