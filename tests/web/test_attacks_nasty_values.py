"""Every page, every field, every part of a path, with values that nobody means well by.

No answer is a fault: what makes no sense is refused (4xx) or left out.
"""

import re
from pathlib import Path
from urllib.parse import quote

import pytest

import orderveil
from desk import Desk
from fuzzing import LESSER, NASTY, Fuzz
from matrix import Things
from orderveil.core.roles import Role
from orderveil.gate import asking
from orderveil.people import budgets
from orderveil.people.budgets import Spending
from orderveil.web.urls import PAGES
from people.door import visitor
from web.test_matrix import MAY, urls_of, values_for

ENDLESS = 1_000_000
SOME = (*LESSER, "9" * 5_000, "999999999.AAAAAAAAAAAAAAAAAAAAAAAAAA")
QUERY = (
    "after",
    "before",
    "state",
    "month",
    "partner",
    "reason",
    "order",
    "since",
    "until",
    "next",
)
ROLES = (Role.OWNER, Role.OPERATIONS, Role.OUTSOURCED_SUPPORT, Role.PLATFORM_OPERATOR)
"""Between them they reach every page."""
OPEN = (
    *("/account/login/", "/account/inactive/", "/account/welcome/x/", "/first/x/"),
    *("/account/2fa/authenticate/", "/account/2fa/keys/login/", "/account/oidc/sso/login/"),
)
OWN = (
    *("/account/", "/account/places/", "/account/password/", "/account/2fa/codes/new/"),
    *("/account/2fa/totp/activate/", "/account/2fa/keys/add/", "/account/2fa/reauthenticate/"),
)


def _names() -> tuple[str, ...]:
    """Every name that any form or view of ours reads."""
    found = set()
    for path in Path(orderveil.__file__).parent.rglob("*.py"):
        text = path.read_text()
        found |= set(re.findall(r'(?:POST|GET)\.(?:get|getlist)\("([a-z_]+)"', text))
        if path.name.startswith(("forms", "views")):
            found |= set(re.findall(r"^    (\w+) = forms\.", text, re.MULTILINE))
    return tuple(sorted(found))


@pytest.fixture
def endless(monkeypatch):
    """Budgets without end: what is looked at are values."""
    for what in budgets.PER_MINUTE:
        monkeypatch.setitem(budgets.PER_MINUTE, what, ENDLESS)
    monkeypatch.setitem(asking.FOR_EVERYBODY, Spending.SEARCHES, ENDLESS)


def _fuzz(things: Things, role: Role) -> Fuzz:
    partner = things.centre if role == Role.OUTSOURCED_SUPPORT else None
    member = things.desk.person(
        role, "nasty", partner=partner, views_per_day=ENDLESS, reveals_per_day=ENDLESS
    )
    things.desk.people[str(role)] = member
    return Fuzz(things.desk.client(member))


def _urls(things: Things, role: Role) -> dict[str, str]:
    urls = urls_of(things, role).items()
    return {name: url for name, url in urls if role in MAY.get(name, {role})}


@pytest.mark.parametrize("role", ROLES)
def test_no_query_and_no_body_is_a_fault(db, endless, role):
    """Every page, with every name that anything of ours reads made nasty at once."""
    things = Things.make()
    fuzz = _fuzz(things, role)
    for url in _urls(things, role).values():
        fuzz.query(url, QUERY, SOME)
        fuzz.body(url, _names(), LESSER)
    assert fuzz.faults == {}


@pytest.mark.parametrize("role", ROLES)
def test_no_field_of_a_form_is_a_fault(db, endless, role):
    """Every form of every page as it would be sent, but for one field."""
    things = Things.make()
    fuzz = _fuzz(things, role)
    for url in _urls(things, role).values():
        fuzz.forms(url, LESSER)
    assert fuzz.faults == {}


def test_no_part_of_a_path_is_a_fault(db, endless):
    """Refs, tickets, numbers, months, people: whatever stands there, looking or changing."""
    things = Things.make()
    fuzz = _fuzz(things, Role.OWNER)
    for page in PAGES:
        parts = {name: kind for kind, name in re.findall(r"<(\w+):(\w+)>", page.path)}
        good = {name: str(value) for name, value in values_for(page, things, Role.OWNER).items()}
        for name in parts:
            for nasty in NASTY:
                path = page.path
                for each, kind in parts.items():
                    text = (nasty if each == name else good[each]).encode("utf-8", "surrogatepass")
                    path = path.replace(f"<{kind}:{each}>", quote(text[:8000], safe=""))
                fuzz.send("GET", f"/{path}", told=page.name)
                fuzz.send("POST", f"/{path}", told=page.name)
    assert fuzz.faults == {}


def test_the_way_in_and_ones_own_account_are_no_fault_either(db):
    """Strangers at the sign-in, and people at their own account."""
    names = (*_names(), "login", "password", "code", "credential", "oldpassword", "remember")
    stranger = Fuzz(visitor())
    for url in OPEN:
        stranger.query(url, QUERY, NASTY)
        stranger.body(url, names, NASTY)
    desk = Desk.make()
    insider = Fuzz(desk.client(desk.person(Role.OWNER)))
    for url in (*OWN, "/account/sessions/end/", "/account/language/"):
        insider.query(url, QUERY, LESSER)
        insider.body(url, names, NASTY)
        insider.forms(url, LESSER)
    assert stranger.faults | insider.faults == {}


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("a=1&" * 2_000, "application/x-www-form-urlencoded", 400),
        ("a=" + "x" * 2_900_000, "application/x-www-form-urlencoded", 400),
        ("x" * 3_100_000, "application/x-www-form-urlencoded", 413),
        ("--x\r\n", "multipart/form-data", 400),
        ("--x--\r\n", "multipart/form-data; boundary=" + "x" * 300, 400),
        ("a=\xff", "application/x-www-form-urlencoded; charset=nonsense", 200),
    ],
)
def test_a_body_of_any_size_and_shape_is_refused(db, body, kind, status):
    """Thousands of fields, megabytes, broken parts: refused; an empty form is shown again."""
    desk = Desk.make()
    client = desk.client(desk.person(Role.OWNER))
    answer = client.generic("POST", "/people/add/", body, content_type=kind)
    assert answer.status_code == status
