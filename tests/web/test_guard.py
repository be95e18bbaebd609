"""The guard: signed in, a second factor, a membership, the permission, in this order."""

from urllib.parse import quote

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test.utils import CaptureQueriesContext

from desk import PASSWORD, Desk
from orderveil.core.roles import Role
from people.door import CODE, LOGIN, code, visitor


@pytest.fixture
def desk(db):
    """A brand with people."""
    return Desk.make()


def test_a_stranger_is_sent_to_the_sign_in(desk):
    """Whoever is not signed in sees nothing but the way in, and comes back afterwards."""
    answer = desk.client().get("/desk/orders/")
    assert (answer.status_code, answer["Location"]) == (302, "/account/login/?next=/desk/orders/")
    assert desk.client().get("/account/login/").status_code == 200


def test_a_session_without_a_factor_reaches_only_its_enrolment(desk):
    """A password alone opens the page that enrols a factor, and no other."""
    asha = desk.person(Role.SUPPORT)
    Authenticator.objects.all().delete()
    client = desk.client(asha, factor_minutes=None)
    for path in ("/", "/desk/orders/", "/account/", "/account/password/", "/account/2fa/"):
        assert client.get(path)["Location"] == "/account/enrol/"
    assert client.get("/account/enrol/").status_code == 200


def test_a_session_that_never_proved_the_factor_must(desk):
    """A session from before the enrolment is not let in by another session's factor."""
    client = desk.client(desk.person(Role.SUPPORT), factor_minutes=None)
    for path in ("/", "/desk/orders/", "/account/password/"):
        assert client.get(path)["Location"].startswith("/account/2fa/reauthenticate/")


def test_a_role_without_the_permission_is_told_who_has_it(desk):
    """The refusal names the roles that may."""
    answer = desk.client(desk.person(Role.AUDITOR)).get("/desk/orders/")
    assert answer.status_code == 403
    assert "Support" in answer.content.decode()


def test_a_link_from_elsewhere_survives_the_sign_in(desk):
    """What the helpdesk's link names is still there after the password and after the factor."""
    asha = desk.person(Role.SUPPORT)
    link = "/desk/t/T-1001/?order=S-2&reason=call_back"
    there = visitor().get(link)["Location"]
    assert there == f"{LOGIN}?next={quote(link, safe='/')}"
    client = visitor()
    client.post(there, {"login": asha.person.email, "password": PASSWORD})
    assert client.post(CODE, {"code": code()})["Location"] == link


def test_names_are_looked_up_once_a_page(desk):
    """However many people are on it."""
    auditor = desk.client(desk.person(Role.AUDITOR))

    def queries():
        with CaptureQueriesContext(connection) as made:
            assert auditor.get("/ledger/").status_code == 200
        return len(made)

    queries()
    few = queries()
    for number in range(12):
        desk.person(Role.SUPPORT, f"agent_{number}")
    assert queries() == few


def test_every_page_is_kept_by_nobody(desk):
    """`no-store` on everything a person is shown."""
    client = desk.client(desk.person(Role.SUPPORT))
    for path in ("/", "/desk/orders/", "/account/"):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert "no-store" in answer["Cache-Control"]
