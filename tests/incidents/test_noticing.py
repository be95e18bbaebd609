"""What is noticed without a usual: new networks, failed sign-ins, and canaries that are seen."""

from datetime import timedelta

import pytest

from incidents.watch import NOW, look, open_page, reveal, rows_read, seat_of, the_alert
from orderveil.core.hops import Hop
from orderveil.core.roles import Role
from orderveil.gate.desk.listing import Wanted, list_orders
from orderveil.gate.disclose import disclose
from orderveil.incidents import canaries, noticing, signins, watching
from orderveil.incidents.models import Count
from orderveil.incidents.words import What
from orderveil.partners import networks
from scene import Scene, rows


def test_a_credential_in_a_new_network(desk):
    """Learned for a week; then another /24 is named, the same one is not."""
    credential = seat_of(desk).credential
    networks.note(credential, "192.0.2.1", NOW - timedelta(days=30))
    networks.note(credential, "192.0.2.77", NOW)
    assert look(desk) == []
    networks.note(credential, "198.51.100.9", NOW)
    assert look(desk) == [("new_network", f"credential:{credential.pk}")]
    networks.note(credential, "2001:db8:1:2::3", NOW)
    assert look(desk) == []
    alert = the_alert()
    assert (alert.count, alert.severity) == (2, "medium")
    assert set(alert.evidence["networks"]) == {"198.51.100.0/24", "2001:db8:1::/48"}


def test_a_person_in_a_new_network(desk):
    """The same for sign-ins, low; another brand's people are no business of this one."""
    asha = desk.person(Role.SUPPORT).person
    signins.note_network(asha, "192.0.2.1", NOW - timedelta(days=30))
    signins.note_network(asha, "192.0.2.9", NOW)
    assert look(desk) == []
    signins.note_network(asha, "198.51.100.9", NOW)
    assert look(desk) == [("new_network", asha.tag)]
    assert look(desk) == []
    assert the_alert().severity == "low"
    other = Scene.make("another", now=NOW)
    assert watching.look(other.brand.pk, NOW) == []


def test_failed_sign_ins(desk):
    """Six wrong passwords for one account: an alert about the person, counted by a hash."""
    asha = desk.person(Role.SUPPORT).person
    for _ in range(6):
        signins.note_failure(asha.email.upper(), NOW)
        signins.note_failure("nobody@people.example", NOW)
    assert look(desk) == [("failed_sign_ins", asha.tag)]
    assert the_alert().count == 6
    signins.note_failure(asha.email, NOW)
    assert look(desk) == []
    assert the_alert().count == 7
    told = {who for who in Count.objects.values_list("who", flat=True) if "@" in who}
    assert told == set()


def test_foreign_failures_cost_a_brand_nothing(desk):
    """Whoever fails under thousands of addresses has no brand read them."""
    asha = desk.person(Role.SUPPORT).person
    signins.note_failure(asha.email, NOW)
    brand = desk.scene.brand.pk
    before = rows_read(lambda: noticing.failed_sign_ins(brand, NOW))
    for number in range(50):
        signins.note_failure(f"nobody{number}@people.example", NOW)
    assert rows_read(lambda: noticing.failed_sign_ins(brand, NOW)) == before == 2


def test_a_wrong_password_at_the_door_is_counted(desk):
    """Through the real sign-in page; an account that does not exist leaves a row just the same."""
    asha = desk.person(Role.SUPPORT).person
    for address in (asha.email, "nobody@people.example"):
        told = {"login": address, "password": "not the password at all"}
        assert desk.client().post("/account/login/", told).status_code == 200
    counted = Count.objects.filter(what=What.FAILED_SIGN_INS).values_list("who", "count")
    accounts = [signins.account_of(asha.email), signins.account_of("nobody@people.example")]
    assert sorted(counted) == sorted((each, 1) for each in accounts)


@pytest.fixture
def canary(desk):
    """A watched order, already moved on by the journey."""
    order = desk.scene.admit()
    canaries.mark(desk.actor(desk.person(Role.PRIVACY_OFFICER)), order)
    return order


def test_opening_a_canary(desk, canary):
    """One view by a person: high, at the next look."""
    asha = desk.person(Role.SUPPORT)
    open_page(desk, asha, canary)
    assert look(desk) == [("canary_seen", asha.person.tag)]
    alert = the_alert()
    assert alert.severity == "high"
    assert len(alert.evidence["entries"]) == 1


def test_revealing_a_canary(desk, canary):
    """A reveal too; a second one counts up."""
    asha = desk.person(Role.SUPPORT)
    reveal(desk, asha, canary)
    assert look(desk) == [("canary_seen", asha.person.tag)]
    reveal(desk, asha, canary, NOW + timedelta(minutes=1))
    assert look(desk) == []
    assert the_alert().count == 2


def test_a_list_with_a_canary_in_it_is_no_sighting(desk, canary):
    """A row of a list is nobody's choice."""
    asha = desk.person(Role.SUPPORT)
    assert len(list_orders(desk.actor(asha), Wanted(), None, now=NOW).answers) == 1
    assert look(desk) == []


def test_a_system_that_is_shown_a_canary(desk, canary):
    """Alone or in a bulk; not by our own webhooks, not if its partner is expected."""
    seat = seat_of(desk)
    who = f"credential:{seat.credential.pk}"
    told = seat.caller
    disclose(
        type(told)(told.brand_id, told.partner_id, told.hop, reason="told:x"), canary, None, now=NOW
    )
    assert look(desk) == []
    desk.scene.ask_many(Hop.OMS, [canary])
    assert look(desk) == [("canary_seen", who)]
    officer = desk.actor(desk.person(Role.PRIVACY_OFFICER))
    calm = desk.scene.admit()
    canaries.mark(officer, calm, [seat.partner.pk])
    desk.scene.ask(Hop.OMS, calm)
    assert look(desk) == []


def test_a_retired_canary_is_silent(desk, canary):
    """And what happened before it was marked never counts."""
    officer = desk.actor(desk.person(Role.PRIVACY_OFFICER))
    (watched,) = canaries.alive(desk.scene.brand.pk)
    canaries.retire(officer, watched.pk)
    open_page(desk, desk.person(Role.SUPPORT), canary)
    assert look(desk) == []
    later = NOW + timedelta(hours=1)
    canaries.mark(desk.actor(desk.person(Role.PRIVACY_OFFICER), now=later), canary)
    assert look(desk, later) == []


def test_the_record_does_not_name_a_canary(desk, canary):
    """Neither by its order nor in the act's detail: a keyed hash only."""
    found = rows("SELECT entry FROM ledger_entry WHERE kind = 'canary_marked'")
    assert len(found) == 1
    assert canary.hex() not in bytes(found[0][0]).decode()
    assert rows("SELECT 1 FROM ledger_record WHERE kind = 'canary_marked'") == []
