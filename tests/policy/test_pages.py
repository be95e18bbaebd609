"""The policy's pages that are read: the table, its sentences, the history, one version."""

import re

import pytest

from desk import ROLES_OF_A_BRAND, Desk
from orderveil.core.fields import Field
from orderveil.core.hops import Hop
from orderveil.core.roles import ROLES, Permission, Role
from orderveil.policy import versions
from orderveil.policy.models import Version
from orderveil.policy.prose import LETTER
from orderveil.policy.toml import load
from policy import sample
from policy.shown import client, numbers, text_of, waiting
from scene import Scene

TABLE = load(sample.BALANCED)


PATHS = {
    "/policy/": Permission.READ_POLICY,
    "/policy/sentences/": Permission.READ_POLICY,
    "/policy/versions/": Permission.READ_POLICY,
    "/policy/versions/1/": Permission.READ_POLICY,
    "/policy/draft/": Permission.DRAFT_POLICY,
    "/policy/draft/text/": Permission.DRAFT_POLICY,
    "/policy/draft/hop/courier/": Permission.DRAFT_POLICY,
    "/policy/draft/preview/": Permission.DRAFT_POLICY,
}


@pytest.mark.parametrize("role", ROLES_OF_A_BRAND)
def test_pages_are_for_who_may(desk, role):
    """Each page answers the roles that hold its permission, and refuses the others."""
    partner = None
    if role == Role.OUTSOURCED_SUPPORT:
        partner = desk.scene.new_seat(Hop.SUPPORT, "careline").partner
    page = desk.client(desk.person(role, partner=partner))
    for path, permission in PATHS.items():
        may = permission in ROLES[role].permissions
        assert page.get(path).status_code == (200 if may else 403), path


def test_the_table_says_every_cell(desk):
    """Field by hop, each letter with its word, in the order of the road."""
    source = client(desk, Role.MARKETER).get("/policy/").content.decode()
    for field in Field:
        row = re.search(
            rf'<th scope="row">{field.replace("_", " ")}</th>(.*?)</tr>', source, re.DOTALL
        )
        letters = re.findall(r'aria-hidden="true">([^<]+)</span><span class="vh">([^<]+)<', row[1])
        forms = [TABLE.rows[hop].form(field) for hop in Hop]
        assert letters == [(LETTER[form], form.replace("_", " ")) for form in forms]


def test_the_table_says_terms_and_warnings(desk):
    """Purpose, reach, states and needs of each hop; what must be said loudly; the legend."""
    text = text_of(client(desk, Role.MARKETER).get("/policy/"))
    for row in TABLE.rows.values():
        assert f"to {row.purpose}".replace("'", "&#x27;") in text
    assert "packed, shipped, out for delivery, undelivered" in text
    assert "Mind: Couriers get the WHOLE PHONE" in text
    assert "a pseudonym of its own" in text


def test_the_sentences_are_there(desk):
    """A paragraph for each hop."""
    text = text_of(client(desk, Role.AUDITOR).get("/policy/sentences/"))
    assert text.count("It may ask for") + text.count("It may never ask") == len(Hop)


def test_the_history_names_people_and_signatories(desk):
    """Every version with its state, author and approver: a colleague's name, a signatory's too."""
    brand, now = desk.scene.brand.pk, desk.scene.now
    waiting(desk)
    versions.approve(brand, 2, approver="binod-at-the-terminal", now=now)
    versions.publish(brand, sample.TIGHTER, author="asha-at-the-terminal", now=now)
    text = text_of(client(desk).get("/policy/versions/"))
    for said in ("balanced@1", "balanced@2", "balanced@3", "Privacy Officer"):
        assert said in text
    assert "binod-at-the-terminal" in text
    assert "asha-at-the-terminal" in text
    assert "person:" not in text


def test_a_long_history_is_paged(desk):
    """Fifty at a time, newest first, by number."""
    for _ in range(51):
        waiting(desk)
    page = client(desk)
    first, second = page.get("/policy/versions/"), page.get("/policy/versions/?before=3")
    assert "balanced@52" in text_of(first)
    assert "balanced@2<" not in first.content.decode()
    assert "?before=3" in first.content.decode()
    assert "balanced@2" in text_of(second)
    assert page.get("/policy/versions/?before=x").status_code == 200


def test_a_version_shows_text_and_differences(desk):
    """What it changed of the one before it, and what going back to it would change."""
    brand, now = desk.scene.brand.pk, desk.scene.now
    versions.publish(brand, sample.TIGHTER, author="asha", now=now)
    page = client(desk, Role.AUDITOR)
    second = text_of(page.get("/policy/versions/2/"))
    assert "Against balanced@1, which was in force when it came" in second
    assert "wms gift message whole absent tighter" in second
    first = text_of(page.get("/policy/versions/1/"))
    assert "Going back to it from balanced@2" in first
    assert "wms gift message absent whole loosens" in first
    assert "gift_message = &quot;whole&quot;" in first


def test_another_brands_versions_are_not_there(desk):
    """A version of another brand answers 404 on every page of it, and stays as it was."""
    other = Desk.make(Scene.make("saree", now=desk.scene.now))
    waiting(other)
    page = client(desk)
    assert page.get("/policy/versions/2/").status_code == 404
    for act in ("approve", "reject", "draft"):
        answer = page.post(f"/policy/versions/2/{act}/", {"reason": "no"})
        assert answer.status_code == 404, act
    assert numbers(other) == [(1, "active"), (2, "pending")]


def test_a_version_that_no_longer_loads_is_still_shown(desk):
    """A floor that rose since leaves old versions readable, and compares nothing."""
    made = waiting(desk)
    crossing = sample.BALANCED.replace('phone = "sent"', 'phone = "whole"')
    Version.objects.filter(pk=made.pk).update(text=crossing, state="replaced")
    page = client(desk)
    shown = page.get("/policy/versions/2/")
    assert shown.status_code == 200
    assert "no longer loads" in text_of(shown)
    assert page.get("/policy/versions/2/scams/").status_code == 409
    assert page.get("/policy/versions/").status_code == 200
