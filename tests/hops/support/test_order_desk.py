"""The order desk's pages: lists, search, the order, handing out."""

import re

import pytest

from desk import Desk
from orderveil.core.hops import Hop
from orderveil.core.orders import ParcelDraft
from orderveil.core.roles import Role
from orderveil.core.states import ParcelState
from orderveil.gate.desk import listing
from orderveil.gate.desk.handing import handed_to
from orderveil.ledger.queries import entries_of
from orderveil.partners import registry
from orderveil.partners.models import Partner
from orderveil.people.budgets import PER_MINUTE, Spending
from scene import Scene, execute

SECRETS = ("9000000001", "90000 00001", "tarangini.v@mail.example", "Neelkurinji", "Vallabhdas")


@pytest.fixture
def desk(db):
    """A brand with people."""
    return Desk.make()


@pytest.fixture
def centre(desk):
    """An outsourced centre."""
    return desk.scene.new_seat(Hop.SUPPORT, "centre", name="Call Friends")


def text(answer, status=200):
    """The page."""
    assert answer.status_code == status, answer.content.decode()[-1500:]
    assert "no-store" in answer["Cache-Control"]
    return answer.content.decode()


def refs(page):
    """The orders that a list links to."""
    return re.findall(r'href="/desk/orders/([A-Z2-7]{26})/"', page)


def open_list(desk, member, query=""):
    """The list as this person sees it."""
    return text(desk.at_work(member).get(f"/desk/orders/{query}"))


def find(client, value, by="", **more):
    """What the search box answers."""
    return client.post("/desk/search/", {"value": value, "by": by}, **more)


def test_the_list_is_masked_and_says_what_is_left(desk):
    """One row an order, the values masked, and how much of the budget is left."""
    desk.scene.admit()
    page = open_list(desk, desk.person(Role.SUPPORT))
    assert "#shop-1" in page
    assert "T*** V***" in page
    assert "XXXXXX0001" in page
    assert "1999 of 2000 views left today" in page
    assert not [secret for secret in SECRETS if secret.lower() in page.lower()]


def test_pages_follow_by_the_cursor(desk, monkeypatch):
    """Each order once; the address of a page names no id of ours; nonsense is the first page."""
    monkeypatch.setattr(listing, "PAGE", 2)
    orders = desk.scene.admit_many([desk.scene.draft() for _ in range(5)])
    member, query, seen = desk.person(Role.SUPPORT), "", []
    for _ in range(3):
        page = open_list(desk, member, query)
        seen += refs(page)
        more = re.search(r'href="/desk/orders/(\?[^"]*)" rel="next"', page)
        query = more[1].replace("&amp;", "&") if more else None
        assert not query or not [order for order in orders if order.hex() in query]
    assert query is None
    assert len(seen) == len(set(seen)) == 5
    for wrong in ("?after=x", "?after=1.x", "?after=²." + seen[0], "?after=" + "9" * 40 + ".A"):
        assert refs(open_list(desk, member, wrong)) == seen[:2]


def test_filters_stay_over_pages(desk, monkeypatch):
    """By state and by days; the next page carries them; a filter without sense is left out."""
    monkeypatch.setattr(listing, "PAGE", 1)
    for _ in range(2):
        desk.scene.pack(desk.scene.admit())
    desk.scene.admit()
    member, today = desk.person(Role.SUPPORT), f"{desk.scene.now:%Y-%m-%d}"
    page = open_list(desk, member, f"?state=packed&since={today}&until={today}")
    assert f"state=packed&amp;since={today}&amp;until={today}&amp;after=" in page
    assert refs(open_list(desk, member, "?state=delivered")) == []
    assert refs(open_list(desk, member, "?until=2020-01-01")) == []
    assert len(refs(open_list(desk, member, "?state=nonsense&since=never"))) == 1


def test_a_centre_sees_only_its_orders(desk, centre):
    """In the list, in search, on the order's page."""
    mine, other = desk.scene.admit(), desk.scene.admit()
    desk.scene.assign(Hop.SUPPORT, mine, centre)
    member = desk.person(Role.OUTSOURCED_SUPPORT, partner=centre.partner)
    page = open_list(desk, member)
    assert "#shop-1" in page
    assert "#shop-2" not in page
    client = desk.client(member)
    assert find(client, "#shop-1").status_code == 302
    assert "Nothing found" in text(find(client, "#shop-2"))
    assert client.get(find(client, "9000000001")["Location"]).status_code == 200
    caller = desk.actor(member)
    ref = ref_of(caller, other)
    assert "#shop-2" not in text(client.get(f"/desk/orders/{ref}/"), 403)


def ref_of(actor, order):
    """The ref under which the actor's partner knows an order."""
    from orderveil.hops.support import asking  # noqa: PLC0415 - models

    return asking.ref_of(actor, order)


@pytest.mark.parametrize("path", ["", "reveal/", "verify/", "hand/"])
def test_a_foreign_ref_is_nothing(desk, path):
    """A ref of another brand, of another partner, or no ref: 404, as if there were nothing."""
    foreign = Desk.make(Scene.make("another", now=desk.scene.now))
    order = foreign.scene.admit()
    owner = desk.person(Role.OWNER)
    theirs = ref_of(foreign.actor(foreign.person(Role.OWNER, "them")), order)
    client = desk.client(owner)
    forms = {
        "reveal/": {"what": "phone", "reason": "call_back", "ticket": "T-1"},
        "verify/": {"what": "pincode", "said": "560001"},
        "hand/": {"centre": "back"},
    }
    for ref in (theirs, "A" * 26, "nonsense", order.hex()):
        url = f"/desk/orders/{ref}/{path}"
        answer = client.post(url, forms[path]) if path else client.get(url)
        assert "shop-1" not in text(answer, 404)
    assert not handed_to(order)


def test_one_hit_is_the_order_and_several_are_a_list(desk):
    """A search goes to the one order there is, or lists what it found, masked."""
    desk.scene.admit(desk.scene.draft("1001"))
    client = desk.client(desk.person(Role.SUPPORT))
    for value in ("1001", "#1001", "90000 00001", "TARANGINI.V@mail.example"):
        assert find(client, value)["Location"].startswith("/desk/orders/"), value
    desk.scene.admit(desk.scene.draft("1002"))
    page = text(find(client, "9000000001"))
    assert len(refs(page)) == 2
    assert "2 orders with this phone" in page
    assert "9000000001" not in page


def test_nothing_found_names_the_kinds_and_not_the_value(desk):
    """What was typed is not on the page, in its title, in the box, nor in an address."""
    client = desk.client(desk.person(Role.SUPPORT))
    for value, kinds in (
        ("9000012345", "phone, order number, tracking number"),
        ("nobody@mail.example", "email"),
        ("ZZ-77", "order number, tracking number"),
    ):
        page = text(find(client, value))
        assert f"Tried: {kinds}." in page
        assert value not in page
    assert find(client, "")["Location"] == "/desk/orders/"
    assert client.get("/desk/search/?value=9000012345")["Location"] == "/desk/orders/"


def test_the_orders_page_is_its_road(desk, centre):
    """Eleven hops, where the order is, who was shown what; opening it is on record."""
    scene = desk.scene
    order = scene.pack(scene.admit(scene.draft(parcels=(ParcelDraft("p"),))))
    scene.move(Hop.COURIER, order, ParcelState.SHIPPED, carrier="Udaan Invented", awb="UD77")
    scene.ask(Hop.COURIER, order)
    member = desk.person(Role.SUPPORT)
    ref = refs(open_list(desk, member))[0]
    page = text(desk.client(member).get(f"/desk/orders/{ref}/"))
    road = page[page.index('class="hoproad"') : page.index("</ol>")]
    assert road.count("<li ") == 11
    here = road[road.index('aria-current="step"') :].partition("</li>")[0]
    assert "Courier" in here
    assert "shipped" in here
    assert "can reach" in here
    assert "UD77" in page
    assert "courier-one" in page
    assert not [secret for secret in SECRETS if secret.lower() in page.lower()]
    (entry,) = [
        each.entry
        for each in entries_of(order)
        if getattr(each.entry, "reason", "") == "order page"
    ]
    assert (entry.kind, entry.person) == ("disclosure", desk.actor(member).person)


def test_a_centre_is_not_told_the_names_of_the_brands_people(desk, centre):
    """They are told what was done, and their own names."""
    order = desk.scene.admit()
    desk.scene.assign(Hop.SUPPORT, order, centre)
    ours, theirs = (
        desk.person(Role.SUPPORT, "ourperson"),
        desk.person(Role.OUTSOURCED_SUPPORT, "theirperson", partner=centre.partner),
    )
    for member in (ours, theirs):
        ref = refs(open_list(desk, member))[0]
        page = text(desk.client(member).get(f"/desk/orders/{ref}/"))
    assert "Theirperson" in page
    assert "Ourperson" not in page
    assert "a colleague" in page


@pytest.mark.parametrize(
    ("role", "has_reveal", "has_verify", "has_hand"),
    [
        (Role.OWNER, True, True, True),
        (Role.OPERATIONS, True, True, True),
        (Role.SUPPORT, True, True, False),
        (Role.WAREHOUSE, False, False, False),
    ],
)
def test_a_page_offers_what_a_role_may(desk, role, has_reveal, has_verify, has_hand):
    """No control that would be refused."""
    order = desk.scene.admit()
    execute("UPDATE partners_assignment SET partner_id = %s WHERE hop = 'wms'", [desk.own.pk])
    member = desk.person(role)
    ref = ref_of(desk.actor(member), order)
    page = text(desk.at_work(member).get(f"/desk/orders/{ref}/"))
    assert (f"/{ref}/reveal/" in page) == has_reveal
    assert (f"/{ref}/verify/" in page) == has_verify
    assert (f"/{ref}/hand/" in page) == has_hand


def test_a_warehouse_sees_a_token_for_a_number(desk):
    """What the policy keeps from a hop is on none of its pages."""
    order = desk.scene.admit()
    execute("UPDATE partners_assignment SET partner_id = %s WHERE hop = 'wms'", [desk.own.pk])
    member = desk.person(Role.WAREHOUSE)
    ref = ref_of(desk.actor(member), order)
    for page in (open_list(desk, member), text(desk.at_work(member).get(f"/desk/orders/{ref}/"))):
        assert "T-" in page
        assert "#shop-1" not in page
        assert "1798" not in page


def test_orders_are_handed_over_and_taken_back(desk, centre):
    """From the order's page, and ticked in the list; the list comes back as it was filtered."""
    orders = [desk.scene.admit() for _ in range(3)]
    member = desk.person(Role.OPERATIONS)
    client = desk.client(member)
    chosen = [ref_of(desk.actor(member), order) for order in orders]
    told = {"ref": chosen[:2], "centre": centre.partner.pk, "query": "state=placed&evil=1"}
    answer = client.post("/desk/hand/", told)
    assert answer["Location"] == "/desk/orders/?state=placed"
    assert [handed_to(order) for order in orders] == [{centre.partner.pk}] * 2 + [set()]
    assert "2 orders handed over." in text(client.get(answer["Location"]))
    url = f"/desk/orders/{chosen[0]}/"
    assert "Handed to" in text(client.get(url))
    assert client.post(url + "hand/", {"centre": "back"})["Location"] == url
    assert handed_to(orders[0]) == set()
    for wrong in ({}, {"ref": chosen}, {"ref": chosen, "centre": "x"}):
        client.post("/desk/hand/", wrong)
    assert handed_to(orders[2]) == set()
    assert client.post("/desk/hand/", {"ref": chosen, "centre": 999}).status_code == 404


def test_support_hands_nothing_out(desk, centre):
    """The form is refused to whoever may not."""
    client = desk.client(desk.person(Role.SUPPORT))
    assert client.post("/desk/hand/", {"ref": "A" * 26, "centre": "1"}).status_code == 403


@pytest.mark.parametrize("why", ["suspended", "ended", "hours", "network"])
def test_a_centre_that_may_not_work_sees_no_page(desk, centre, why):
    """The guard says which rule, on every page of orders."""
    order = desk.scene.admit()
    desk.scene.assign(Hop.SUPPORT, order, centre)
    member = desk.person(Role.OUTSOURCED_SUPPORT, partner=centre.partner)
    client = desk.client(member)
    ref = ref_of(desk.actor(member), order)
    if why == "suspended":
        registry.set_suspended(centre.partner, suspended=True, now=desk.scene.now)
    elif why == "ended":
        execute("UPDATE partners_agreement SET ends_on = '2026-01-02'")
    elif why == "hours":
        days = [day for day in range(1, 8) if abs(day - desk.scene.now.isoweekday()) % 6 > 1]
        Partner.objects.filter(pk=centre.partner.pk).update(desk_days=days)
    else:
        Partner.objects.filter(pk=centre.partner.pk).update(desk_networks=["192.0.2.0/24"])
    from orderveil.gate import law  # noqa: PLC0415 - models

    law.forget()
    for path in ("/desk/orders/", f"/desk/orders/{ref}/", "/desk/t/T-1/?order=%23shop-1"):
        assert "shop-1" not in text(client.get(path), 403)
    assert find(client, "#shop-1").status_code == 403
    for form in ({"what": "phone", "reason": "call_back", "ticket": "T-1"}, {"said": "560001"}):
        for path in ("reveal", "verify"):
            assert client.post(f"/desk/orders/{ref}/{path}/", form).status_code == 403


def test_a_script_on_the_list_is_stopped(desk, monkeypatch):
    """The page says which budget is used up, and shows nobody."""
    monkeypatch.setitem(PER_MINUTE, Spending.VIEWS, 1)
    desk.scene.admit_many([desk.scene.draft() for _ in range(2)])
    page = text(desk.client(desk.person(Role.SUPPORT)).get("/desk/orders/"), 429)
    assert "in a minute" in page
    assert "XXXX" not in page
