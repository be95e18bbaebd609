"""The pages of alerts: who sees them, who closes them, what they say."""

from datetime import timedelta

import pytest
from django.db import transaction

from desk import ROLES_OF_A_BRAND, Desk
from incidents.watch import NOW, look, open_page, past, the_alert
from orderveil.core.errors import RefusedError
from orderveil.core.roles import ROLES, Permission, Role
from orderveil.incidents import alerts, canaries
from orderveil.incidents.alerts import Finding
from orderveil.incidents.models import Alert, Canary, Looked, Receiver
from orderveil.incidents.words import AlertKind, Outcome, Severity, What, sentence
from scene import Scene, rows, together


def put(desk, kind=AlertKind.NEW_NETWORK, who="credential:1", adds=True, count=1, **evidence):
    """An alert as a look raises it."""
    found = Finding(kind, Severity.MEDIUM, who, NOW.date(), count, evidence, adds)
    with transaction.atomic():
        return alerts.raise_alert(desk.scene.brand.pk, found, now=NOW)


PATHS = {
    "/alerts/": Permission.READ_ALERTS,
    "/alerts/1/": Permission.READ_ALERTS,
    "/alerts/receiver/": Permission.HANDLE_ALERTS,
    "/canaries/": Permission.HANDLE_ALERTS,
}


@pytest.mark.parametrize("role", ROLES_OF_A_BRAND)
def test_who_sees_what(desk, role):
    """As the roles' table says: 200 or 403."""
    alert = put(desk)
    if role == Role.OUTSOURCED_SUPPORT:
        member = desk.person(role, partner=desk.own)
    else:
        member = desk.person(role)
    client = desk.client(member)
    for path, permission in PATHS.items():
        answer = client.get(path.replace("1", str(alert.pk)))
        assert answer.status_code == (200 if permission in ROLES[role].permissions else 403), path


def test_another_brands_alert_is_not_there(desk):
    """404 to read and to close."""
    alert = put(desk)
    other = Desk.make(Scene.make("another", now=NOW))
    client = other.client(other.person(Role.OWNER))
    assert client.get(f"/alerts/{alert.pk}/").status_code == 404
    told = {"outcome": "explained", "reason": "not mine"}
    assert client.post(f"/alerts/{alert.pk}/close/", told).status_code == 404
    assert b"credential:" not in client.get("/alerts/").content


def test_an_alert_shows_its_evidence(desk):
    """The sentence, the limit, the history, links to the ledger."""
    asha = desk.person(Role.SUPPORT)
    past(desk, asha.person.tag, What.VIEWS, 2)
    order = desk.scene.admit()
    canaries.mark(desk.actor(desk.person(Role.PRIVACY_OFFICER)), order)
    open_page(desk, asha, order)
    look(desk)
    alert = the_alert()
    page = desk.client(desk.person(Role.AUDITOR)).get(f"/alerts/{alert.pk}/")
    text = page.content.decode()
    assert asha.person.name in text
    assert f"/ledger/entries/{alert.evidence['entries'][0]}/" in text
    assert "no-store" in page["Cache-Control"]
    assert "Close the alert" not in text


def test_closing_is_an_act(desk):
    """Outcome and reason are kept and on record; it leaves the list of open ones."""
    alert = put(desk)
    officer = desk.person(Role.PRIVACY_OFFICER)
    client = desk.client(officer)
    assert alerts.open_count(desk.actor(officer)) == 1
    told = {"outcome": "explained", "reason": "the courier moved to another data centre, T-9"}
    answer = client.post(f"/alerts/{alert.pk}/close/", told)
    assert (answer.status_code, answer["Location"]) == (302, "/alerts/")
    alert.refresh_from_db()
    assert (alert.state, alert.outcome, alert.closed_by) == (
        "closed",
        "explained",
        officer.person.tag,
    )
    assert alerts.open_count(desk.actor(officer)) == 0
    found = rows("SELECT subject, person FROM ledger_entry WHERE kind = 'alert_closed'")
    assert found == [(f"alert:{alert.pk}", officer.person.tag)]
    assert b"data centre" in client.get(f"/alerts/{alert.pk}/").content
    again = client.post(f"/alerts/{alert.pk}/close/", told)
    assert again.status_code == 409


@pytest.mark.parametrize(
    "told",
    [
        {"outcome": "explained", "reason": ""},
        {"outcome": "nothing", "reason": "well"},
        {"outcome": "explained", "reason": "she called from +91 90000 00001"},
        {"outcome": "explained", "reason": "x" * 201},
    ],
)
def test_a_reason_is_checked(desk, told):
    """It goes on record: present, short, and without personal data. The form comes back."""
    alert = put(desk)
    client = desk.client(desk.person(Role.PRIVACY_OFFICER))
    answer = client.post(f"/alerts/{alert.pk}/close/", told)
    assert answer.status_code == 422
    assert b"errorlist" in answer.content
    alert.refresh_from_db()
    assert alert.state == "open"


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SUPPORT])
def test_who_only_reads_does_not_close(desk, role):
    """403 at the page, and in the use case without one."""
    alert = put(desk)
    member = desk.person(role)
    told = {"outcome": "explained", "reason": "I say so"}
    answer = desk.client(member).post(f"/alerts/{alert.pk}/close/", told)
    assert answer.status_code == 403
    with pytest.raises(RefusedError):
        alerts.close(desk.actor(member), alert.pk, Outcome.EXPLAINED, "I say so")


def test_nobody_closes_an_alert_about_themselves(desk):
    """While somebody else can: a lone owner may, and the act names them."""
    owner = desk.person(Role.OWNER)
    alert = put(desk, who=owner.person.tag)
    officer = desk.person(Role.PRIVACY_OFFICER)
    with pytest.raises(RefusedError) as refusal:
        alerts.close(desk.actor(owner), alert.pk, Outcome.EXPLAINED, "it was me")
    assert refusal.value.problem.code == "own_alert"
    alerts.close(desk.actor(officer), alert.pk, Outcome.EXPLAINED, "asked the owner")


def test_a_lone_owner_closes_their_own(desk):
    """Otherwise it would stay open for good."""
    owner = desk.person(Role.OWNER)
    alert = put(desk, who=owner.person.tag)
    alerts.close(desk.actor(owner), alert.pk, Outcome.FALSE_ALARM, "it was me, nobody else is here")
    alert.refresh_from_db()
    assert alert.closed_by == alert.who


def test_two_who_close_at_once_close_once(desk):
    """One of them is told that it was closed already."""
    alert = put(desk)
    people = [desk.person(Role.PRIVACY_OFFICER), desk.person(Role.OWNER)]

    def close(member):
        try:
            return alerts.close(desk.actor(member), alert.pk, Outcome.INCIDENT, "seen").state
        except RefusedError as error:
            return error.problem.code

    done = together(*[lambda member=member: close(member) for member in people])
    assert sorted(done) == ["closed", "closed_already"]
    assert len(rows("SELECT 1 FROM ledger_entry WHERE kind = 'alert_closed'")) == 1


def test_a_closed_alert_stays_closed_until_it_doubles(desk):
    """The same count raises nothing; twice of it does; something new always does."""
    kind = AlertKind.UNUSUAL_REVEALS
    told = {"what": "reveals", "limit": 10, "usual": 2}
    officer = desk.actor(desk.person(Role.PRIVACY_OFFICER))
    first = put(desk, kind, adds=False, count=12, **told)
    alerts.close(officer, first.pk, Outcome.EXPLAINED, "a sale")
    assert put(desk, kind, adds=False, count=23, **told) is None
    assert put(desk, kind, adds=False, count=24, **told) is not None
    canary = put(desk, AlertKind.CANARY_SEEN)
    alerts.close(officer, canary.pk, Outcome.INCIDENT, "seen")
    assert put(desk, AlertKind.CANARY_SEEN) is not None


def test_the_list_goes_on_by_place(desk):
    """Fifty a page, the newest first, none twice."""
    for number in range(60):
        put(desk, who=f"credential:{number + 1}")
    client = desk.client(desk.person(Role.AUDITOR))
    first = client.get("/alerts/").content.decode()
    last = sorted(Alert.objects.values_list("pk", flat=True))[10]
    assert f"before={last}" in first
    rest = client.get(f"/alerts/?before={last}").content.decode()
    assert rest.count('data-label="Alert"') == 10
    assert client.get("/alerts/?before=x&state=y").status_code == 200


def test_a_canary_is_marked_by_its_number(desk):
    """The order is found within the brand; a second time is refused; retiring ends it."""
    order = desk.scene.admit(desk.scene.draft(order_number="#1001"))
    client = desk.client(desk.person(Role.PRIVACY_OFFICER))
    told = {"number": "#1001", "expected": [desk.own.pk]}
    assert client.post("/canaries/", told)["Location"] == "/canaries/"
    (made,) = Canary.objects.all()
    assert (bytes(made.order_id), made.expected) == (order, [desk.own.pk])
    page = client.get("/canaries/").content.decode()
    assert "#1001" not in page
    assert order.hex() not in page
    assert client.post("/canaries/", told).status_code == 422
    assert client.post("/canaries/", {"number": "#404"}).status_code == 422
    client.post(f"/canaries/{made.pk}/retire/")
    assert canaries.alive(desk.scene.brand.pk) == []
    assert client.post(f"/canaries/{made.pk}/retire/").status_code == 404


def test_marking_and_the_receiver_need_a_fresh_factor(desk):
    """A factor of an hour ago is asked for again, and nothing changes."""
    desk.scene.admit(desk.scene.draft(order_number="#1001"))
    client = desk.client(desk.person(Role.OWNER), factor_minutes=60)
    told = {"/canaries/": {"number": "#1001"}}
    told["/alerts/receiver/"] = {"url": "https://alerts.example/in"}
    for path, sent in told.items():
        assert "reauthenticate" in client.post(path, sent)["Location"]
    assert not Canary.objects.exists()
    assert not Receiver.objects.exists()


def test_the_receivers_secret_is_shown_once(desk):
    """In the answer to the change, and never again; a bad URL comes back with a sentence."""
    client = desk.client(desk.person(Role.OWNER))
    shown = client.post("/alerts/receiver/", {"url": "https://alerts.example/in"})
    assert shown.content.count(b"whsec_") == 1
    assert b"whsec_" not in client.get("/alerts/receiver/").content
    assert client.post("/alerts/receiver/", {"url": "http://x.example"}).status_code == 422
    assert client.post("/alerts/receiver/end/").status_code == 302
    assert not Receiver.objects.exists()


def test_the_pages_say_when_no_mail_leaves(desk):
    """Nobody should wait for a mail that was never configured."""
    client = desk.client(desk.person(Role.OWNER))
    assert b"ORDERVEIL_MAIL" in client.get("/alerts/").content
    assert b"ORDERVEIL_MAIL" in client.get("/alerts/receiver/").content


def test_every_kind_has_a_sentence(desk):
    """With numbers of its own and no placeholder left."""
    told = {"what": "reveals", "limit": 9, "usual": 2, "hour": "11:00", "hour_count": 12}
    for kind in AlertKind:
        for evidence in (told, told | {"hour": ""}):
            text = sentence(kind, 40, evidence)
            assert "%" not in text
            assert any(digit in text for digit in ("40", "12"))


def test_the_list_says_when_it_was_looked_at_last(desk):
    """An idle worker must not look like peace."""
    client = desk.client(desk.person(Role.OWNER))
    assert b"Nothing was looked at yet" in client.get("/alerts/").content
    look(desk, NOW + timedelta(minutes=1))
    assert Looked.objects.get().at == NOW + timedelta(minutes=1)
    assert b"12:01" in client.get("/alerts/").content
