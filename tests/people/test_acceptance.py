"""A brand's role is its person's own to take: nobody who began the account earlier has it."""

import pytest

from desk import ME, Desk
from orderveil.core.errors import RefusedError
from orderveil.core.roles import Role
from orderveil.gate.law import reload
from orderveil.gate.staffing import managing
from orderveil.ledger.acts import ActKind
from orderveil.people import access, factors, invitations, memberships
from orderveil.people.models import Invitation, Membership, Person
from people.door import LOGIN, acts, password, sign_in, visitor
from scene import Scene, together

ADDRESS, PHRASE = "asha@people.example", "nine green parrots sing"


@pytest.fixture
def honest(db):
    """The brand whose role is wanted."""
    return Desk.make()


@pytest.fixture
def other(honest):
    """Another brand of the same installation."""
    del honest
    return Desk.make(Scene.make("vastralaya"))


def added(desk, role=Role.SUPPORT):
    """The membership of Asha in this brand, not accepted, and her link's token."""
    terms = managing.Terms(role)
    return managing.add(desk.scene.brand.pk, ADDRESS, "Asha", terms, now=desk.scene.now, who=ME)


def refusal(work):
    """The code with which it is refused."""
    with pytest.raises(RefusedError) as refused:
        work()
    return refused.value.problem.code


@pytest.mark.parametrize("is_first", [True, False])
def test_an_early_link_of_another_brand_opens_nothing_of_this_one(honest, other, is_first):
    """Whichever brand added her first: with the other's link and password there is no role here."""
    now = honest.scene.now
    if is_first:
        stolen, theirs = added(other).token, added(honest)
    else:
        theirs, stolen = added(honest), added(other).token
    person = invitations.redeem(stolen, PHRASE, now=now)
    assert person is not None
    assert [each.brand_id for each in access.places(person)] == [other.scene.brand.pk]
    assert theirs.member.pk not in reload(honest.scene.brand.pk).members
    assert invitations.redeem(theirs.token, PHRASE, now=now) is None
    assert not acts(honest.scene.brand.pk, ActKind.MEMBERSHIP_ACCEPTED)


def test_whoever_begins_first_leaves_the_other_link_no_password(honest, other):
    """Asha uses the honest link; what the other brand kept only lets herself accept."""
    kept, hers = added(other).token, added(honest)
    person = invitations.redeem(hers.token, PHRASE, now=honest.scene.now)
    assert invitations.redeem(kept, "eight calm rivers turn", now=honest.scene.now) is None
    assert Person.objects.get(pk=person.pk).check_password(PHRASE)
    assert [each.pk for each in access.places(person)] == [hers.member.pk]


def test_a_link_for_a_lost_password_ends_when_another_brand_is_accepted(honest, other):
    """The one brand made it while she was its own alone; it would now open both."""
    now = honest.scene.now
    there = added(other)
    invitations.redeem(there.token, PHRASE, now=now)
    member = Membership.objects.get(pk=there.member.pk)
    kept = managing.link(member, now=now, who=ME)
    here = added(honest)
    assert invitations.accept_as(member.person, here.token, now=now) == here.member
    assert invitations.invited(kept, now=now) is None
    assert refusal(lambda: managing.link(member, now=now, who=ME)) == "works_elsewhere"
    assert refusal(lambda: managing.start_over(member, now=now, who=ME)) == "works_elsewhere"


def test_a_link_made_in_the_moment_of_accepting_is_no_way_in(honest, other):
    """At once: either the link is refused, or it is over."""
    now = honest.scene.now
    there = added(other)
    invitations.redeem(there.token, PHRASE, now=now)
    member, here = Membership.objects.get(pk=there.member.pk), added(honest)

    def make():
        try:
            return managing.link(member, now=now, who=ME)
        except RefusedError:
            return None

    token, accepted = together(
        make, lambda: invitations.accept_as(member.person, here.token, now=now)
    )
    assert accepted == here.member
    assert token is None or invitations.invited(token, now=now) is None


def test_who_was_never_accepted_is_not_the_adding_brand_s(honest, other):
    """A brand that adds somebody of another's can't start them over, nor end their sessions."""
    asha = honest.person(Role.SUPPORT)
    client = sign_in(asha)
    terms = managing.Terms(Role.SUPPORT)
    there = managing.add(
        other.scene.brand.pk, asha.person.email, "A", terms, now=other.scene.now, who=ME
    )
    now = other.scene.now
    code = refusal(lambda: managing.start_over(there.member, now=now, who=ME))
    assert code == "not_accepted"
    managing.end(there.member, "not needed", now=now, who=ME)
    assert client.get("/desk/orders/").status_code == 200
    assert factors.has_factor(asha.person)
    assert invitations.invited(there.token, now=now) is None
    assert acts(other.scene.brand.pk, ActKind.SIGNED_IN) == []


def test_an_owner_who_has_not_accepted_keeps_nothing_up(honest):
    """The last owner stays until another has really come."""
    owner = honest.person(Role.OWNER)
    new = added(honest, Role.OWNER)
    told = {"now": honest.scene.now, "who": ME}
    assert refusal(lambda: memberships.leave(owner, **told)) == "last_owner"
    invitations.redeem(new.token, PHRASE, now=honest.scene.now)
    memberships.leave(owner, **told)
    assert refusal(lambda: memberships.leave(new.member, **told)) == "last_owner"


def test_the_same_link_accepts_once_of_two_at_once(honest):
    """Both press the button in the same moment; one act."""
    asha = honest.person(Role.SUPPORT)
    memberships.leave(asha, now=honest.scene.now, who=ME)
    token = managing.add(
        honest.scene.brand.pk,
        asha.person.email,
        "A",
        managing.Terms(Role.AUDITOR),
        now=honest.scene.now,
        who=ME,
    ).token
    now = honest.scene.now
    together(
        lambda: invitations.redeem(token, PHRASE, now=now),
        lambda: invitations.accept_as(asha.person, token, now=now),
    )
    # One by the fixture, when she came first.
    assert len(acts(honest.scene.brand.pk, ActKind.MEMBERSHIP_ACCEPTED)) == 2
    assert not Invitation.objects.filter(used_at=None).exists()


def test_by_the_pages(honest, other):
    """The link leads through the sign-in to what opens the account; then both brands are there."""
    asha = other.person(Role.SUPPORT)
    terms = managing.Terms(Role.AUDITOR)
    here = managing.add(
        honest.scene.brand.pk, asha.person.email, "A", terms, now=honest.scene.now, who=ME
    )
    welcome, join = (f"/account/{each}/{here.token}/" for each in ("welcome", "join"))
    nobody = visitor()
    page = nobody.get(welcome)
    assert page.status_code == 200
    assert join in page.content.decode()
    assert 'type="password"' not in page.content.decode()
    assert nobody.post(welcome, {"password": PHRASE, "again": PHRASE}).status_code == 200
    assert nobody.get(join)["Location"] == f"{LOGIN}?next={join}"
    assert password(visitor(), asha.person.email, PHRASE).status_code == 200
    client, elsewhere = sign_in(asha), sign_in(asha)
    shown = client.get(join)
    assert "Authenticator app" in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    assert client.post(join)["Location"] == "/"
    assert honest.scene.brand.name in client.get("/account/").content.decode()
    assert elsewhere.get("/")["Location"].startswith(LOGIN)
    assert client.get(welcome).status_code == client.post(join).status_code == 410


def test_another_account_takes_nothing(honest):
    """Whoever is signed in as somebody else is told so, and the link stays good."""
    member = added(honest)
    ravi = sign_in(honest.person(Role.SUPPORT))
    for ask in (ravi.get, ravi.post):
        assert ask(f"/account/join/{member.token}/").status_code == 403
    assert invitations.invited(member.token, now=honest.scene.now) is not None


def test_a_stale_factor_accepts_nothing(honest, other):
    """A cookie that was stolen half an hour ago joins no brand."""
    asha = other.person(Role.SUPPORT)
    terms = managing.Terms(Role.OWNER)
    here = managing.add(
        honest.scene.brand.pk, asha.person.email, "A", terms, now=honest.scene.now, who=ME
    )
    client = other.client(asha, factor_minutes=30)
    answer = client.post(f"/account/join/{here.token}/")
    assert answer["Location"].startswith("/account/2fa/reauthenticate/")
    assert Membership.objects.get(pk=here.member.pk).accepted_at is None
