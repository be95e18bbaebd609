"""Lines: whose telephony a call goes through."""

import pytest

from orderveil.contacts import setup
from orderveil.core.clocks import utc_now
from orderveil.core.errors import RefusedError
from orderveil.core.hops import Hop
from orderveil.hops.calls import lines
from orderveil.hops.calls.lines import Terms
from orderveil.hops.calls.speech import Provider
from orderveil.ledger import queries
from scene import ME


def test_each_line_tells_its_own_partner(telephone):
    """Two providers, two recipients on record, whoever is set up as the brand's first choice."""
    other = telephone.scene.new_seat(Hop.COMMS, "secondline").partner
    terms = Terms(Provider.JSON, through=other)
    telephone.json, telephone.secret = lines.add(
        telephone.scene.brand.pk, terms, {}, now=utc_now(), who=ME
    )
    telephone.ask_json(telephone.pin)
    telephone.ask_exotel(telephone.pin)
    told = [each.partner for each in queries.entries_of(telephone.order) if each.hop == Hop.COMMS]
    assert sorted(told) == sorted([other.pk, telephone.exotel.partner_id])
    assert other.pk != telephone.exotel.partner_id


def test_a_line_is_a_partners_that_carries_calls(telephone):
    """A courier's account is none; a brand that set nobody up has to say whose it is."""
    brand, courier = telephone.scene.brand.pk, telephone.scene.seat(Hop.COURIER).partner
    with pytest.raises(RefusedError) as wrong:
        lines.add(brand, Terms(Provider.JSON, through=courier), {}, now=utc_now(), who=ME)
    assert wrong.value.problem.code == "wrong_hop"
    setup.save(brand, {"call_partner_id": None}, now=utc_now(), who=ME)
    with pytest.raises(RefusedError) as nobody:
        lines.add(brand, Terms(Provider.JSON), {}, now=utc_now(), who=ME)
    assert nobody.value.problem.pointer == "/through"
