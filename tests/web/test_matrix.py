"""Every URL x every role x own brand / other brand / centre without standing, as one table."""

from typing import Any

import pytest
from django.urls import reverse

from matrix import Things
from orderveil.core.actors import WITHOUT_DEVICE
from orderveil.core.hops import Hop
from orderveil.core.roles import Role
from orderveil.partners import registry
from orderveil.web.pages import PAGES

LETTERS = {
    "O": Role.OWNER,
    "P": Role.PRIVACY_OFFICER,
    "o": Role.OPERATIONS,
    "w": Role.WAREHOUSE,
    "s": Role.SUPPORT,
    "x": Role.OUTSOURCED_SUPPORT,
    "m": Role.MARKETER,
    "i": Role.INTEGRATOR,
    "a": Role.AUDITOR,
    "L": Role.PLATFORM_OPERATOR,
}

TABLE = """
OPowsxmiaL  home
OPowsxmia.  relay relay_ledger roles
OPowsx....  orders search order contacts
OPo.sx....  reveal verify call_customer ticket undelivered correct_address answer_attempt
O.o.......  hand_one hand_many
OP......a.  ledger ledger_checkpoint ledger_note ledger_entry ledger_proof ledger_orders
OP......a.  purges purges_partner
OP........  purges_send purge_confirm
OP......a.  ledger_order ledger_person ledger_partner ledger_find ledger_export
OPo...mia.  policy policy_sentences policy_versions policy_version policy_scams
OP........  policy_approve policy_reject policy_begin policy_draft policy_draft_text
OP........  policy_draft_hop policy_preview policy_publish policy_discard policy_draft_scams
OPo....ia.  partners partner credentials credential channels channel subscriptions subscription
OP........  partner_add partner_agree partner_mode partner_standing partner_centre partner_end
OP........  brand_settings
OPo....ia.  devices device
O.o.......  device_add device_attest device_link device_revoke
..ow......  station
..ow......  waves wave wave_add wave_sheet wave_picked wave_end
..ow......  prints print
...w......  print_settle print_again print_call_off
...w......  packing packing_count packing_full packing_printers packing_again
O......i..  credential_add credential_rotate credential_revoke
O......i..  channel_add channel_rotate channel_revoke
OPo....ia.  approvals approval
OP........  approval_approve approval_turn_down
O......i..  approval_use
O......i..  subscription_add subscription_rotate subscription_revoke
OPo....ia.  inventory telephones bookings
O......i..  booking_again booking_there booking_not_there
O......i..  inventory_disconnect agent_add agent_end
OP......a.  people person reviews review centres centre centre_pdf centre_json
O.........  person_add person_change person_end person_link
OP........  review_open review_every review_keep review_close review_item centre_sign
.........L  brands brand_add brand brand_quota brand_keys brand_keys_check
OP......a.  alerts alert
OP........  alert_close alert_receiver alert_receiver_end canaries canary_retire
"""
"""Who may, in the order of `LETTERS`. What a role may not look at it may not change either.

The platform operator's way to the home page leads to the brands.
"""

MAY = {
    name: {LETTERS[letter] for letter in line.split()[0] if letter != "."}
    for line in TABLE.strip().splitlines()
    for name in line.split()[1:]
}

NUMBER_OF = {
    "partner": "partner",
    "credential": "credential",
    "channel": "channel",
    "subscription": "subscription",
    "person": "membership",
    "brand": "brand",
    "policy": "version",
    "alert": "alert",
    "canary": "canary",
    "approval": "approval",
    "inventory": "inventory",
    "agent": "agent",
    "device": "device",
    "wave": "wave",
    "print": "batch",
    "purge": "purge",
}
"""Whose number `<int:number>` is, by the first word of the page's name."""

TOLD = {
    "reveal": {"what": "phone", "reason": "call_back", "ticket": "T-4711"},
    "verify": {"what": "pincode", "said": "560001"},
    "call_customer": {"reason": "call_back", "ticket": "T-4711"},
    "answer_attempt": {"answer": "cancel"},
    "correct_address": {
        "how": "whole",
        "line1": "9, Invented Street",
        "city": "Pune",
        "state": "Maharashtra",
        "pincode": "411001",
        "country": "IN",
    },
}
"""What a POST of these must say before it is asked about which order."""

OWN_WORDS = {"hop": str(Hop.OMS), "ticket": "T-4711"}
"""Path values that belong to nobody."""


def values_for(page, things: Things, role: Role) -> dict[str, Any]:
    """A value for each part of the page's path, of this brand, as this role knows it."""
    found = {}
    for name in [part.split(":")[-1].rstrip(">") for part in _parts(page.path)]:
        if name == "ref":
            order = things.late if page.name == "answer_attempt" else things.order
            found[name] = things.ref(things.actor(role), order)
        elif name == "number" and page.name == "answer_attempt":
            found[name] = 1
        elif name == "number":
            found[name] = things.values.get(NUMBER_OF[page.name.split("_")[0]], 1)
        else:
            found[name] = OWN_WORDS.get(name) or things.values[name]
    return found


def _parts(path: str) -> list[str]:
    return [part.split(">")[0] + ">" for part in path.split("<")[1:]]


def asked(things: Things, role: Role, urls: dict[str, str]) -> dict[str, tuple[int, int]]:
    """What a GET and an empty POST of each page answer to somebody of that role."""
    things.actor(role)
    client = things.desk.client(things.desk.people[str(role)])
    if role == Role.WAREHOUSE:
        things.desk.on_device(client)
    answers = {}
    # Last of all: its POST ends what the browser is.
    for name, url in sorted(urls.items(), key=lambda each: each[0] == "station"):
        looked = client.get(url)
        looked.close()
        answers[name] = (looked.status_code, client.post(url, _told(things, name)).status_code)
    return answers


def _told(things: Things, name: str) -> dict[str, Any]:
    return {"centre": things.centre.pk} if name == "hand_one" else TOLD.get(name, {})


def urls_of(things: Things, role: Role, *, about: Things | None = None) -> dict[str, str]:
    """The URL of each page; about another brand's things: only those that name one."""
    found = {}
    for page in PAGES:
        parts = _parts(page.path)
        names_a_thing = any(part.split(":")[-1].rstrip(">") not in OWN_WORDS for part in parts)
        if about is None or names_a_thing:
            values = values_for(page, about or things, role)
            if about is not None and page.name.startswith("policy_"):
                values = {"number": 99}  # versions are counted within a brand
            found[page.name] = reverse(page.name, kwargs=values)
    return found


def test_the_table_is_of_every_page():
    """No page is without a line, and no line without a page."""
    assert {page.name for page in PAGES} == MAY.keys()


@pytest.mark.parametrize("role", LETTERS.values())
def test_a_role_reaches_its_pages_and_no_other(db, role):
    """Its own brand's pages answer whoever may; everybody else is told 403, looking or changing."""
    things = Things.make()
    answers = asked(things, role, urls_of(things, role))
    wrong = {
        name: both
        for name, both in answers.items()
        if (role in MAY[name]) != (both != (403, 403)) or max(both) >= 500
    }
    assert wrong == {}


@pytest.mark.parametrize("role", [role for role in LETTERS.values() if role != LETTERS["L"]])
def test_another_brands_things_do_not_exist(db, role):
    """Whoever may change such a thing is told 404 of another brand's; who may only look, too.

    A GET of a page that only takes POSTs leads back to the thing, which is not there.
    """
    things, other = Things.make(), Things.make("banarasi")
    answers = asked(things, role, urls_of(things, role, about=other))
    wrong = {
        name: both
        for name, both in answers.items()
        if role in MAY[name] and not (both[0] in {404, 405, 302} and both[1] in {404, 405})
    }
    assert wrong == {}
    looks = {
        "order",
        "partner",
        "credential",
        "device",
        "person",
        "review",
        "alert",
        "ledger_entry",
    }
    assert {answers[name][0] for name in looks if role in MAY[name]} <= {404}


def test_without_a_device_the_floors_people_reach_what_shows_no_buyer(db):
    """At home or on their own phone: the pages of these permissions, and no other one."""
    things = Things.make()
    things.actor(Role.WAREHOUSE)
    client = things.desk.client(things.desk.person(Role.WAREHOUSE))
    urls = urls_of(things, Role.WAREHOUSE)
    shown = {name for name, url in urls.items() if client.get(url).status_code != 403}
    assert shown == {
        page.name
        for page in PAGES
        if page.permission in WITHOUT_DEVICE and not page.name.startswith("relay")
    }
    for name in urls.keys() - shown:
        assert client.post(urls[name], _told(things, name)).status_code in {403, 405}, name


def test_a_centre_without_standing_reaches_nothing(db):
    """When its partner is suspended, its people are told so on every page."""
    things = Things.make()
    things.actor(Role.OUTSOURCED_SUPPORT)
    registry.set_suspended(things.centre, suspended=True, now=things.desk.scene.now)
    answers = asked(things, Role.OUTSOURCED_SUPPORT, urls_of(things, Role.OUTSOURCED_SUPPORT))
    assert {name: both for name, both in answers.items() if both != (403, 403)} == {}
