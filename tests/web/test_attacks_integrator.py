"""An integrator alone: every way to come to hold what opens personal data.

    "connects systems: credentials, channels and webhooks, never personal data"

They have a session, a fresh factor, the shop's secrets, and every form of the desk.
"""

import re

import pytest

from desk import Desk
from doors import Doors, own
from matrix import Things
from orderveil.core.fields import PERSONAL
from orderveil.core.floors import lets_through
from orderveil.core.forms import SHOWS_NOTHING, Form
from orderveil.core.hops import Hop
from orderveil.core.roles import Permission, Role, holders
from orderveil.core.table import Profile
from orderveil.gate import law as laws
from orderveil.partners import registry
from orderveil.partners.models import Approval, Credential
from partners import sample
from scene import PERSON, Seat
from web.test_matrix import urls_of

TOKEN = re.compile(r"ov_[1-9][0-9]*_[A-Za-z0-9_-]{43}")
KINDS = ["order.admitted", "parcel.assigned", "parcel.packed"]


@pytest.fixture
def desk(db):
    """A brand with an order, its own partner, a courier, and somebody who connects systems."""
    desk = Desk.make()
    desk.scene.pack(desk.scene.admit())
    return desk


@pytest.fixture
def integrator(desk):
    """Their client."""
    return desk.client(desk.person(Role.INTEGRATOR))


def keys():
    """What opens anything, as it is stored: hashes, networks, ends, addresses."""
    # The time of the last use is nobody's power.
    drop = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[^,)]*")
    tables = ("partners_credential", "outbox_subscription")
    return [drop.sub("", sample.everything_stored(table)) for table in tables]


def every_hop(desk):
    """A partner on each hop of the road."""
    hops = [hop for hop in Hop if hop != Hop.STOREFRONT]
    return registry.add_partner(desk.scene.brand, "everything", hops, now=desk.scene.now, own=True)


@pytest.mark.parametrize("hop", [hop for hop in Hop if hop != Hop.STOREFRONT])
def test_no_form_gives_them_a_token_or_a_subscription(desk, integrator, hop):
    """Whatever the hop and whatever is typed, there is a request and no key."""
    partner, before = every_hop(desk), keys()
    tries = [
        ("/credentials/add/", {"who": f"{partner.pk}/{hop}"}),
        ("/credentials/add/", {"who": f"{partner.pk}/{hop}", "approve_credentials": "on"}),
        ("/credentials/add/", {"who": f"{partner.pk}/{hop}", "channel": desk.scene.channel.pk}),
        ("/credentials/add/", {"who": f"{partner.pk}/{hop}/storefront"}),
        ("/credentials/add/", {"who": f"{partner.pk}/storefront"}),
        (
            "/subscriptions/add/",
            {
                "partner": f"{partner.pk}/{hop}",
                "url": "https://mine.example/take",
                "kinds": KINDS,
            },
        ),
    ]
    for path, said in tries:
        answer = integrator.post(path, said)
        assert answer.status_code in {302, 422}, (path, said)
        assert not TOKEN.search(answer.content.decode())
        assert 'id="secret"' not in answer.content.decode()
    assert keys() == before
    assert Approval.objects.filter(verdict="", used_at=None).count() == 3


def test_no_credential_that_is_there_is_rotated_into_their_hands(desk, integrator):
    """Nor is its old secret ended by the try."""
    seats, before = list(desk.scene.seats.values()), keys()
    for seat in seats:
        for overlap in ("0", "24", "168"):
            page = f"/credentials/{seat.credential.pk}/rotate/"
            answer = integrator.post(page, {"overlap": overlap})
            assert answer["Location"].startswith("/approvals/")
    assert keys() == before
    now = desk.scene.now
    for seat in seats:
        assert isinstance(laws.authenticate(seat.token, now=now, address=None), tuple)


def test_they_can_not_approve_what_they_asked(desk, integrator):
    """Not by the page, not by the code behind it, not by asking as somebody else."""
    integrator.post("/credentials/add/", {"who": f"{every_hop(desk).pk}/courier"})
    number, before = Approval.objects.get().pk, keys()
    said = {"verdict": "approved", "reason": "fine", "decided_by": "person:1", "use_by": "2099"}
    for what, status in (("approve", 403), ("turn-down", 403), ("use", 409)):
        assert integrator.post(f"/approvals/{number}/{what}/", said).status_code == status
    assert integrator.post(f"/approvals/{number}/", said).status_code == 405
    assert Approval.objects.get().verdict == ""
    assert keys() == before


def test_what_was_approved_can_not_be_stretched(desk, integrator):
    """Parameters sent with the use are nobody's; an approval of one thing is not of another."""
    partner = every_hop(desk)
    for networks in ("192.0.2.0/24", ""):
        said = {"who": f"{partner.pk}/courier", "networks": networks, "daily_limit": "1"}
        integrator.post("/credentials/add/", said)
    narrow, wide = Approval.objects.order_by("pk")
    officer = desk.client(desk.person(Role.PRIVACY_OFFICER))
    officer.post(f"/approvals/{narrow.pk}/approve/")
    said = {"who": f"{partner.pk}/support", "networks": "", "daily_limit": "", "number": wide.pk}
    answer = integrator.post(f"/approvals/{narrow.pk}/use/?number={wide.pk}", said)
    made = Credential.objects.latest("pk")
    assert str(made.pk) in TOKEN.search(answer.content.decode())[0]
    assert (made.hop, made.networks, made.daily_limit) == ("courier", ["192.0.2.0/24"], 1)
    assert integrator.post(f"/approvals/{wide.pk}/use/").status_code == 409


def test_a_colleague_can_not_collect_for_them(desk, integrator):
    """What one asked, the other doesn't get; whoever left gets nothing."""
    integrator.post("/credentials/add/", {"who": f"{every_hop(desk).pk}/courier"})
    number = Approval.objects.get().pk
    desk.client(desk.person(Role.OWNER)).post(f"/approvals/{number}/approve/")
    before = keys()
    other = desk.client(desk.person(Role.INTEGRATOR, "second"))
    assert other.post(f"/approvals/{number}/use/").status_code == 403
    stale = desk.client(desk.person(Role.INTEGRATOR), factor_minutes=11)
    answer = stale.post(f"/approvals/{number}/use/")
    assert answer["Location"].startswith("/account/2fa/reauthenticate/")
    assert keys() == before


def test_no_page_of_the_desk_makes_them_a_key(db):
    """Every page, with an empty POST and with a full one: nothing that opens anything changes."""
    things = Things.make()
    things.actor(Role.INTEGRATOR)
    client = things.desk.client(things.desk.people[str(Role.INTEGRATOR)])
    partner = things.values["partner"]
    said = {
        "who": f"{partner}/wms",
        "partner": f"{partner}/wms",
        "url": "https://mine.example/take",
        "kinds": KINDS,
        "overlap": "0",
        "networks": "",
        "to": "restored",
        "mode": "observe",
        "role": "owner",
        "reason": "because",
    }
    ending = {"credential_revoke", "subscription_revoke"}
    before = keys()
    rotated = {"subscription_rotate"}
    for name, url in urls_of(things, Role.INTEGRATOR).items():
        if name in ending | rotated:
            continue
        for told in ({}, said):
            answer = client.post(url, told)
            assert not TOKEN.search(answer.content.decode()), name
    assert keys() == before


def test_a_channels_keys_let_orders_in_and_nothing_out(db):
    """A storefront's credential, which they get alone, reads no personal field by any way."""
    doors = Doors.make(format_="orderveil", profile=Profile.TODAY)
    scene = doors.scene
    order, desk = scene.pack(scene.admit()), Desk.make(scene)
    front = registry.add_partner(scene.brand, "front", [Hop.STOREFRONT], now=scene.now, own=True)
    integrator = desk.client(desk.person(Role.INTEGRATOR))
    said = {"who": f"{front.pk}/storefront", "channel": scene.channel.pk}
    token = TOKEN.search(integrator.post("/credentials/add/", said).content.decode())[0]
    made = Credential.objects.latest("pk")
    ref = doors.ref(Seat(front, made, token, Hop.STOREFRONT), order)
    assigns = {"assign": {"hop": "courier", "partner": "courier-one"}}
    asks = [
        ("POST", f"/v1/orders/{ref}/events", assigns),
        ("POST", "/v1/orders", {"orders": [own("shop-1")]}),
        *[("GET", f"/v1/hops/{hop}/orders/{ref}", None) for hop in Hop],
        *[("POST", f"/v1/hops/{hop}/views", {"refs": [ref]}) for hop in Hop],
    ]
    answers = [doors.call(method, path, token=token, body=body) for method, path, body in asks]
    assert [each.status_code for each in answers].count(200) == 3
    assert answers[0].status_code == 403
    personal = [value for value in PERSON.values() if value != "IN"]
    assert [value for each in answers for value in personal if value in each.text] == []
    # It is rotated without a second person, too.
    rotated = integrator.post(f"/credentials/{made.pk}/rotate/", {"overlap": "0"})
    assert TOKEN.search(rotated.content.decode())


def test_no_policy_shows_a_storefront_anything_personal():
    """The floor that lets its keys be issued without a second person: no form of any field."""
    shown = [
        form
        for field in PERSONAL
        for form in Form
        for profile in Profile
        if lets_through(Hop.STOREFRONT, field, form, profile)
    ]
    assert set(shown) == set(SHOWS_NOTHING)


def test_only_who_answers_for_the_data_may_approve():
    """No role that connects systems, audits or sells does; the platform's operator neither."""
    assert set(holders(Permission.APPROVE_CREDENTIALS)) == {Role.OWNER, Role.PRIVACY_OFFICER}
