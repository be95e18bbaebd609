"""Credentials: shown once, stored hashed, and one refusal for whatever is wrong with them."""

import hmac
from datetime import timedelta
from functools import partial

import pytest

from orderveil.core.errors import RefusedError
from orderveil.core.hops import Hop
from orderveil.gate import law
from orderveil.ledger.acts import Who
from orderveil.partners import credentials
from orderveil.partners.credentials import UNAUTHORISED
from orderveil.partners.models import Credential, Partner
from partners import sample
from partners.sample import NOW

HERE = "192.0.2.7"


def issue(partner, hop=Hop.COURIER, **said):
    """A credential and its token."""
    return credentials.issue(partner, hop, now=NOW, **said)


def accepted(token, *, now=NOW, address=HERE):
    """Is this token let in, now and from there? Whatever is wrong, the refusal is the same."""
    found = law.authenticate(token, now=now, address=address)
    if isinstance(found, tuple):
        return True
    assert found is UNAUTHORISED
    return False


def test_a_token_is_let_in(partner):
    """What was issued works, and names its credential, partner and hop."""
    made, token = issue(partner)
    found, credential = law.authenticate(token, now=NOW, address=HERE)
    assert (credential.pk, credential.partner_id, credential.hop) == (
        made.pk,
        partner.pk,
        "courier",
    )
    assert found.brand.pk == partner.brand_id


def test_a_token_is_stored_as_a_digest_only(partner):
    """Neither the credential's row nor the ledger holds the secret."""
    made, token = issue(partner)
    secret = token.split("_", 2)[2]
    assert len(bytes(made.secret_hash)) == 32
    for table in ("partners_credential", "ledger_entry"):
        stored = sample.everything_stored(table)
        assert stored
        assert secret not in stored
        assert secret.encode().hex() not in stored


def test_the_act_says_what_the_credential_was_allowed(partner):
    """Its networks, its end and its limit as they were issued; nothing where there is none."""
    ends = NOW + timedelta(days=30)
    issue(partner, networks=["192.0.2.0/24", "2001:db8::/48"], expires_at=ends, daily_limit=50)
    detail = sample.last_detail(partner.brand)[1]
    assert detail == {
        "partner": partner.pk,
        "hop": "courier",
        "daily_limit": 50,
        "networks": "192.0.2.0/24,2001:db8::/48",
        "expires_at": ends.isoformat(),
        "channel": None,
    }
    issue(partner)
    detail = sample.last_detail(partner.brand)[1]
    assert (detail["networks"], detail["expires_at"]) == ("", None)


def test_two_tokens_are_never_alike(partner):
    """256 random bits each."""
    tokens = {issue(partner)[1] for _ in range(5)}
    assert len(tokens) == 5
    assert {len(token.split("_", 2)[2]) for token in tokens} == {43}


def spoilt(token):
    """Tokens that are almost this one."""
    head, number, secret = token.split("_", 2)
    other = "A" if secret[0] != "A" else "B"
    return [
        "",
        token[:-1],
        token + "A",
        token + "\n",
        " " + token,
        token.upper(),
        f"{head}_{number}_{other}{secret[1:]}",
        f"{head}_{int(number) + 1000}_{secret}",
        f"{head}_0_{secret}",
        f"{head}_0{number}_{secret}",
        f"{head}_-{number}_{secret}",
        f"{head}_{'9' * 18}_{secret}",
        f"{head}_{'9' * 19}_{secret}",
        f"{head}_{number}_{'é' * 43}",
        f"{number}_{secret}",
        secret,
    ]


def test_whatever_is_wrong_the_refusal_is_the_same(partner):
    """Unknown number, wrong secret, wrong shape: an outsider learns nothing from the answer."""
    _, token = issue(partner)
    assert [bad for bad in spoilt(token) if accepted(bad)] == []
    assert accepted(token)


def test_one_credentials_secret_is_not_anothers(partner):
    """A number and a secret that were not issued together are refused."""
    (one, token), (_, other) = issue(partner), issue(partner)
    assert not accepted(f"ov_{one.pk}_{other.split('_', 2)[2]}")
    assert accepted(token)


def test_an_expired_credential_is_refused(partner):
    """In force until its moment, and from that moment on no more."""
    _, token = issue(partner, expires_at=NOW + timedelta(hours=1))
    assert accepted(token, now=NOW + timedelta(hours=1, microseconds=-1))
    assert not accepted(token, now=NOW + timedelta(hours=1))


def test_a_revoked_credential_is_refused(partner):
    """And revoking twice keeps the first moment."""
    made, token = issue(partner)
    assert accepted(token)
    credentials.revoke(made.pk, now=NOW)
    law.forget()
    assert not accepted(token)
    credentials.revoke(made.pk, now=NOW + timedelta(days=1))
    assert Credential.objects.get(pk=made.pk).revoked_at == NOW


@pytest.mark.parametrize(
    ("networks", "address", "inside"),
    [
        ([], HERE, True),
        ([], None, True),
        (["192.0.2.0/24"], "192.0.2.255", True),
        (["192.0.2.0/24"], "192.0.3.0", False),
        (["192.0.2.7/32"], HERE, True),
        (["192.0.2.7"], HERE, True),
        (["2001:db8::/32"], "2001:db8::1", True),
        (["2001:db8::/32"], "2001:db9::1", False),
        (["2001:db8::/32"], HERE, False),
        (["192.0.2.0/24"], "2001:db8::1", False),
        (["192.0.2.0/24"], "::ffff:192.0.2.7", True),
        (["192.0.2.0/24"], "::ffff:192.0.3.7", False),
        (["198.51.100.0/24", "2001:db8::/32"], "2001:db8::1", True),
        (["0.0.0.0/0"], "2001:db8::1", False),
        (["192.0.2.0/24"], None, False),
        (["192.0.2.0/24"], "", False),
        (["192.0.2.0/24"], "shop.example", False),
    ],
)
def test_a_credential_is_used_from_its_networks(networks, address, inside):
    """IPv4 and IPv6 ranges; an unknown address is outside of every range."""
    credential = Credential(networks=networks)
    assert credentials.is_in_force(credential, now=NOW, address=address) == inside


def test_a_token_from_another_network_is_refused(partner):
    """The genuine token is not enough, and the refusal does not say what was wrong."""
    made, token = issue(partner, networks=["192.0.2.7", "2001:db8::/32"])
    assert made.networks == ["192.0.2.7/32", "2001:db8::/32"]
    assert accepted(token)
    assert not accepted(token, address="198.51.100.7")


@pytest.mark.parametrize("network", ["192.0.2.1/24", "192.0.2.0/33", "shop.example", ""])
def test_what_is_no_network_is_refused_when_issued(network):
    """Nothing is stored for a range nobody could have meant."""
    with pytest.raises(RefusedError) as caught:
        credentials.issue.__wrapped__(
            Partner(slug="swift", hops=["courier"]), Hop.COURIER, now=NOW, networks=[network]
        )
    assert caught.value.problem.code == "network_invalid"


def test_a_credential_is_for_a_hop_its_partner_runs(partner):
    """A courier gets no warehouse credential."""
    with pytest.raises(RefusedError) as caught:
        issue(partner, Hop.WMS)
    assert caught.value.problem.code == "wrong_hop"
    assert not Credential.objects.exists()


def test_a_secret_is_compared_in_constant_time(partner, monkeypatch):
    """The one comparison of secrets is `hmac.compare_digest`, over digests of equal length."""
    made, token = issue(partner)
    seen = []

    def watched(one, other):
        seen.append((one, other))
        return hmac.compare_digest(one, other)

    monkeypatch.setattr(credentials, "hmac", type("watched", (), {"compare_digest": watched}))
    head = "_".join(token.split("_", 2)[:2])
    good, bad = credentials.proof_of(token), credentials.proof_of(f"{head}_{'A' * 43}")
    assert credentials.is_genuine(made, good, NOW)
    assert not credentials.is_genuine(made, bad, NOW)
    assert [len(side) for pair in seen for side in pair] == [32] * 8
    credentials.rotate(made.pk, overlap=timedelta(hours=1), now=NOW)
    seen.clear()
    made.refresh_from_db()
    assert credentials.is_genuine(made, good, NOW)
    assert [len(side) for pair in seen for side in pair] == [32] * 4


def test_a_use_is_noted_at_most_once_a_minute(partner):
    """Asking costs no write, and the owner still sees when a credential was last used."""
    made, _ = issue(partner)

    def noted():
        return Credential.objects.get(pk=made.pk).last_used_at

    for seconds, last in [(0, 0), (1, 0), (59, 0), (60, 60), (119, 60), (120, 120)]:
        credentials.touch(made, NOW + timedelta(seconds=seconds))
        assert noted() == NOW + timedelta(seconds=last)


@pytest.mark.parametrize(
    "change", [credentials.revoke, partial(credentials.rotate, overlap=timedelta(0))]
)
def test_what_is_not_there_cannot_be_changed(db, change):
    """The refusal says what to look at."""
    with pytest.raises(RefusedError) as caught:
        change(99, now=NOW)
    assert caught.value.problem.status == 404


def test_a_rotated_credential_has_two_secrets_for_a_while(partner):
    """Old and new until the overlap has passed; from that moment on only the new one."""
    made, old = issue(partner)
    new = credentials.rotate(made.pk, overlap=timedelta(hours=1), now=NOW)
    assert new.split("_", 2)[1] == str(made.pk)
    assert accepted(old)
    assert accepted(new)
    end = NOW + timedelta(hours=1)
    assert accepted(old, now=end - timedelta(microseconds=1))
    assert not accepted(old, now=end)
    assert accepted(new, now=end)


def test_without_an_overlap_the_old_secret_is_over(partner):
    """At the moment of the rotation, and the row keeps no trace of it."""
    made, old = issue(partner)
    assert accepted(old)
    new = credentials.rotate(made.pk, overlap=timedelta(0), now=NOW)
    law.forget()
    assert not accepted(old)
    assert accepted(new)
    assert Credential.objects.get(pk=made.pk).previous_hash is None


def test_at_most_two_secrets_are_good(partner):
    """A second rotation within the overlap ends the first secret."""
    made, first = issue(partner)
    second, third = (
        credentials.rotate(made.pk, overlap=timedelta(days=1), now=NOW) for _ in range(2)
    )
    assert [accepted(each) for each in (first, second, third)] == [False, True, True]


def test_a_process_that_read_the_law_before_the_rotation_lets_the_new_secret_in(partner):
    """A secret it does not know makes it ask whether the law has changed."""
    made, old = issue(partner)
    assert accepted(old)
    assert accepted(credentials.rotate(made.pk, overlap=timedelta(hours=1), now=NOW))


@pytest.mark.parametrize("how", ["revoked", "expired"])
def test_what_is_over_gets_no_new_secret(partner, how):
    """A rotation never brings a credential back."""
    made, _ = issue(partner, expires_at=NOW + timedelta(hours=1))
    if how == "revoked":
        credentials.revoke(made.pk, now=NOW)
    with pytest.raises(RefusedError) as caught:
        credentials.rotate(made.pk, overlap=timedelta(0), now=NOW + timedelta(hours=1))
    assert caught.value.problem.code == "credential_over"


def test_a_rotation_is_on_record_without_its_secret(partner):
    """The act says who, which credential and which overlap."""
    made, _ = issue(partner)
    new = credentials.rotate(
        made.pk, overlap=timedelta(hours=24), now=NOW, who=Who(person="person:7")
    )
    assert sample.last_act(partner.brand) == ("credential_rotated", f"credential:{made.pk}")
    assert sample.last_detail(partner.brand) == ("person:7", {"overlap_seconds": 86_400})
    assert new.split("_", 2)[2] not in sample.everything_stored("ledger_entry")


def test_a_number_is_read_from_a_token_of_the_right_shape():
    """It says which credential is meant, and nothing about whether it is genuine."""
    assert credentials.credential_id("ov_12_" + "A" * 43) == 12
    assert credentials.credential_id("ov_12_" + "A" * 42) is None
