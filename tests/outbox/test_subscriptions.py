"""Subscriptions: the secret is shown once, rotated with an overlap, and ends with the rest."""

from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from orderveil.core.errors import Problem
from orderveil.core.hops import Hop
from orderveil.keyring.providers import KeyringError
from orderveil.outbox import subscriptions
from orderveil.outbox.events import EventKind
from orderveil.outbox.webhooks import signed_headers
from outbox.samples import BRAND, NOW, OTHER_BRAND, PARTNER, URL, queue, rows, subscribed

KINDS = [EventKind.PARCEL_SHIPPED]


def test_the_secret_shown_is_the_secret_that_signs(db):
    """The partner's library verifies, with the secret it was shown, what we sign."""
    subscription, secret = subscribed()
    signing = subscriptions.signing_secrets(subscription, NOW)
    headers = signed_headers(signing, "msg_1", datetime.now(UTC), b"{}")
    assert Webhook(secret).verify(b"{}", dict(headers)) == {}


def test_the_secret_is_not_in_the_subscription(db):
    """Neither the subscription's repr nor its row holds the secret."""
    subscription, secret = subscribed()
    assert secret not in repr(subscription)
    assert secret.removeprefix("whsec_") not in repr(rows("outbox_subscription"))


def test_after_a_rotation_both_secrets_sign_for_a_while(db):
    """Old and new sign side by side during the overlap, the new one alone afterwards."""
    subscription, old = subscribed()
    new = subscriptions.rotate_secret(
        BRAND, subscription.subscription_id, NOW, overlap=timedelta(hours=1)
    )
    rotated = subscriptions.find(BRAND, subscription.subscription_id)
    during = subscriptions.signing_secrets(rotated, NOW + timedelta(minutes=59))
    after = subscriptions.signing_secrets(rotated, NOW + timedelta(hours=1))
    spelled = [subscriptions.spell_secret(each) for each in during]
    assert spelled == [new, old]
    assert after == during[:1]


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://partner.example/", "bad_url"),
        ("https://user:secret@partner.example/", "bad_url"),
        ("https://10.0.0.1/", "address_refused"),
    ],
)
def test_a_url_we_would_not_call_is_refused_at_once(db, url, code):
    """A refused URL is a Problem that points at it, and leaves nothing behind."""
    problem = subscriptions.subscribe(BRAND, PARTNER, Hop.WMS, url, KINDS, now=NOW)
    assert isinstance(problem, Problem)
    assert (problem.code, problem.pointer) == (code, "/url")
    assert rows("outbox_subscription") == []


def test_a_subscription_to_nothing_is_refused(db):
    """At least one kind has to be named."""
    problem = subscriptions.subscribe(BRAND, PARTNER, Hop.WMS, URL, [], now=NOW)
    assert isinstance(problem, Problem)
    assert problem.pointer == "/kinds"


def test_private_partners_need_the_installation_to_allow_them(db, settings_private):
    """With the setting, plain http and private addresses are taken; metadata never is."""
    subscription, _ = subscribed("http://10.0.0.1:8080/hooks")
    assert subscription.url == "http://10.0.0.1:8080/hooks"
    problem = subscriptions.subscribe(
        BRAND, PARTNER, Hop.WMS, "http://169.254.169.254/", KINDS, now=NOW
    )
    assert problem.code == "address_refused"


def test_another_brands_subscription_is_not_there(db):
    """Finding, listing, rotating and revoking stay inside the brand."""
    subscription, _ = subscribed()
    number = subscription.subscription_id
    assert subscriptions.find(OTHER_BRAND, number) is None
    assert subscriptions.listing(OTHER_BRAND) == []
    assert subscriptions.rotate_secret(OTHER_BRAND, number, NOW).status == 404
    assert subscriptions.revoke(OTHER_BRAND, number, NOW).status == 404
    assert subscriptions.find(BRAND, number) == subscription


def test_a_listing_can_be_of_one_partner(db):
    """The listing holds all of a brand's subscriptions, or one partner's."""
    mine, _ = subscribed()
    other, _ = subscribed(partner_id=PARTNER + 1)
    assert subscriptions.listing(BRAND) == [mine, other]
    assert subscriptions.listing(BRAND, partner_id=PARTNER + 1) == [other]


def test_pages_follow_each_other(db):
    """Those that live first, each once; wherever the last one stands by now; no other brand's."""
    numbers = [subscribed()[0].subscription_id for _ in range(5)]
    other, _ = subscribed(brand_id=OTHER_BRAND)
    for number in numbers[1], numbers[4]:
        assert subscriptions.revoke(BRAND, number, NOW) is None
    order = [numbers[place] for place in (3, 2, 0, 4, 1)]
    after, found = None, []
    while page := subscriptions.page(BRAND, limit=2, after=after):
        assert len(page) <= 2
        found += [each.subscription_id for each in page]
        after = found[-1]
    assert found == order
    for nothing in (other.subscription_id, 1 << 40):
        (first,) = subscriptions.page(BRAND, limit=1, after=nothing)
        assert first.subscription_id == order[0]
    assert subscriptions.page(BRAND, limit=9, partner_id=PARTNER + 1) == []


def test_revoking_ends_what_was_to_be_sent(db):
    """A revoked subscription's pending deliveries are dead, and it can't be revoked twice."""
    subscription, _ = subscribed()
    assert queue(2) == 2
    assert subscriptions.revoke(BRAND, subscription.subscription_id, NOW) is None
    assert rows("outbox_delivery", "state, last_error") == [("dead", "revoked")] * 2
    assert subscriptions.revoke(BRAND, subscription.subscription_id, NOW).status == 404
    assert subscriptions.rotate_secret(BRAND, subscription.subscription_id, NOW).status == 404
    revoked = subscriptions.find(BRAND, subscription.subscription_id)
    assert revoked.revoked_at == NOW
    with pytest.raises(KeyringError):
        subscriptions.signing_secrets(revoked, NOW)
