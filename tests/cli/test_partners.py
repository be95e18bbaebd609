"""Partners, credentials, channels and subscriptions at the command line."""

import re
from datetime import UTC, datetime

import pytest

from orderveil.core.errors import Problem
from orderveil.gate import law
from orderveil.ledger.queries import entries_of
from scene import rows

HOOK = "https://hooks.swiftpost.example/orderveil"
OF_SWIFTPOST = ("--partner", "swiftpost", "--hop", "courier")

FULL_TERMS = (
    *("--document", "5a" * 32, "--country", "IN", "--country", "de"),
    *("--sub-processor", "Invented Riders Pvt Ltd", "--deletion-days", "30"),
    *("--breach-hours", "24", "--contact", "privacy@swiftpost.example"),
)


@pytest.fixture
def courier(shop):
    """A shop with a courier that has an agreement."""
    shop("partner", "add", "swiftpost", "--hop", "courier")
    shop("partner", "agree", "swiftpost", "--from", "2026-01-01", *FULL_TERMS)
    return shop


def listed(shop):
    return {row["partner"]: row for row in shop.json("partner", "list")}


def let_in(token):
    """Whether the machine door takes this token."""
    found = law.authenticate(token, now=datetime.now(UTC), address="192.0.2.7")
    return not isinstance(found, Problem)


def test_a_partner_has_no_standing_before_its_agreement(shop):
    """The list tells which paper is missing; a past agreement is none, and terms are named."""
    shop("partner", "add", "swiftpost", "--hop", "courier")
    assert listed(shop)["swiftpost"]["agreement"] == "none on record"
    shop("partner", "agree", "swiftpost", "--from", "2020-01-01", "--to", "2020-12-31")
    assert listed(shop)["swiftpost"]["agreement"] == (
        "none in force: the last one ended on 2020-12-31"
    )
    some = [*FULL_TERMS[:-4], "--contact", "privacy@swiftpost.example"]
    told = shop.json("partner", "agree", "swiftpost", "--from", "2026-01-01", *some)
    assert told["does_not_name"] == ["breach-notification hours"]
    said = "in force, does not name: breach-notification hours"
    assert listed(shop)["swiftpost"]["agreement"] == said
    shop("partner", "agree", "swiftpost", "--from", "2026-01-01", *FULL_TERMS)
    assert listed(shop)["swiftpost"]["agreement"] == "in force"


def test_terms_that_are_none_are_refused(shop):
    """A country that does not exist, an address that is none: nothing is recorded."""
    shop("partner", "add", "swiftpost", "--hop", "courier")
    begin = ("partner", "agree", "swiftpost", "--from", "2026-01-01")
    for wrong, code in (
        (("--country", "XX"), "country_invalid"),
        (("--contact", "privacy"), "contact_invalid"),
        (("--document", "5a5a"), "digest_invalid"),
        (("--deletion-days", "-1"), "deletion_invalid"),
        (("--breach-hours", "0"), "breach_hours_invalid"),
    ):
        assert shop.json(*begin, *wrong, exit_code=1)["code"] == code
    assert listed(shop)["swiftpost"]["agreement"] == "none on record"


def test_suspending_and_rolling_out(courier):
    """Suspended, restored, observed, enforced for a share: the list follows."""
    courier("partner", "suspend", "swiftpost")
    assert listed(courier)["swiftpost"]["suspended_at"]
    courier("partner", "restore", "swiftpost")
    assert listed(courier)["swiftpost"]["suspended_at"] is None
    for typed, said in (("25%", "enforce 25%"), ("observe", "OBSERVE"), ("enforce", "enforce")):
        courier("partner", "mode", "swiftpost", typed)
        assert listed(courier)["swiftpost"]["mode"].startswith(said)
    refused = courier.json("partner", "mode", "swiftpost", "maybe", exit_code=1)
    assert refused["code"] == "unknown_mode"
    assert courier.json("partner", "mode", "swiftpost", "101%", exit_code=1)["code"]


def test_a_parcel_is_assigned_by_a_person(courier, one):
    """The act names who did it; a partner that doesn't run the hop is refused."""
    args = ("partner", "assign", "A1", "swiftpost", "--hop")
    assert courier.json(*args, "wms", exit_code=1)["code"] == "wrong_hop"
    assert courier.json(*args, "courier")["parcel"] == 1
    act = entries_of(bytes.fromhex(one))[-1].entry
    assert act.kind == "parcel_assigned"
    assert act.who.person.startswith("machine:")


def test_a_token_is_shown_once_and_not_stored(courier):
    """The token opens the door; neither it nor its secret is in the database or in the list."""
    made = courier.json("credential", "add", *OF_SWIFTPOST, "--daily-limit", "20")
    assert let_in(made["token"])
    secret = made["token"].split("_", 2)[2]
    stored = rows("SELECT partners_credential::text FROM partners_credential")
    assert secret not in str(stored)
    assert secret.encode().hex() not in str(stored)
    courier.printed.clear()
    courier("credential", "list")
    (row,) = courier.json("credential", "list")
    assert (row["state"], row["daily_limit"]) == ("in force", 20)
    assert made["token"] not in "".join(courier.printed)


def test_a_revoked_credential_opens_nothing(courier):
    """After the command has returned the token is unknown."""
    made = courier.json("credential", "add", *OF_SWIFTPOST)
    courier("credential", "revoke", made["credential"])
    assert not let_in(made["token"])
    assert courier.json("credential", "list")[0]["state"] == "revoked"
    assert courier.json("credential", "revoke", 99, exit_code=1)["code"] == "not_found"


def test_a_rotated_credential_keeps_its_old_token_for_a_while(courier):
    """A day unless told otherwise; with no overlap the old token is over at once."""
    made = courier.json("credential", "add", *OF_SWIFTPOST)
    second = courier.json("credential", "rotate", made["credential"])
    assert [let_in(each["token"]) for each in (made, second)] == [True, True]
    third = courier.json("credential", "rotate", made["credential"], "--overlap-hours", 0)
    law.forget()
    assert [let_in(each["token"]) for each in (made, second, third)] == [False, False, True]
    courier("credential", "rotate", made["credential"], "--overlap-hours", 721, exit_code=2)
    assert courier.json("credential", "rotate", 99, exit_code=1)["code"] == "not_found"


def test_a_channels_secret_is_rotated(shop):
    """Ours is shown once; the shop's is read from input and not repeated."""
    first = shop.json("channel", "rotate", "shopify")["secret"]
    assert len(first) >= 32
    shop.printed.clear()
    args = ("channel", "rotate", "shopify", "--overlap-hours", 1, "--secret-from-stdin")
    assert shop.json(*args, typed="shop-made-invented\n")["secret"] is None
    shop("channel", "list")
    assert "shop-made-invented" not in "".join(shop.printed)
    assert shop.json("ledger", "list")[-1]["kind"] == "channel_rotated"


def test_networks_and_expiry_hold(courier):
    """A token is good from its networks and until it expires."""
    far = courier.json("credential", "add", *OF_SWIFTPOST, "--network", "198.51.100.0/24")
    old = courier.json("credential", "add", *OF_SWIFTPOST, "--expires", "2026-01-01")
    near = courier.json("credential", "add", *OF_SWIFTPOST, "--network", "192.0.2.0/24")
    assert [let_in(each["token"]) for each in (far, old, near)] == [False, False, True]
    assert [row["state"] for row in courier.json("credential", "list")] == [
        "in force",
        "expired",
        "in force",
    ]


def test_a_partner_that_is_revoked_loses_everything_at_once(courier):
    """Suspended, credentials revoked, subscriptions ended; a second time there is nothing left."""
    made = courier.json("credential", "add", *OF_SWIFTPOST)
    courier("subscription", "add", *OF_SWIFTPOST, "--kind", "parcel.assigned", HOOK)
    done = courier.json("partner", "revoke", "swiftpost")
    assert done == {"credentials": [made["credential"]], "subscriptions": [1], "devices": []}
    assert not let_in(made["token"])
    assert courier.json("partner", "revoke", "swiftpost") == {
        "credentials": [],
        "subscriptions": [],
        "devices": [],
    }


def test_a_channel_shows_its_address_and_a_secret_it_made(shop):
    """A secret of ours is shown once; one that the shop made is read from input, not repeated."""
    made = shop.json("channel", "add", "web", "--format", "shopify")
    assert made["path"] == f"/v1/channels/{made['channel']}"
    assert len(made["secret"]) >= 32
    shop.printed.clear()
    args = ("channel", "add", "web2", "--format", "shopify", "--secret-from-stdin")
    assert shop.json(*args, typed="shop-made-invented\n")["secret"] is None
    shop("channel", "list")
    assert "shop-made-invented" not in "".join(shop.printed)
    assert made["secret"] not in "".join(shop.printed)


def test_a_revoked_channel_takes_nothing(shop):
    """Once closed it is no channel any more; the act is on the ledger."""
    shop("channel", "revoke", "shopify")
    assert shop.json("channel", "revoke", "shopify", exit_code=1)["code"] == "not_found"
    assert shop.json("ledger", "list")[-1]["kind"] == "channel_revoked"
    states = {row["name"]: row["state"] for row in shop.json("channel", "list")}
    assert (states["shopify"], states["amazon"]) == ("revoked", "open")


def test_a_subscription_is_an_act_and_its_secret_is_shown_once(courier):
    """Added, rotated, revoked: the ledger tells of each, the secrets differ."""
    add = ("subscription", "add", *OF_SWIFTPOST, "--kind", "parcel.assigned")
    made = courier.json(*add, HOOK)
    fresh = courier.json("subscription", "rotate", made["subscription"])
    assert made["secret"] != fresh["secret"]
    assert re.fullmatch("whsec_.+", fresh["secret"])
    courier("subscription", "revoke", made["subscription"])
    (row,) = courier.json("subscription", "list")
    assert (row["state"], row["partner"]) == ("revoked", "swiftpost")
    kinds = [line["kind"] for line in courier.json("ledger", "list")]
    steps = ("added", "rotated", "revoked")
    assert kinds[-3:] == [f"subscription_{step}" for step in steps]
    refused = courier.json("subscription", "revoke", made["subscription"], exit_code=1)
    assert refused["code"] == "no_such_subscription"


def test_webhooks_go_to_public_https_only(courier):
    """Plain http, or an address of this network, is refused and leaves nothing."""
    add = ("subscription", "add", *OF_SWIFTPOST, "--kind", "parcel.assigned")
    for url in ("http://hooks.swiftpost.example/", "https://127.0.0.1/"):
        courier.json(*add, url, exit_code=1)
    assert courier.json("subscription", "list") == []
    assert courier.json("subscription", "dead") == []
    assert courier.json("subscription", "retry", 1, exit_code=1)["code"] == "no_such_delivery"


def test_brands_are_never_guessed(shop):
    """With two brands, --brand is needed; the refusal lists them."""
    shop("init", "--brand", "other")
    refused = shop.json("partner", "list", exit_code=1)
    assert refused["code"] == "name_needed"
    assert "acme, other" in refused["detail"]
    assert shop.json("init", "--brand", "other", exit_code=1)["code"] == "brand_exists"
