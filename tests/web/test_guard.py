"""The guard: signed in, a second factor, a membership, the permission, in this order."""

import pytest
from allauth.mfa.models import Authenticator

from desk import Desk
from orderveil.core.roles import Role


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


def test_every_page_is_kept_by_nobody(desk):
    """`no-store` on everything a person is shown."""
    client = desk.client(desk.person(Role.SUPPORT))
    for path in ("/", "/desk/orders/", "/account/"):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert "no-store" in answer["Cache-Control"]
