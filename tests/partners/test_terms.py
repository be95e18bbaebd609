"""A centre's terms and the brand's published channel: what is nonsense is not stored."""

from datetime import time

import pytest

from orderveil.core.errors import RefusedError
from orderveil.partners import terms
from orderveil.partners.models import Brand, Partner
from orderveil.partners.terms import CentreTerms
from partners import sample
from partners.sample import NOW, WHO


def put(partner, **said):
    """Set these terms; what is stored then."""
    terms.set_centre_terms(partner, CentreTerms(**said), now=NOW, who=WHO)
    return Partner.objects.get(pk=partner.pk)


def test_a_centres_terms_are_stored_in_one_spelling(partner):
    """Networks as CIDR, days sorted, hours with their zone; and the act tells them."""
    found = put(
        partner,
        networks=("192.0.2.7", "2001:db8::/32"),
        days=(5, 1, 1),
        opens=time(22),
        closes=time(6),
        zone="Asia/Manila",
    )
    assert found.desk_networks == ["192.0.2.7/32", "2001:db8::/32"]
    assert (found.desk_days, found.desk_zone) == ([1, 5], "Asia/Manila")
    assert (found.desk_opens, found.desk_closes) == (time(22), time(6))
    assert sample.last_detail(partner.brand)[1]["days"] == "1,5"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"opens": time(9)}, "hours_invalid"),
        ({"closes": time(9)}, "hours_invalid"),
        ({"opens": time(9), "closes": time(9)}, "hours_invalid"),
        ({"zone": "Asia/Nowhere"}, "zone_invalid"),
        ({"days": (0,)}, "day_invalid"),
        ({"days": (8,)}, "day_invalid"),
        ({"networks": ("192.0.2.1/24",)}, "network_invalid"),
    ],
)
def test_terms_that_nobody_could_mean_are_refused(partner, said, code):
    """Nothing changes."""
    before = sample.revision(partner.brand)
    with pytest.raises(RefusedError) as caught:
        put(partner, **said)
    assert caught.value.problem.code == code
    assert Partner.objects.get(pk=partner.pk).desk_networks == []
    assert sample.revision(partner.brand) == before


def test_a_brand_says_where_it_is_found(brand):
    """And can take it back; the act says whether there is one."""
    terms.publish_channel(brand, "  care.kurta.example ", now=NOW, who=WHO)
    assert Brand.objects.get(pk=brand.pk).published_channel == "care.kurta.example"
    assert sample.last_detail(brand)[1] == {"published_channel": True}
    terms.publish_channel(brand, "", now=NOW, who=WHO)
    assert Brand.objects.get(pk=brand.pk).published_channel == ""
    assert sample.last_act(brand) == ("brand_changed", f"brand:{brand.pk}")


def test_a_return_address_is_kept_as_it_stands_on_labels(brand):
    """Tidy lines; the act says that there is one, and not which."""
    terms.set_return_address(brand, " Unit 4,  Peenya \n\n Bengaluru 560058\n", now=NOW, who=WHO)
    assert Brand.objects.get(pk=brand.pk).return_address == "Unit 4, Peenya\nBengaluru 560058"
    assert sample.last_detail(brand)[1] == {"return_address": True}


@pytest.mark.parametrize("text", ["x" * 81, "a\nb\nc\nd\ne"])
def test_a_return_address_that_fits_no_label_is_refused(brand, text):
    """It says how much fits, and nothing changes."""
    with pytest.raises(RefusedError) as refused:
        terms.set_return_address(brand, text, now=NOW, who=WHO)
    assert refused.value.problem.code == "return_address_long"
    assert Brand.objects.get(pk=brand.pk).return_address == ""
