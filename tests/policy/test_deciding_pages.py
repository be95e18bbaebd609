"""A version that waits, on its page: a second person approves it or rejects it."""

from datetime import timedelta

import pytest

from orderveil.core.roles import Role
from orderveil.core.table import Profile
from orderveil.policy import versions
from orderveil.policy.toml import profile_text
from policy import sample
from policy.shown import author, client, draft, last_act, numbers, publish, text_of, waiting


def test_a_second_person_approves(desk):
    """They see author and loosening cells, say yes, and it is in force in their name."""
    waiting(desk)
    page = client(desk)
    shown = text_of(page.get("/policy/versions/2/"))
    assert "Author Privacy Officer" in shown
    assert "wms email absent masked loosens" in shown
    answer = page.post("/policy/versions/2/approve/")
    assert answer["Location"] == "/policy/versions/2/"
    assert numbers(desk) == [(1, "replaced"), (2, "active")]
    kind, person, detail = last_act(desk)
    assert (kind, person) == ("policy_approved", author(desk, Role.OWNER))
    assert detail["replaces"] == 1


def test_the_author_is_not_the_second_person(desk):
    """No button for them, and a refusal if they send the form all the same."""
    waiting(desk, role=Role.OWNER)
    page = client(desk)
    source = page.get("/policy/versions/2/").content.decode()
    assert "/policy/versions/2/approve/" not in source
    assert "Withdraw" in source
    answer = page.post("/policy/versions/2/approve/")
    assert answer.status_code == 403
    assert "second person" in text_of(answer)
    assert numbers(desk) == [(1, "active"), (2, "pending")]


@pytest.mark.parametrize("role", [Role.OPERATIONS, Role.MARKETER, Role.INTEGRATOR, Role.AUDITOR])
def test_who_may_only_read_decides_nothing(desk, role):
    """They see the waiting version without its buttons, and their posts are refused."""
    waiting(desk)
    page = client(desk, role)
    source = page.get("/policy/versions/2/").content.decode()
    assert "loosens" in source
    assert "/approve/" not in source
    assert "/reject/" not in source
    for act in ("approve", "reject", "draft"):
        assert page.post(f"/policy/versions/2/{act}/", {"reason": "no"}).status_code == 403
    assert numbers(desk) == [(1, "active"), (2, "pending")]


def test_a_second_person_rejects_with_a_reason(desk):
    """The reason goes on record; one that looks personal is shown back and not kept."""
    waiting(desk)
    page = client(desk)
    for wrong in ("", "ask +91 90000 00001"):
        answer = page.post("/policy/versions/2/reject/", {"reason": wrong})
        assert answer.status_code == 422
        assert wrong in answer.content.decode()
    assert numbers(desk) == [(1, "active"), (2, "pending")]
    page.post("/policy/versions/2/reject/", {"reason": "the warehouse mails nobody"})
    assert numbers(desk) == [(1, "active"), (2, "rejected")]
    kind, person, detail = last_act(desk)
    assert (kind, person) == ("policy_rejected", author(desk, Role.OWNER))
    assert detail["reason"] == "the warehouse mails nobody"
    shown = text_of(page.get("/policy/versions/2/"))
    assert "Rejected by Owner" in shown
    assert "the warehouse mails nobody" in shown


def test_the_author_withdraws(desk):
    """Their own no is a withdrawal, and the history calls it that."""
    waiting(desk, role=Role.OWNER)
    page = client(desk)
    page.post("/policy/versions/2/reject/", {"reason": "thought better of it"})
    assert numbers(desk) == [(1, "active"), (2, "rejected")]
    assert "withdrawn" in text_of(page.get("/policy/versions/"))


def test_what_moved_on_is_refused_with_its_remedy(desk):
    """Approving what was drafted before another version came into force; drafting it again."""
    brand = desk.scene.brand.pk
    waiting(desk)
    later = desk.scene.now + timedelta(minutes=1)
    versions.publish(brand, sample.TIGHTER, author="asha", now=later)
    page = client(desk)
    shown = page.get("/policy/versions/2/").content.decode()
    assert "came into force after this was drafted" in shown
    assert "/policy/versions/2/approve/" not in shown
    answer = page.post("/policy/versions/2/approve/")
    assert answer.status_code == 409
    assert "publish it again" in text_of(answer)
    assert page.post("/policy/versions/2/draft/")["Location"] == "/policy/draft/preview/"
    preview = text_of(page.get("/policy/draft/preview/"))
    assert "against balanced@3" in preview
    assert "wms gift message absent whole loosens" in preview


def test_the_command_lines_signatory_is_a_second_person_too(desk):
    """A draft from the page can be approved by a code at the terminal."""
    brand, now = desk.scene.brand.pk, desk.scene.now
    page = client(desk)
    draft(page, profile_text(Profile.TODAY))
    publish(page)
    code = versions.add_signatory(brand, "binod", now=now)
    versions.approve(brand, 2, approver=versions.signatory(brand, code), now=now)
    assert "Approved by binod" in text_of(page.get("/policy/versions/2/"))
