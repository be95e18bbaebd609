"""What opens personal data needs a second person: asked, decided, used once."""

from datetime import timedelta

import pytest

from desk import Desk
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.hops import Hop
from orderveil.core.roles import Role
from orderveil.gate import law as laws
from orderveil.gate.approving import using
from orderveil.gate.leaving import end_partner
from orderveil.ledger.acts import ActKind, by
from orderveil.outbox import subscriptions
from orderveil.outbox.events import EventKind
from orderveil.partners import approvals, credentials, quotas, registry
from orderveil.partners.approvals import Issue, Rotate, State, Subscribe
from orderveil.partners.models import Approval, Credential
from orderveil.people import memberships
from partners import sample
from scene import ME, rows, together

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
URL = "https://hooks.partner.example/in?key=1"
WANTED = {
    "issue": lambda seat: Issue(
        seat.partner.pk, Hop.COURIER, ("192.0.2.0/24",), 50, seat.credential.created_at + DAY
    ),
    "rotate": lambda seat: Rotate(seat.partner.pk, Hop.COURIER, seat.credential.pk, 24),
    "subscribe": lambda seat: Subscribe(
        seat.partner.pk, Hop.COURIER, URL, (EventKind.PARCEL_ASSIGNED.value,)
    ),
}


@pytest.fixture
def asker(desk):
    """The integrator."""
    return desk.actor(desk.person(Role.INTEGRATOR))


@pytest.fixture
def officer(desk):
    """The privacy officer."""
    return desk.actor(desk.person(Role.PRIVACY_OFFICER))


def wanted(desk, what="issue"):
    """A request about the scene's courier."""
    return WANTED[what](desk.scene.seat(Hop.COURIER))


def approved(desk, asker, officer, what="issue"):
    """The number of a request that was approved."""
    number = approvals.ask(asker, wanted(desk, what)).pk
    using.approve(officer, number)
    return number


def code_of(work, *told):
    """The code of the refusal."""
    with pytest.raises(RefusedError) as caught:
        work(*told)
    return caught.value.problem.code


def tried(work, *told):
    """What comes of it, or the code of the refusal."""
    try:
        return work(*told)
    except RefusedError as refused:
        return refused.problem.code


def later(actor, by_):
    """The same person, later, with a fresh factor."""
    moved = {name: getattr(actor, name) for name in actor.__dataclass_fields__}
    return type(actor)(**moved | {"now": actor.now + by_, "factor_at": actor.now + by_})


def unused(number):
    """Nothing was made, and it is as it was."""
    found = Approval.objects.get(pk=number)
    return found.used_at is None and found.made is None


@pytest.mark.parametrize("what", WANTED)
def test_it_is_asked_decided_and_used_once(desk, asker, officer, what):
    """Three acts of two people, then the thing itself; the second use is refused."""
    number = approved(desk, asker, officer, what)
    made = using.use(asker, number)
    assert made.secret
    assert Approval.objects.get(pk=number).made == made.number
    assert code_of(using.use, asker, number) == "approval_used"
    kinds = {"issue": "issued", "rotate": "rotated", "subscribe": "subscription_added"}
    mine = sample.acts_of(desk.scene.brand, asker.person)[-3:]
    assert [mine[0], mine[2]] == [ActKind.APPROVAL_ASKED, ActKind.APPROVAL_USED]
    assert mine[1].endswith(kinds[what])
    assert sample.acts_of(desk.scene.brand, officer.person)[-1] == ActKind.APPROVAL_GIVEN


def test_what_was_approved_is_what_is_made(desk, asker, officer):
    """Networks, limit and end to the letter; and the token opens that hop."""
    made = using.use(asker, approved(desk, asker, officer))
    found = Credential.objects.get(pk=made.number)
    asked = made.wanted
    assert (found.networks, found.daily_limit) == (["192.0.2.0/24"], 50)
    assert (found.expires_at, found.hop, found.partner_id) == (
        *(asked.expires_at, Hop.COURIER, asked.partner),
    )
    law = laws.authenticate(made.secret, now=asker.now, address="192.0.2.7")
    assert not isinstance(law, Problem)
    made = using.use(asker, approved(desk, asker, officer, "subscribe"))
    told = subscriptions.find(desk.scene.brand.pk, made.number)
    assert (told.url, told.kinds) == (URL, (EventKind.PARCEL_ASSIGNED,))


def test_a_rotation_keeps_the_old_secret_as_long_as_was_asked(desk, asker, officer):
    """And no longer."""
    old = desk.scene.seat(Hop.COURIER).token
    using.use(asker, approved(desk, asker, officer, "rotate"))
    for after, is_good in ((23 * HOUR, True), (25 * HOUR, False)):
        answer = laws.authenticate(old, now=asker.now + after, address=None)
        assert isinstance(answer, Problem) != is_good


def test_no_secret_is_stored_with_a_request(desk, asker, officer):
    """Neither the token nor the signing secret is in the request or on the ledger."""
    secrets = [using.use(asker, approved(desk, asker, officer, what)).secret for what in WANTED]
    stored = "\n".join(
        sample.everything_stored(table) for table in ("partners_approval", "ledger_entry")
    )
    assert "issue_credential" in stored
    for secret in secrets:
        assert secret not in stored
        assert secret.rpartition("_")[2] not in stored


def test_the_acts_name_what_was_asked_by_its_digest(desk, asker, officer):
    """The address of a subscription is not on the ledger; all four acts name the same digest."""
    number = approved(desk, asker, officer, "subscribe")
    using.use(asker, number)
    entries = rows("SELECT convert_from(entry, 'UTF8') FROM ledger_entry WHERE kind LIKE 'appr%%'")
    assert len(entries) == 3
    assert len({text.partition('"digest":"')[2][:64] for (text,) in entries}) == 1
    assert not any("hooks.partner" in text for (text,) in entries)


def test_nobody_decides_their_own(desk, officer):
    """Not with whatever role they have by then."""
    member = desk.person(Role.INTEGRATOR)
    number = approvals.ask(desk.actor(member), wanted(desk)).pk
    memberships.change(member, Role.OWNER, now=desk.scene.now, who=ME)
    now_owner = desk.actor(member)
    assert code_of(using.approve, now_owner, number) == "second_person_needed"
    assert code_of(using.turn_down, now_owner, number, "no") == "second_person_needed"
    assert not approvals.to_decide(now_owner).exists()
    assert approvals.to_decide(officer).count() == 1


def test_a_decision_is_one_decision(desk, asker, officer):
    """Neither approved twice, nor turned down after, nor decided when its week is over."""
    number = approved(desk, asker, officer)
    assert code_of(using.approve, officer, number) == "approval_decided"
    assert code_of(using.turn_down, officer, number, "no") == "approval_decided"
    number = approvals.ask(asker, wanted(desk)).pk
    assert code_of(using.approve, later(officer, 7 * DAY), number) == "approval_expired"
    using.approve(later(officer, 7 * DAY - HOUR), number)


def test_what_was_turned_down_says_why_and_opens_nothing(desk, asker, officer):
    """The reason is on the request and on the ledger."""
    number = approvals.ask(asker, wanted(desk)).pk
    using.turn_down(officer, number, "give it networks")
    assert code_of(using.use, asker, number) == "approval_turned_down"
    assert Approval.objects.get(pk=number).reason == "give it networks"
    person, detail = sample.last_detail(desk.scene.brand)
    assert (person, detail["reason"]) == (officer.person, "give it networks")


@pytest.mark.parametrize(
    ("after", "code"), [(None, "approval_waits"), (48 * HOUR, "approval_lapsed")]
)
def test_it_is_used_after_it_was_approved_and_within_48_hours(desk, asker, officer, after, code):
    """Not before, not then."""
    number = approvals.ask(asker, wanted(desk)).pk
    if after:
        using.approve(officer, number)
    assert code_of(using.use, later(asker, after or HOUR), number) == code
    assert unused(number)


def test_only_who_asked_uses_it(desk, asker, officer):
    """Not another integrator, not the approver, not an owner."""
    number = approved(desk, asker, officer)
    other = desk.actor(desk.person(Role.INTEGRATOR, "second"))
    for somebody in (other, officer, desk.actor(desk.person(Role.OWNER))):
        assert code_of(using.use, somebody, number) == "not_the_asker"
    assert unused(number)


def test_a_stale_factor_decides_and_uses_nothing(desk, officer):
    """Whichever page or code calls."""
    member = desk.person(Role.INTEGRATOR)
    number = approvals.ask(desk.actor(member), wanted(desk)).pk
    old = desk.actor(desk.person(Role.PRIVACY_OFFICER), factor_minutes=11)
    assert code_of(using.approve, old, number) == "factor_needed"
    using.approve(officer, number)
    assert code_of(using.use, desk.actor(member, factor_minutes=11), number) == "factor_needed"
    assert unused(number)


def _member(desk, role):
    return desk.person(role)


CHANGES = {
    "the asker left": (
        lambda desk: memberships.leave(_member(desk, Role.INTEGRATOR), now=desk.scene.now, who=ME),
        "role_changed",
    ),
    "the asker is something else now": (
        lambda desk: memberships.change(
            _member(desk, Role.INTEGRATOR), Role.SUPPORT, now=desk.scene.now, who=ME
        ),
        "role_changed",
    ),
    "the approver left": (
        lambda desk: memberships.leave(
            _member(desk, Role.PRIVACY_OFFICER), now=desk.scene.now, who=ME
        ),
        "approver_gone",
    ),
    "the approver may no longer": (
        lambda desk: memberships.change(
            _member(desk, Role.PRIVACY_OFFICER), Role.AUDITOR, now=desk.scene.now, who=ME
        ),
        "approver_gone",
    ),
    "the partner is suspended": (
        lambda desk: registry.set_suspended(
            desk.scene.seat(Hop.COURIER).partner, suspended=True, now=desk.scene.now
        ),
        "partner_suspended",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("what", WANTED)
def test_what_changed_since_is_looked_at_again(desk, asker, officer, change, what):
    """The page that was open before it changes nothing: refused, and unused."""
    number = approved(desk, asker, officer, what)
    happen, code = CHANGES[change]
    happen(desk)
    before = (
        sample.everything_stored("partners_credential"),
        sample.everything_stored("outbox_subscription"),
    )
    assert code_of(using.use, asker, number) == code
    assert unused(number)
    assert before == (
        sample.everything_stored("partners_credential"),
        sample.everything_stored("outbox_subscription"),
    )


def test_who_left_and_came_back_asks_anew(desk, asker, officer):
    """It is the membership that asked, not the person."""
    number = approved(desk, asker, officer)
    member = desk.people.pop(str(Role.INTEGRATOR))
    memberships.leave(member, now=desk.scene.now, who=ME)
    back = desk.person(Role.INTEGRATOR)
    assert back.person_id == member.person_id
    assert code_of(using.use, desk.actor(back), number) == "not_the_asker"


def test_a_credential_that_is_over_is_not_rotated(desk, asker, officer):
    """Nor is one past its quota issued; the approval stays for its 48 hours."""
    number = approved(desk, asker, officer, "rotate")
    credentials.revoke(desk.scene.seat(Hop.COURIER).credential.pk, now=desk.scene.now)
    assert code_of(using.use, asker, number) == "credential_over"
    quotas.put(desk.scene.brand.pk, orders_per_day=None, credentials=0)
    full = approved(desk, asker, officer)
    assert code_of(using.use, asker, full) == "quota_reached"
    assert unused(number)
    assert unused(full)
    quotas.put(desk.scene.brand.pk, orders_per_day=None, credentials=None)
    assert using.use(asker, full).secret


def test_two_uses_at_once_are_one(desk, asker, officer):
    """Of eight threads one gets a secret."""
    number = approved(desk, asker, officer)
    before = Credential.objects.count()

    done = together(*[lambda: tried(using.use, asker, number)] * 8)
    assert sum(each == "approval_used" for each in done) == 7
    assert Credential.objects.count() == before + 1


def test_two_decisions_at_once_are_one(desk, asker, officer):
    """Yes and no at the same moment: whoever came first decided."""
    other = desk.actor(desk.person(Role.OWNER))
    number = approvals.ask(asker, wanted(desk)).pk

    done = together(
        lambda: tried(using.approve, officer, number),
        lambda: tried(using.turn_down, other, number, "no"),
    )
    assert done.count("approval_decided") == 1
    (decided,) = (each for each in done if isinstance(each, Approval))
    assert Approval.objects.get(pk=number).verdict == decided.verdict


def test_a_partner_that_ends_at_the_same_moment_keeps_no_key(desk, asker, officer):
    """Whichever comes first: the new credential is refused, or ended with the others."""
    partner = desk.scene.seat(Hop.COURIER).partner
    numbers = [approved(desk, asker, officer, what) for what in ("issue", "subscribe")]

    done = together(
        lambda: tried(using.use, asker, numbers[0]),
        lambda: tried(using.use, asker, numbers[1]),
        lambda: end_partner(partner, now=desk.scene.now, who=by(officer)),
    )
    assert {each for each in done if isinstance(each, str)} <= {"partner_suspended"}
    assert not Credential.objects.filter(partner=partner, revoked_at=None).exists()
    alive = subscriptions.listing(desk.scene.brand.pk, partner_id=partner.pk)
    assert all(each.revoked_at is not None for each in alive)


def test_leaving_at_the_same_moment_ends_in_no_deadlock(desk, asker, officer):
    """People's locks are taken in one order, here as there."""
    numbers = [approved(desk, asker, officer) for _ in range(4)]

    done = together(
        *[lambda number=number: tried(using.use, asker, number) for number in numbers],
        lambda: memberships.leave(desk.person(Role.PRIVACY_OFFICER), now=desk.scene.now, who=ME),
    )
    assert {each for each in done if isinstance(each, str)} <= {"approver_gone"}


def test_another_brands_request_is_not_there(desk, asker):
    """404, to decide and to use."""
    other = Desk.make(type(desk.scene).make("saree", now=desk.scene.now))
    number = approvals.ask(asker, wanted(desk)).pk
    owner = other.actor(other.person(Role.OWNER))
    for work in (using.approve, using.use):
        assert code_of(work, owner, number) == "not_found"
    assert not approvals.to_decide(owner).exists()


def test_requests_that_wait_are_bounded(desk, asker, officer):
    """Somebody's twenty-first has to wait for a decision."""
    made = [approvals.ask(asker, wanted(desk)) for _ in range(approvals.MOST_WAITING)]
    assert code_of(approvals.ask, asker, wanted(desk)) == "too_many_requests_wait"
    using.turn_down(officer, made[0].pk, "too many")
    assert approvals.ask(asker, wanted(desk)).pk


def test_a_request_is_in_one_state(desk, asker, officer):
    """As the list tells it."""
    request = approvals.ask(asker, wanted(desk))
    assert approvals.state_of(request, asker.now) == State.WAITING
    assert approvals.state_of(request, asker.now + 7 * DAY) == State.EXPIRED
    request = using.approve(officer, request.pk)
    assert approvals.state_of(request, asker.now) == State.APPROVED
    assert approvals.state_of(request, asker.now + 2 * DAY) == State.LAPSED
    using.use(asker, request.pk)
    request.refresh_from_db()
    assert approvals.state_of(request, asker.now + 9 * DAY) == State.USED
    assert approvals.wanted_of(request) == wanted(desk)
