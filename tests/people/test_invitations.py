"""One-time links: once, for two days, the last one only."""

from datetime import timedelta

import pytest

from desk import ME, Desk
from orderveil.core.roles import Role
from orderveil.ledger.acts import ActKind
from orderveil.people import invitations, memberships
from orderveil.people.models import Invitation, Person
from people.door import acts, visitor
from scene import together

FIRST, SECOND = "nine green parrots sing", "eight calm rivers turn"


@pytest.fixture
def asha(db):
    """Somebody who has not begun yet."""
    desk = Desk.make()
    told = {"now": desk.scene.now, "who": ME}
    return memberships.join(
        desk.scene.brand.pk, "asha@people.example", "Asha", Role.SUPPORT, **told
    )


@pytest.fixture
def now(asha):
    """When they were added."""
    return asha.created_at


def test_a_link_serves_once(asha, now):
    """The first password holds."""
    token = invitations.invite(asha, now=now, who=ME)
    assert invitations.redeem(token, FIRST, now=now) == asha.person
    assert invitations.redeem(token, SECOND, now=now) is None
    assert Person.objects.get(pk=asha.person_id).check_password(FIRST)
    assert len(acts(asha.brand_id, ActKind.PASSWORD_SET)) == 1


def test_a_link_serves_one_of_two_at_once(asha, now):
    """Both press the button in the same moment."""
    token = invitations.invite(asha, now=now, who=ME)
    found = together(
        lambda: invitations.redeem(token, FIRST, now=now),
        lambda: invitations.redeem(token, SECOND, now=now),
    )
    assert sorted(each is None for each in found) == [False, True]


def test_a_link_runs_out(asha, now):
    """Good until its last moment, and not at it."""
    token = invitations.invite(asha, now=now, who=ME, life=timedelta(hours=2))
    end = now + timedelta(hours=2)
    found = invitations.invited(token, now=end - timedelta(seconds=1))
    assert found is not None
    assert found.membership == asha
    assert invitations.invited(token, now=end) is None
    assert invitations.redeem(token, FIRST, now=end) is None
    assert not Person.objects.get(pk=asha.person_id).has_usable_password()


def test_a_new_link_supersedes_the_old(asha, now):
    """Only the last one is good, and the list shows its time."""
    old = invitations.invite(asha, now=now, who=ME)
    later = now + timedelta(hours=1)
    new = invitations.invite(asha, now=later, who=ME)
    assert invitations.redeem(old, FIRST, now=later) is None
    waiting = invitations.waiting([asha.pk, 0], now=later)
    assert waiting == {asha.pk: later + invitations.LIFE}
    assert invitations.redeem(new, FIRST, now=later) == asha.person
    assert invitations.waiting([asha.pk], now=later) == {}


def test_a_leaver_s_link_is_over(asha, now):
    """Somebody who left before they began sets no password."""
    token = invitations.invite(asha, now=now, who=ME)
    memberships.leave(asha, now=now, who=ME)
    assert invitations.invited(token, now=now) is None
    assert invitations.redeem(token, FIRST, now=now) is None


def test_only_a_hash_is_stored(asha, now):
    """32 bytes that open nothing; a guess finds nothing."""
    token = invitations.invite(asha, now=now, who=ME)
    stored = bytes(Invitation.objects.get().token_hash)
    assert len(stored) == 32
    for guess in (stored.hex(), token[:-1], token + "x", "x"):
        assert invitations.invited(guess, now=now) is None
        assert visitor().get(f"/account/welcome/{guess}/").status_code == 410


def test_every_link_is_on_record(asha, now):
    """By whom and for whom; nothing in the act opens anything."""
    token = invitations.invite(asha, now=now, who=ME)
    (act,) = acts(asha.brand_id, ActKind.PERSON_INVITED)
    assert (act["subject"], act["who"]["person"]) == (asha.person.tag, ME.person)
    assert token not in str(act)
