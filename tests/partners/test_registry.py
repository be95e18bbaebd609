"""Brands, channels, partners, agreements: each change is an act, and may change the law."""

from datetime import date, timedelta

import pytest

from orderveil.contacts import setup as contacts
from orderveil.core.decision import Mode
from orderveil.core.devices import DeviceKind
from orderveil.core.errors import RefusedError
from orderveil.core.hops import Hop
from orderveil.gate import law
from orderveil.hops.courier import accounts
from orderveil.ledger.act_kinds import CHANGES_LAW, ActKind
from orderveil.ledger.acts import Who, machine
from orderveil.partners import channels, credentials, devices, narrowing, registry, terms
from orderveil.partners.models import Agreement, Partner
from orderveil.partners.papers import Terms
from orderveil.partners.standing import standings
from orderveil.partners.terms import CentreTerms
from orderveil.policy import versions
from partners import sample
from partners.sample import NOW
from policy import sample as policies

TODAY = NOW.date()
DAY = timedelta(days=1)


def standing(partner, today=TODAY):
    """The partner's standing as decisions see it."""
    found = law.reload(partner.brand_id)
    return found.standing(found.partners[partner.pk], today)


def refusal(call, *arguments, **said):
    """The code of the refusal that this call must meet."""
    with pytest.raises(RefusedError) as caught:
        call(*arguments, **said)
    assert caught.value.problem.remedy
    return caught.value.problem.code


def carrier_of(brand):
    """A courier of the brand's, with an account at a carrier."""
    made = registry.add_partner(brand, "vanline", [Hop.COURIER], now=NOW)
    terms_of = {"options": {"pickup_location": "Depot"}, "secrets": {"token": "invented"}}
    return accounts.connect(made, "delhivery", now=NOW, who=sample.WHO, **terms_of)


CHANGES = {
    ActKind.CONTACTS_CHANGED: lambda b, p: contacts.save(
        b.pk, {"care_number": "+918000000000"}, now=NOW, who=sample.WHO
    ),
    ActKind.PARTNER_ADDED: lambda b, p: sample.new_partner(b, "parcelo"),
    ActKind.CARRIER_CONNECTED: lambda b, p: carrier_of(b),
    ActKind.CARRIER_DISCONNECTED: lambda b, p: accounts.disconnect(
        b.pk, carrier_of(b).pk, now=NOW, who=sample.WHO
    ),
    ActKind.PARTNER_MODE_CHANGED: lambda b, p: registry.set_mode(p, Mode.OBSERVE, 0, now=NOW),
    ActKind.PARTNER_SUSPENDED: lambda b, p: registry.set_suspended(p, suspended=True, now=NOW),
    ActKind.PARTNER_RESTORED: lambda b, p: registry.set_suspended(p, suspended=False, now=NOW),
    ActKind.AGREEMENT_RECORDED: lambda b, p: registry.agree(p, date(2026, 1, 1), None, now=NOW),
    ActKind.CREDENTIAL_ISSUED: lambda b, p: credentials.issue(p, Hop.LABEL, now=NOW),
    ActKind.CREDENTIAL_REVOKED: lambda b, p: credentials.revoke(
        credentials.issue(p, Hop.LABEL, now=NOW)[0].pk, now=NOW
    ),
    ActKind.CREDENTIAL_ROTATED: lambda b, p: credentials.rotate(
        credentials.issue(p, Hop.LABEL, now=NOW)[0].pk, overlap=timedelta(hours=1), now=NOW
    ),
    ActKind.CREDENTIAL_NARROWED: lambda b, p: narrowing.narrow(
        b.pk, credentials.issue(p, Hop.LABEL, now=NOW)[0].pk, daily_limit=5, now=NOW, who=sample.WHO
    ),
    ActKind.DEVICE_REGISTERED: lambda b, p: sample.new_device(p),
    ActKind.DEVICE_ENROLLED: lambda b, p: devices.enrol(
        sample.new_device(p)[1], DeviceKind.STATION, now=NOW
    ),
    ActKind.DEVICE_ATTESTED: lambda b, p: devices.attest(sample.new_device(p)[0].pk, b.pk, now=NOW),
    ActKind.DEVICE_RELINKED: lambda b, p: devices.relink(sample.new_device(p)[0].pk, b.pk, now=NOW),
    ActKind.DEVICE_LEFT: lambda b, p: devices.leave(sample.new_device(p)[0].pk, b.pk, now=NOW),
    ActKind.DEVICE_REVOKED: lambda b, p: devices.revoke(sample.new_device(p)[0].pk, b.pk, now=NOW),
    ActKind.CENTRE_TERMS_CHANGED: lambda b, p: terms.set_centre_terms(
        p, CentreTerms(days=(1, 2)), now=NOW, who=sample.WHO
    ),
    ActKind.SIGNATORY_ADDED: lambda b, p: versions.add_signatory(b.pk, "asha", now=NOW),
    ActKind.POLICY_PUBLISHED: lambda b, p: versions.publish(
        b.pk, policies.TIGHTER, author="asha", now=NOW
    ),
    ActKind.POLICY_APPROVED: lambda b, p: versions.approve(
        b.pk,
        versions.publish(b.pk, policies.LOOSER, author="asha", now=NOW).number,
        approver="binod",
        now=NOW,
    ),
}
WITHOUT_A_USE_CASE = {
    ActKind.SIGNATORY_REVOKED,
}
OF_PEOPLE = {
    *(ActKind.PERSON_ADDED, ActKind.MEMBERSHIP_ACCEPTED),
    *(ActKind.ROLE_CHANGED, ActKind.MEMBERSHIP_ENDED),
}
"""Tried in tests/people."""


def test_every_change_of_the_law_is_tried_here():
    """No act that changes the law is missing from the cases below."""
    assert CHANGES.keys() | WITHOUT_A_USE_CASE | OF_PEOPLE == CHANGES_LAW


@pytest.mark.parametrize("kind", CHANGES)
def test_a_change_of_the_law_bumps_its_revision(brand, partner, kind):
    """It is recorded, and a decision made before it no longer passes; another brand's does."""
    other = sample.new_brand("saree")
    before, elsewhere = sample.revision(brand), sample.revision(other)
    CHANGES[kind](brand, partner)
    assert sample.last_act(brand)[0] == kind
    assert sample.revision(brand) > before
    assert sample.revision(other) == elsewhere


def test_a_channel_changes_no_decision(brand):
    """A way in for orders hands nothing out."""
    before = sample.revision(brand)
    made, _ = registry.add_channel(brand, "web", "own", now=NOW)
    assert sample.revision(brand) == before
    assert sample.last_act(brand) == ("channel_added", f"channel:{made.pk}")


def test_a_channels_secret_is_sealed(brand):
    """It is given out once; the database holds it sealed; the code that checks opens it."""
    made, secret = registry.add_channel(brand, "web", "own", now=NOW)
    assert len(secret) >= 32
    assert registry.channel_secret(made) == secret
    for table in ("partners_channel", "keyring_secret", "ledger_entry"):
        stored = sample.everything_stored(table)
        assert stored
        assert secret.decode() not in stored
        assert secret.hex() not in stored


def test_a_channel_takes_the_shops_secret(brand):
    """Where the shop made the secret, that one is kept."""
    made, secret = registry.add_channel(brand, "web", "shopify", now=NOW, secret=b"shpss_invented")
    assert registry.channel_secret(made) == secret == b"shpss_invented"


@pytest.mark.parametrize(
    ("secret", "key"),
    [
        (b"whsec_aW52ZW50ZWQ=", b"invented"),
        (b"plain", b"plain"),
        (b"whsec_not base64", b"whsec_not base64"),
    ],
)
def test_the_key_inside_a_webhook_secret(secret, key):
    """`whsec_` and base64 is the Standard Webhooks spelling; anything else is its own key."""
    assert registry.standard_webhooks_key(secret) == key


def test_names_are_exact_and_a_brands_own(brand, partner):
    """What does not exist is refused with what does; another brand's partner is not there."""
    other = sample.new_brand("saree")
    registry.add_channel(brand, "web", "own", now=NOW)
    assert registry.brand("kurta") == brand
    assert registry.partner(brand, "swift") == partner
    assert registry.channel(brand, "web").brand == brand
    assert refusal(registry.brand, "Kurta") == "not_found"
    assert refusal(registry.partner, other, "swift") == "not_found"
    assert refusal(registry.channel, other, "web") == "not_found"


def test_a_name_is_taken_once(brand, partner):
    """A second partner or channel of that name is refused; another brand may have it."""
    registry.add_channel(brand, "web", "own", now=NOW)
    assert refusal(sample.new_partner, brand) == "name_taken"
    assert refusal(registry.add_channel, brand, "web", "own", now=NOW) == "name_taken"
    assert sample.new_partner(sample.new_brand("saree")).slug == "swift"


@pytest.mark.parametrize("percent", [-1, 101, 1000])
def test_a_share_is_between_none_and_all(brand, partner, percent):
    """No other share is stored."""
    assert refusal(registry.set_mode, partner, Mode.ENFORCE_SHARE, percent, now=NOW) == (
        "percent_invalid"
    )
    assert refusal(sample.new_partner, brand, "x", enforce_percent=percent) == "percent_invalid"
    assert Partner.objects.get(pk=partner.pk).enforce_percent == 100


def test_a_new_partner_has_no_standing_yet(partner):
    """It runs its hops, enforced, and receives nothing before an agreement."""
    found = standing(partner)
    assert found.hops == {Hop.COURIER, Hop.LABEL}
    assert (found.mode, found.enforce_percent) == (Mode.ENFORCE, 100)
    assert not any([found.agreement_in_force, found.suspended, found.own, found.demands_email])


def test_an_agreement_is_in_force_from_its_first_day_to_its_last(partner):
    """Both days included, and not the day before or after."""
    first, last = date(2026, 11, 1), date(2026, 11, 30)
    registry.agree(partner, first, last, now=NOW)
    day = timedelta(days=1)
    days = [first - day, first, last, last + day]
    assert [standing(partner, on).agreement_in_force for on in days] == [False, True, True, False]


def test_an_open_agreement_does_not_end(partner):
    """Without a last day it stays in force; its document's digest is kept."""
    registry.agree(
        partner, date(2026, 11, 1), None, now=NOW, terms=Terms(document_digest="AB" * 32)
    )
    assert standing(partner, date(2099, 1, 1)).agreement_in_force
    assert Agreement.objects.get().document_digest == "ab" * 32


def test_a_later_agreement_ends_an_open_one(partner):
    """From its first day it decides, and the act says instead of which; before, nothing changes."""
    day = timedelta(days=1)
    opened, first, last = date(2026, 1, 1), date(2026, 11, 1), date(2026, 11, 30)
    registry.agree(partner, opened, None, now=NOW)
    assert sample.last_detail(partner.brand)[1]["instead_of_one_from"] == ""
    before = sample.revision(partner.brand)
    registry.agree(partner, first, last, now=NOW)
    assert sample.last_act(partner.brand) == ("agreement_recorded", f"partner:{partner.pk}")
    assert sample.last_detail(partner.brand)[1]["instead_of_one_from"] == "2026-01-01"
    assert sample.revision(partner.brand) > before
    days = [opened, first - day, first, last, last + day, date(2099, 1, 1)]
    in_force = [standing(partner, on).agreement_in_force for on in days]
    assert in_force == [True, True, True, True, False, False]
    assert [each.kind for each in told_on(partner, days[3:5])] == ["in_force", "over"]


def told_on(partner, days):
    """What the pages say on these days."""
    return [standings(partner.brand_id, [partner], on)[partner.pk] for on in days]


def test_an_agreement_does_not_end_before_it_begins(partner):
    """It is refused, and nothing is stored."""
    code = refusal(registry.agree, partner, date(2026, 11, 2), date(2026, 11, 1), now=NOW)
    assert code == "agreement_backwards"
    assert not Agreement.objects.exists()


ME = Who(person="person:7")
BY_SOMEBODY = {
    "partner_added": lambda b, p: registry.add_partner(b, "new", [Hop.OMS], now=NOW, who=ME),
    "partner_mode_changed": lambda b, p: registry.set_mode(p, Mode.OBSERVE, 0, now=NOW, who=ME),
    "partner_suspended": lambda b, p: registry.set_suspended(p, suspended=True, now=NOW, who=ME),
    "agreement_recorded": lambda b, p: registry.agree(p, TODAY, None, now=NOW, who=ME),
    "channel_added": lambda b, p: registry.add_channel(b, "web", "own", now=NOW, who=ME),
    "channel_rotated": lambda b, p: channels.rotate(
        registry.add_channel(b, "web", "own", now=NOW)[0], overlap=DAY, now=NOW, who=ME
    ),
    "channel_revoked": lambda b, p: registry.revoke_channel(
        registry.add_channel(b, "web", "own", now=NOW)[0], now=NOW, who=ME
    ),
    "credential_issued": lambda b, p: credentials.issue(p, Hop.LABEL, now=NOW, who=ME),
    "credential_rotated": lambda b, p: credentials.rotate(
        credentials.issue(p, Hop.LABEL, now=NOW)[0].pk, overlap=DAY, now=NOW, who=ME
    ),
    "credential_revoked": lambda b, p: credentials.revoke(
        credentials.issue(p, Hop.LABEL, now=NOW)[0].pk, now=NOW, who=ME
    ),
    "centre_terms_changed": lambda b, p: terms.set_centre_terms(p, CentreTerms(), now=NOW, who=ME),
    "brand_changed": lambda b, p: terms.publish_channel(b, "+91 1800 000", now=NOW, who=ME),
}


@pytest.mark.parametrize("kind", BY_SOMEBODY)
def test_what_a_person_changes_is_recorded_as_theirs(brand, partner, kind):
    """The act names the person; where nobody is named, it is this machine."""
    BY_SOMEBODY[kind](brand, partner)
    assert sample.last_act(brand)[0] == kind
    assert sample.last_detail(brand)[0] == "person:7"


def test_without_a_person_it_is_this_machine(brand):
    """As at the command line."""
    sample.new_partner(brand)
    assert sample.last_detail(brand)[0] == machine().person


def test_suspension_takes_standing_and_gives_it_back(partner):
    """And another of the brand's partners keeps its own."""
    other = sample.new_partner(partner.brand, "parcelo")
    registry.set_suspended(partner, suspended=True, now=NOW)
    assert standing(partner).suspended
    assert not standing(other).suspended
    registry.set_suspended(partner, suspended=False, now=NOW)
    assert not standing(partner).suspended


def test_a_partner_is_rolled_out_by_its_mode(partner):
    """What is set is what decisions see."""
    registry.set_mode(partner, Mode.ENFORCE_SHARE, 25, now=NOW)
    assert (standing(partner).mode, standing(partner).enforce_percent) == (Mode.ENFORCE_SHARE, 25)
