"""People at the command line: personal values by standard input, links printed once."""

import pytest

from orderveil.people import invitations
from orderveil.people.models import Invitation, Membership, Person
from scene import rows

MEERA = "meera@people.example\nMeera Invented\n"


def path_of(link):
    """A link without the installation's address."""
    assert link.startswith("http://localhost:8420/account/welcome/")
    return link.split("/")[-2]


def test_a_person_is_added_by_standard_input(shop):
    """Email and name are read, not argued; the link works and is nowhere stored."""
    made = shop.json("person", "add", "--role", "owner", typed=MEERA)
    member = Membership.objects.get(pk=made["number"])
    assert (member.role, member.person.name) == ("owner", "Meera Invented")
    token = path_of(made["link"])
    assert invitations.invited(token, now=member.created_at).membership == member
    assert token not in str(rows("SELECT token_hash::text FROM people_invitation"))


def test_the_list_shows_who_is_there(shop):
    """With the number that other commands take; no address, no link."""
    made = shop.json("person", "add", "--role", "owner", typed=MEERA)
    printed = shop("person", "list").output
    for word in (str(made["number"]), "not accepted yet", "owner", "link waits"):
        assert word in printed
    at = Membership.objects.get().created_at
    invitations.redeem(path_of(made["link"]), "nine green parrots sing", now=at)
    assert "Meera Invented" in shop("person", "list").output
    assert "meera@" not in printed
    assert path_of(made["link"]) not in printed


def test_somebody_starts_over(shop):
    """A new link; the old one and the password open nothing."""
    made = shop.json("person", "add", "--role", "owner", typed=MEERA)
    person = Membership.objects.get(pk=made["number"]).person
    invitations.redeem(path_of(made["link"]), "nine green parrots sing", now=person.created_at)
    new = shop.json("person", "link", made["number"], "--start-over")
    person.refresh_from_db()
    assert not person.has_usable_password()
    assert path_of(new["link"]) != path_of(made["link"])
    assert Invitation.objects.filter(used_at=None).count() == 1


def test_somebody_leaves(shop):
    """For a reason that is on record; the last owner stays."""
    made = shop.json("person", "add", "--role", "owner", typed=MEERA)
    at = Membership.objects.get(pk=made["number"]).created_at
    invitations.redeem(path_of(made["link"]), "nine green parrots sing", now=at)
    ravi = shop.json("person", "add", "--role", "support", typed="r@people.example\nRavi\n")
    shop("person", "leave", ravi["number"], "--reason", "left the company")
    assert not Person.objects.get(name="Ravi").is_active
    owner = Membership.objects.get(person__name="Meera Invented")
    refused = shop("person", "leave", owner.pk, "--reason", "tidying up", exit_code=1)
    assert "last owner" in refused.output


@pytest.mark.parametrize(
    ("given", "typed", "said"),
    [
        (("--role", "support"), "no address\nX\n", "no email address"),
        (("--role", "outsourced_support"), "x@people.example\nX\n", "works for a partner"),
        (("--role", "platform_operator"), "x@people.example\nX\n", "does not belong there"),
        (("--role", "owner", "--platform"), "x@people.example\nX\n", "does not belong there"),
        (("--role", "support", "--centre", "nowhere"), "x@people.example\nX\n", "no partner"),
    ],
)
def test_what_can_t_be_is_refused(shop, given, typed, said):
    """With the sentence that a page would say, and nobody is added."""
    assert said in shop("person", "add", *given, typed=typed, exit_code=1).output
    assert not Person.objects.exists()


def test_a_platform_operator_is_added_here_only(shop):
    """They belong to the installation."""
    made = shop.json("person", "add", "--role", "platform_operator", "--platform", typed=MEERA)
    assert Membership.objects.get(pk=made["number"]).brand_id == 0
    assert [row["number"] for row in shop.json("person", "list", "--platform")] == [made["number"]]


def test_another_brand_s_number_is_nobody(shop):
    """A number of the installation's is none of the brand's."""
    made = shop.json("person", "add", "--role", "platform_operator", "--platform", typed=MEERA)
    for command in (("link",), ("leave", "--reason", "tidying")):
        told = shop("person", command[0], made["number"], *command[1:], exit_code=1)
        assert "Nobody of that number" in told.output
