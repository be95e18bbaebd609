"""Belonging to a brand: one owner stays, whoever leaves has nothing, whatever happens at once."""

import pytest

from desk import ME, Desk
from orderveil.core.errors import RefusedError
from orderveil.core.hops import Hop
from orderveil.core.roles import Role
from orderveil.gate.asking import ROLE_CHANGED, Caller, in_force
from orderveil.gate.desk.caller import caller_of
from orderveil.gate.disclose import disclose
from orderveil.gate.law import reload
from orderveil.ledger.acts import ActKind
from orderveil.people import memberships
from orderveil.people.models import Membership, Person
from people.door import acts, sign_in
from scene import Scene, together


@pytest.fixture
def desk(db):
    """A brand with people."""
    return Desk.make()


def outcome(work):
    """Call it: "done", or the code of the refusal."""

    def run():
        try:
            work()
        except RefusedError as refused:
            return refused.problem.code
        return "done"

    return run


@pytest.mark.parametrize("second_way", ["leave", "change"])
def test_two_owners_do_not_both_go(desk, second_way):
    """At once, one goes and the other is refused: the brand keeps an owner."""
    first, second = desk.person(Role.OWNER), desk.person(Role.OWNER, "second")
    told = {"now": desk.scene.now, "who": ME}
    other = {
        "leave": lambda: memberships.leave(second, **told),
        "change": lambda: memberships.change(second, Role.AUDITOR, **told),
    }[second_way]
    answers = together(outcome(lambda: memberships.leave(first, **told)), outcome(other))
    assert sorted(answers) == ["done", "last_owner"]
    owners = Membership.objects.filter(role="owner", ended_at=None)
    assert owners.count() == 1


def test_an_address_that_is_added_twice_at_once_is_one_account(desk):
    """Two brands add it in the same moment: both do, or one is told to try again."""
    other = Desk.make(Scene.make("vastralaya"))
    told = {"now": desk.scene.now, "who": ME}
    answers = together(
        *(
            outcome(
                lambda brand=each.scene.brand.pk: memberships.join(
                    brand, "new@people.example", "New", Role.SUPPORT, **told
                )
            )
            for each in (desk, other)
        )
    )
    assert set(answers) <= {"done", "added_at_once"}
    assert "done" in answers
    assert Person.objects.filter(email="new@people.example").count() == 1


def test_who_became_an_owner_meanwhile_stays(desk):
    """A page read somebody's role before they became an owner: it is to be decided anew."""
    old, new = desk.person(Role.OWNER), desk.person(Role.SUPPORT)
    as_read = Membership.objects.get(pk=new.pk)
    memberships.change(new, Role.OWNER, now=desk.scene.now, who=ME)
    memberships.leave(old, now=desk.scene.now, who=ME)
    for work in (
        lambda: memberships.leave(as_read, now=desk.scene.now, who=ME),
        lambda: memberships.change(as_read, Role.AUDITOR, now=desk.scene.now, who=ME),
    ):
        assert outcome(work)() == "changed_meanwhile"


def test_a_membership_ends_once(desk):
    """Ended twice at once: one act, the other is told that nobody is there."""
    asha = desk.person(Role.SUPPORT)
    end = outcome(lambda: memberships.leave(asha, now=desk.scene.now, who=ME))
    assert sorted(together(end, end)) == ["done", "no_such_person"]
    assert len(acts(asha.brand_id, ActKind.MEMBERSHIP_ENDED)) == 1


def test_a_leaver_s_next_ask_is_refused_in_the_gate(desk):
    """An Actor from before the leave is refused by the law of the disclosure, in any process."""
    asha = desk.person(Role.SUPPORT)
    order = desk.scene.admit()
    caller = caller_of(desk.actor(asha), "delivery_problem ticket T-1")
    assert isinstance(caller, Caller)
    law = reload(asha.brand_id)
    assert in_force(law, caller, desk.scene.now) is None
    memberships.leave(asha, now=desk.scene.now, who=ME)
    # This process still holds the old law; the statement finds its revision gone.
    assert disclose(caller, order, None, now=desk.scene.now) == ROLE_CHANGED
    assert in_force(reload(asha.brand_id), caller, desk.scene.now) == ROLE_CHANGED


def test_a_changed_role_is_refused_in_the_gate(desk):
    """What the old role could be shown, it is shown no longer."""
    asha = desk.person(Role.SUPPORT)
    order = desk.scene.admit()
    caller = caller_of(desk.actor(asha), "delivery_problem ticket T-1")
    memberships.change(asha, Role.OPERATIONS, now=desk.scene.now, who=ME)
    assert disclose(caller, order, None, now=desk.scene.now) == ROLE_CHANGED


def test_a_moved_person_is_refused_in_the_gate(desk):
    """The same role at another centre is another membership: its orders are others."""
    one, two = (desk.scene.new_seat(Hop.SUPPORT, slug).partner for slug in ("one", "two"))
    ravi = desk.person(Role.OUTSOURCED_SUPPORT, partner=one)
    order = desk.scene.admit()
    caller = caller_of(desk.actor(ravi), "delivery_problem ticket T-1")
    memberships.change(ravi, Role.OUTSOURCED_SUPPORT, now=desk.scene.now, who=ME, partner_id=two.pk)
    assert disclose(caller, order, None, now=desk.scene.now) == ROLE_CHANGED


def test_who_works_elsewhere_keeps_the_account(desk):
    """Leaving one of two brands ends the sessions, not the account."""
    asha = desk.person(Role.SUPPORT)
    other = Scene.make("vastralaya").brand
    told = {"now": desk.scene.now, "who": ME}
    there = memberships.join(other.pk, asha.person.email, "", Role.SUPPORT, **told)
    session = sign_in(asha)
    memberships.leave(asha, **told)
    assert session.get("/account/").status_code == 302
    assert Person.objects.get(pk=asha.person_id).is_active
    memberships.leave(there, **told)
    assert not Person.objects.get(pk=asha.person_id).is_active


def test_leaving_two_brands_at_once_ends_the_account(desk):
    """Neither of them sees the other's membership as the one that is left."""
    asha = desk.person(Role.SUPPORT)
    other = Scene.make("vastralaya").brand
    told = {"now": desk.scene.now, "who": ME}
    there = memberships.join(other.pk, asha.person.email, "", Role.SUPPORT, **told)
    together(
        lambda: memberships.leave(asha, **told),
        lambda: memberships.leave(there, **told),
    )
    assert not Person.objects.get(pk=asha.person_id).is_active


@pytest.mark.parametrize(
    ("brand", "role", "code"),
    [
        ("own", Role.PLATFORM_OPERATOR, "wrong_place"),
        ("installation", Role.OWNER, "wrong_place"),
        ("own", Role.OUTSOURCED_SUPPORT, "no_centre"),
    ],
)
def test_roles_have_their_places(desk, brand, role, code):
    """A platform operator belongs to the installation, outsourced support to a partner."""
    number = desk.scene.brand.pk if brand == "own" else 0
    with pytest.raises(RefusedError) as refused:
        memberships.join(number, "x@people.example", "X", role, now=desk.scene.now, who=ME)
    assert refused.value.problem.code == code


def test_one_person_has_one_role_in_a_brand(desk):
    """However the address is written."""
    asha = desk.person(Role.SUPPORT)
    with pytest.raises(RefusedError) as refused:
        memberships.join(
            asha.brand_id,
            f" {asha.person.email.upper()}",
            "Again",
            Role.AUDITOR,
            now=desk.scene.now,
            who=ME,
        )
    assert refused.value.problem.code == "here_already"
