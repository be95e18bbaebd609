"""Subscribing, rotating, ending: each an act that names who did it, and none names a secret."""

import hashlib
from datetime import timedelta

import pytest

from orderveil.core.errors import RefusedError
from orderveil.core.hops import Hop
from orderveil.ledger.acts import Who
from orderveil.outbox import subscribing, subscriptions
from orderveil.outbox.events import EventKind
from partners import sample
from partners.sample import NOW

ME = Who(person="person:7")
URL = "https://hooks.partner.example/in"


@pytest.fixture
def made(db):
    """A subscription of a courier, and its secret."""
    partner = sample.new_partner(sample.new_brand())
    kinds = [EventKind.PARCEL_PACKED]
    return partner, *subscribing.add(partner, Hop.COURIER, URL, kinds, now=NOW, who=ME)


def test_a_subscription_is_recorded_with_who_made_it(made):
    """Its act names partner, hop and kinds, and where to by a digest: a URL may hold a token."""
    partner, subscription, secret = made
    subject = f"subscription:{subscription.subscription_id}"
    assert sample.last_act(partner.brand) == ("subscription_added", subject)
    who, detail = sample.last_detail(partner.brand)
    assert (who, detail["kinds"]) == ("person:7", "parcel.packed")
    assert detail["url_digest"] == hashlib.sha256(URL.encode()).hexdigest()
    assert URL not in sample.everything_stored("ledger_entry")
    assert secret not in sample.everything_stored("ledger_entry")


@pytest.mark.parametrize("hours", [0, 1])
def test_a_rotation_is_recorded_and_leaves_as_many_secrets_as_was_chosen(made, hours):
    """Without an overlap the old one is not even kept."""
    partner, subscription, old = made
    number = subscription.subscription_id
    overlap = timedelta(hours=hours)
    new = subscribing.rotate(partner.brand_id, number, overlap=overlap, now=NOW, who=ME)
    assert new != old
    found = subscriptions.find(partner.brand_id, number)
    assert len(subscriptions.signing_secrets(found, NOW)) == 1 + hours
    assert sample.everything_stored("keyring_secret").count(":previous") == hours
    assert sample.last_act(partner.brand)[0] == "subscription_rotated"
    assert sample.last_detail(partner.brand) == ("person:7", {"overlap_seconds": 3600 * hours})


def test_an_end_is_recorded_once(made):
    """The second time nothing happens."""
    partner, subscription, _ = made
    number = subscription.subscription_id
    assert subscribing.end(partner.brand_id, number, now=NOW, who=ME)
    assert sample.last_act(partner.brand)[0] == "subscription_revoked"
    assert not subscribing.end(partner.brand_id, number, now=NOW, who=ME)
    with pytest.raises(RefusedError) as caught:
        subscribing.rotate(partner.brand_id, number, now=NOW, who=ME)
    assert caught.value.problem.status == 404


def test_another_brands_subscription_is_not_there(made):
    """Neither rotated nor ended, and nothing is recorded."""
    _, subscription, _ = made
    other = sample.new_brand("saree")
    before = sample.last_act(other)
    number = subscription.subscription_id
    assert not subscribing.end(other.pk, number, now=NOW, who=ME)
    with pytest.raises(RefusedError):
        subscribing.rotate(other.pk, number, now=NOW, who=ME)
    assert sample.last_act(other) == before


def test_a_refused_address_leaves_no_act(made):
    """And a hop that the partner does not run neither."""
    partner = made[0]
    before = sample.everything_stored("ledger_entry")
    kinds = [EventKind.PARCEL_PACKED]
    for hop, url in ((Hop.COURIER, "http://127.0.0.1/in"), (Hop.WMS, URL)):
        with pytest.raises(RefusedError):
            subscribing.add(partner, hop, url, kinds, now=NOW, who=ME)
    assert sample.everything_stored("ledger_entry") == before
