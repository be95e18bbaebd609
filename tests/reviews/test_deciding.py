"""Deciding an item: what each decision does at the gate, and who may not."""

from datetime import timedelta

import pytest

from desk import ME
from orderveil.core.errors import Problem
from orderveil.core.hops import Hop
from orderveil.core.roles import Role
from orderveil.gate import law
from orderveil.gate.asking import Caller
from orderveil.gate.desk.listing import Listed, Wanted, list_orders
from orderveil.gate.desk.reveal import Revealable, Revealed, reveal_field
from orderveil.gate.disclose import disclose
from orderveil.gate.reasons import checked_cause
from orderveil.partners.models import Credential
from orderveil.people import memberships
from orderveil.people.models import Membership
from orderveil.reviews import deciding
from orderveil.reviews.less import Less
from orderveil.reviews.models import Item
from reviews import sample
from scene import rows, together

CAUSE = checked_cause("call_back", "T-1")


def listed(actor):
    """What this actor's list of orders answers."""
    return list_orders(actor, Wanted(), None, now=actor.now)


def test_keeping_changes_nothing_but_the_record(desk):
    """The law stays as it is; the act says who decided what, and why."""
    asha = desk.person(Role.SUPPORT)
    campaign = sample.opened(desk)
    before = rows("SELECT rev FROM ledger_law ORDER BY log_id")
    item = sample.decide(desk, campaign, asha, "keep", reason="  still with us ")
    assert rows("SELECT rev FROM ledger_law ORDER BY log_id") == before
    assert (item.outcome, item.reason) == ("keep", "still with us")
    ((person, _, subject, detail),) = sample.acts(desk.scene.brand, "review_decided")
    owner = desk.people["owner"].person.tag
    assert (person, subject) == (owner, asha.person.tag)
    assert detail == {
        "review": campaign.pk,
        "item": item.pk,
        "decision": "keep",
        "proposed": "keep",
        "reason": "still with us",
    }


def test_a_removed_person_loses_everything_at_once(desk):
    """The gate refuses the actor of a request that had begun; every session ends."""
    asha = desk.person(Role.SUPPORT)
    order = desk.scene.admit()
    actor = desk.actor(asha)
    client = desk.client(asha)
    assert client.get("/account/").status_code == 200
    assert isinstance(listed(actor), Listed)
    campaign = sample.opened(desk)
    sample.decide(desk, campaign, asha, "remove")
    assert isinstance(listed(actor), Problem)
    refused = reveal_field(actor, order, Revealable.PHONE, CAUSE, now=actor.now)
    assert isinstance(refused, Problem)
    assert client.get("/account/")["Location"].startswith("/account/login/")
    asha.person.refresh_from_db()
    assert not asha.person.is_active


def test_a_narrowed_person_has_less_at_once(desk):
    """Another role and smaller budgets hold for the request that had begun, too."""
    officer = desk.person(Role.PRIVACY_OFFICER)
    order = desk.scene.admit()
    campaign = sample.opened(desk)
    less = Less(Role.SUPPORT, 1, 50)
    sample.decide(desk, campaign, officer, "narrow", less=less)
    stale = desk.actor(officer)
    assert listed(stale).code == "role_changed"
    officer.refresh_from_db()
    found = (officer.role, officer.reveals_per_day, officer.views_per_day)
    assert found == ("support", 1, 50)
    now_actor = desk.actor(officer)
    reveal = (reveal_field, now_actor, order, Revealable.PHONE, CAUSE)
    assert isinstance(reveal[0](*reveal[1:], now=now_actor.now), Revealed)
    assert reveal[0](*reveal[1:], now=now_actor.now).code == "budget_exhausted"


def test_narrowing_to_another_role_never_raises_a_budget(desk):
    """The new role's own number, if that is smaller than what was asked for."""
    officer = desk.person(Role.PRIVACY_OFFICER)
    campaign = sample.opened(desk)
    sample.decide(desk, campaign, officer, "narrow", less=Less(Role.AUDITOR, 20, 2_000))
    officer.refresh_from_db()
    assert (officer.role, officer.reveals_per_day, officer.views_per_day) == ("auditor", 0, 0)


@pytest.mark.parametrize(
    "less",
    [
        Less(Role.SUPPORT, 60, 2_000),
        Less(Role.SUPPORT, 61, 10),
        Less(Role.SUPPORT, -1, 10),
        Less(Role.SUPPORT, 10, 2_001),
        Less(Role.OWNER, 10, 10),
        Less(Role.WAREHOUSE, 0, 10),
        Less(Role.MARKETER, 0, 0),
        None,
    ],
)
def test_what_is_no_less_is_no_narrowing(desk, less):
    """The same, more, another hop's role, a permission beside: refused, and nothing changes."""
    asha = desk.person(Role.SUPPORT)
    campaign = sample.opened(desk)
    refused = sample.refusal(sample.decide, desk, campaign, asha, "narrow", less=less)
    assert refused == ("not_narrower" if less else "decision_needed")
    assert sample.item_of(campaign, asha).outcome == ""
    asha.refresh_from_db()
    assert (asha.role, asha.reveals_per_day, asha.views_per_day) == ("support", None, None)
    assert sample.acts(desk.scene.brand, "review_decided") == []


def test_a_removed_credential_is_refused_at_once(desk):
    """Also for the request that had been let in."""
    order = desk.scene.pack(desk.scene.admit())
    seat = desk.scene.seat(Hop.COURIER)
    campaign = sample.opened(desk)
    sample.decide(desk, campaign, seat.credential, "remove")
    assert desk.scene.ask(Hop.COURIER, order).code == "unauthorised"
    let_in = law.authenticate(seat.token, now=desk.scene.now, address="192.0.2.1")
    assert isinstance(let_in, Problem)
    owner = desk.people["owner"].person.tag
    assert sample.acts(desk.scene.brand, "credential_revoked")[0][0] == owner


def test_a_narrowed_credentials_networks_hold_at_once(desk):
    """A request that was let in by the old networks is refused before anything is recorded."""
    order = desk.scene.pack(desk.scene.admit())
    seat = desk.scene.seat(Hop.COURIER)
    let_in = law.authenticate(seat.token, now=desk.scene.now, address="198.51.100.9")
    campaign = sample.opened(desk)
    sample.decide(desk, campaign, seat.credential, "narrow", networks=("192.0.2.0/24",))
    before = rows("SELECT count(*) FROM ledger_record")
    caller = Caller(desk.scene.brand.pk, seat.partner.pk, seat.hop, let_in[1])
    assert disclose(caller, order, None, now=desk.scene.now).code == "unauthorised"
    assert rows("SELECT count(*) FROM ledger_record") == before
    for address, ok in [("198.51.100.9", False), ("192.0.2.9", True)]:
        found = law.authenticate(seat.token, now=desk.scene.now, address=address)
        assert isinstance(found, tuple) == ok


def test_a_narrowed_credentials_limit_and_end(desk):
    """The smaller number and the earlier moment are kept, and stand in the act."""
    key = desk.scene.seat(Hop.COURIER).credential
    ends = desk.scene.now + timedelta(days=3)
    campaign = sample.opened(desk)
    sample.decide(desk, campaign, key, "narrow", daily_limit=5, expires_at=ends)
    key.refresh_from_db()
    assert (key.daily_limit, key.expires_at, key.networks) == (5, ends, [])
    detail = sample.acts(desk.scene.brand, "credential_narrowed")[0][3]
    assert detail == {
        "daily_limit": 5,
        "networks": "",
        "expires_at": ends.isoformat(),
        "reason": "ticket 7: looked at",
    }
    late = law.authenticate(desk.scene.seat(Hop.COURIER).token, now=ends, address="192.0.2.1")
    assert isinstance(late, Problem)


@pytest.mark.parametrize(
    "less",
    [
        {},
        {"daily_limit": 11},
        {"daily_limit": -1},
        {"daily_limit": 10},
        {"networks": ("198.51.100.0/24",)},
        {"networks": ("192.0.2.0/23",)},
        {"networks": ("192.0.2.0/25", "2001:db8::/64")},
        {"networks": ("192.0.2.0/24",)},
        {"expires_at": timedelta(0)},
        {"expires_at": timedelta(days=11)},
        {"expires_at": timedelta(days=10)},
    ],
)
def test_a_credential_is_never_widened(desk, less):
    """The same or more of anything is refused, and nothing changes."""
    key = desk.scene.seat(Hop.COURIER).credential
    now = desk.scene.now + timedelta(minutes=2)  # when sample.decide decides
    ends = now + timedelta(days=10)
    has = {"daily_limit": 10, "networks": ["192.0.2.0/24"], "expires_at": ends}
    Credential.objects.filter(pk=key.pk).update(**has)
    if "expires_at" in less:
        less = {"expires_at": now + less["expires_at"]}
    campaign = sample.opened(desk)
    assert sample.refusal(sample.decide, desk, campaign, key, "narrow", **less) == "not_narrower"
    assert Credential.objects.filter(pk=key.pk, **has).exists()


def test_nobody_reviews_themselves(desk):
    """Another reviewer must; by whatever decision."""
    campaign = sample.opened(desk)
    owner, officer = desk.people["owner"], desk.people["privacy_officer"]
    for outcome in ("keep", "remove"):
        assert sample.refusal(sample.decide, desk, campaign, owner, outcome) == "own_item"
    item = sample.decide(desk, campaign, owner, "keep", by="privacy_officer")
    assert item.decided_by == officer.person.tag


NO_REVIEWERS = set(Role) - {Role.OWNER, Role.PRIVACY_OFFICER, Role.PLATFORM_OPERATOR}


@pytest.mark.parametrize("role", sorted(NO_REVIEWERS))
def test_only_reviewers_decide(desk, role):
    """Whatever page a use case is called from."""
    partner = desk.scene.seat(Hop.COURIER).partner if role == Role.OUTSOURCED_SUPPORT else None
    desk.person(role, partner=partner)
    campaign = sample.opened(desk)
    key = desk.scene.seat(Hop.COURIER).credential
    refused = sample.refusal(sample.decide, desk, campaign, key, "remove", by=str(role))
    assert refused == "not_yours"
    actor = desk.actor(desk.people[str(role)])
    assert sample.refusal(deciding.keep_used, actor, campaign.pk, "all fine") == "not_yours"


def test_a_decision_needs_a_fresh_factor(desk):
    """Ten minutes, like any sensitive act."""
    asha = desk.person(Role.SUPPORT)
    campaign = sample.opened(desk)
    decide = (sample.decide, desk, campaign, asha, "keep")
    assert sample.refusal(*decide, factor_minutes=10) == "factor_needed"
    assert sample.decide(*decide[1:], factor_minutes=9.9).outcome == "keep"


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("", "reason_needed"),
        ("x" * 201, "reason_needed"),
        ("call +91 90000 00001", "personal_reason"),
    ],
)
def test_a_decision_needs_a_reason_that_names_nobody(desk, reason, code):
    """Nothing is decided without one."""
    asha = desk.person(Role.SUPPORT)
    campaign = sample.opened(desk)
    decide = (sample.decide, desk, campaign, asha, "remove")
    assert sample.refusal(*decide, reason=reason) == code
    assert Membership.objects.get(pk=asha.pk).ended_at is None


@pytest.mark.parametrize("outcome", ["gone", "nobody_else"])
def test_an_outcome_of_the_closing_is_no_decision(desk, outcome):
    """Only the closing notes them."""
    asha = desk.person(Role.SUPPORT)
    campaign = sample.opened(desk)
    assert sample.refusal(sample.decide, desk, campaign, asha, outcome) == "decision_needed"


def test_an_item_is_decided_once(desk):
    """By one of two who decide at the same moment."""
    asha = desk.person(Role.SUPPORT)
    campaign = sample.opened(desk)

    def by(name, outcome):
        try:
            return sample.decide(desk, campaign, asha, outcome, by=name).outcome
        except sample.RefusedError as error:
            return error.problem.code

    found = together(lambda: by("owner", "keep"), lambda: by("privacy_officer", "remove"))
    assert "decided_already" in found
    assert len(sample.acts(desk.scene.brand, "review_decided")) == 1
    is_gone = Membership.objects.get(pk=asha.pk).ended_at is not None
    assert is_gone == ("remove" in found)


def test_what_has_ended_is_not_decided(desk):
    """Nothing can be kept that is gone."""
    asha = desk.person(Role.SUPPORT)
    campaign = sample.opened(desk)
    memberships.leave(asha, now=desk.scene.now, who=ME)
    assert sample.refusal(sample.decide, desk, campaign, asha, "keep") == "gone_already"


@pytest.mark.parametrize("outcome", ["remove", "narrow"])
def test_only_an_owner_changes_an_owner(desk, outcome):
    """A privacy officer may keep one; neither the person nor the item changes otherwise."""
    campaign = sample.opened(desk)
    owner = desk.people["owner"]
    desk.person(Role.OWNER, "second")
    less = {"less": Less(Role.AUDITOR, 0, 0)} if outcome == "narrow" else {}
    decide = (sample.decide, desk, campaign, owner, outcome)
    assert sample.refusal(*decide, by="privacy_officer", **less) == "owners_only"
    assert sample.item_of(campaign, owner).outcome == ""
    owner.refresh_from_db()
    assert (owner.role, owner.ended_at) == (Role.OWNER, None)
    assert sample.decide(desk, campaign, owner, outcome, by="second", **less).outcome == outcome


def test_a_privacy_officer_keeps_an_owner(desk):
    """Keeping changes nobody."""
    campaign = sample.opened(desk)
    kept = sample.decide(desk, campaign, desk.people["owner"], "keep", by="privacy_officer")
    assert kept.outcome == "keep"


def test_keeping_what_is_used(desk):
    """All that are proposed to be kept and were used, not one's own; each is an act."""
    asha, new = desk.person(Role.SUPPORT), desk.person(Role.OPERATIONS)
    idle = desk.person(Role.MARKETER)
    desk.person(Role.OWNER)
    now = desk.scene.now
    Membership.objects.filter(pk__in=[asha.pk, desk.people["owner"].pk]).update(last_used_at=now)
    old = now - timedelta(days=40)
    Membership.objects.filter(pk=idle.pk).update(created_at=old, last_used_at=old)
    campaign = sample.opened(desk)
    actor = desk.actor(desk.people["owner"])
    assert deciding.keep_used(actor, campaign.pk, "in daily use") == 1
    assert list(Item.objects.exclude(outcome="").values_list("subject_id", flat=True)) == [asha.pk]
    assert sample.item_of(campaign, new).outcome == ""
    assert sample.item_of(campaign, idle).outcome == ""
    assert len(sample.acts(desk.scene.brand, "review_decided")) == 1
    assert deciding.keep_used(actor, campaign.pk, "in daily use") == 0
