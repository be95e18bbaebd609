"""The queue of undelivered parcels and the page that corrects an address, as people use them."""

import re
from datetime import timedelta

import pytest

from desk import Desk
from doors import stored
from orderveil.core.attempts import AttemptReason
from orderveil.core.hops import Hop
from orderveil.core.roles import Role
from orderveil.core.states import ParcelState
from orderveil.gate.desk import attempts
from orderveil.gate.desk.attempts import days_ahead
from scene import PERSON, Scene, Seat, rows

QUEUE = "/desk/undelivered/"
TYPED = {
    "how": "whole",
    "line1": "Qzhouse 12, Zqtemple View",
    "line2": "",
    "landmark": "Qzlandmark Zqbanyan",
    "city": "Qzpune",
    "state": "Maharashtra",
    "pincode": "411045",
}
MARKS = ("Qzhouse", "Zqtemple", "Qzlandmark", "Zqbanyan", "Qzpune")


@pytest.fixture
def desk(db):
    """A brand with people."""
    return Desk.make()


@pytest.fixture
def asha(desk):
    """Signed in for support."""
    return desk.client(desk.person(Role.SUPPORT))


def failed(desk, reason=AttemptReason.ADDRESS_INCOMPLETE):
    """An order whose courier came in vain."""
    order = desk.scene.pack(desk.scene.admit())
    desk.scene.move(Hop.COURIER, order, ParcelState.SHIPPED)
    desk.scene.move(Hop.COURIER, order, ParcelState.UNDELIVERED, reason=reason)
    return order


def links(page, end):
    """The addresses on a page that end so."""
    return sorted(set(re.findall(rf'(?:href|action)="([^"]*{end})"', page.content.decode())))


def answering(asha):
    """Where the first row of the queue is answered, and where its address is corrected."""
    page = asha.get(QUEUE)
    (post,), (address,) = links(page, r"-1/1/"), links(page, "/address/")
    return post, address


def day(desk, ahead=1):
    """A day that a courier can be asked for."""
    return (days_ahead(desk.scene.now)[0] + timedelta(days=ahead)).isoformat()


def test_the_queue_says_why_and_how_long(desk, asha):
    """Reason, number, age and a masked order; contact is there and not configured."""
    failed(desk)
    text = asha.get(QUEUE).content.decode()
    assert "The address is incomplete" in text
    assert PERSON["city"] in text
    assert PERSON["line1"] not in text
    assert PERSON["phone"][-5:] not in text
    assert re.search(r'<button type="button" disabled>Call by bridge</button>', text)
    assert re.search(r"disabled>Ask the customer to confirm the address</button>", text)
    assert "not configured" in text


def test_an_empty_queue_says_so(asha):
    """And is no error."""
    page = asha.get(QUEUE)
    assert (page.status_code, "Nothing waits" in page.content.decode()) == (200, True)


def test_a_reattempt_is_answered_from_the_row(desk, asha):
    """The form's way goes back to the queue, htmx's shows the sentence in place."""
    failed(desk)
    post, _ = answering(asha)
    told = asha.post(post, {"answer": "reattempt", "again_on": day(desk)})
    assert (told.status_code, told["Location"]) == (302, QUEUE)
    assert rows("SELECT answer, again_on::text FROM vault_attempt") == [("reattempt", day(desk))]
    assert "Nothing waits" in asha.get(QUEUE).content.decode()
    failed(desk)
    post, _ = answering(asha)
    told = asha.post(post, {"answer": "cancel"}, headers={"HX-Request": "true"})
    assert told.status_code == 200
    assert "send the parcel back" in told.content.decode()
    assert "<html" not in told.content.decode()


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"answer": "reattempt"}, 422),
        ({"answer": "reattempt", "again_on": "soon"}, 422),
        ({"answer": "reattempt", "again_on": "2020-01-01"}, 422),
        ({"answer": "address_corrected"}, 422),
        ({"answer": "moved_on"}, 422),
        ({}, 422),
    ],
)
def test_a_bad_answer_is_told_and_changes_nothing(desk, asha, form, status):
    """With the remedy, and the attempt waits on."""
    failed(desk)
    post, _ = answering(asha)
    assert asha.post(post, form).status_code == status
    assert rows("SELECT answer FROM vault_attempt") == [(None,)]


def test_a_second_answer_is_told_it_is_answered(desk, asha):
    """409, also as a fragment."""
    failed(desk)
    post, _ = answering(asha)
    vimal = desk.client(desk.person(Role.SUPPORT, "vimal"))
    for path in answering(vimal)[:1]:
        assert vimal.post(path, {"answer": "cancel"}).status_code == 302
    told = asha.post(post, {"answer": "cancel"}, headers={"HX-Request": "true"})
    assert told.status_code == 409
    assert "answered already" in told.content.decode()


def test_pages_follow_each_other(desk, asha, monkeypatch):
    """The link of a page names its last row; a forged place begins anew."""
    monkeypatch.setattr(attempts, "PAGE", 2)
    for _ in range(3):
        failed(desk)
    first = asha.get(QUEUE)
    (after,) = re.findall(
        r'href="/desk/undelivered/(\?after=[^"]+)" rel="next"', first.content.decode()
    )
    second = asha.get(QUEUE + after)
    assert len(links(first, "-1/1/")) == 2
    assert len(links(second, "-1/1/")) == 1
    assert set(links(first, "-1/1/")).isdisjoint(links(second, "-1/1/"))
    for forged in ("x", "1.x", "99999999999999999999.A-1", "5.", "٣.A"):
        assert len(links(asha.get(QUEUE, {"after": forged}), "-1/1/")) == 2


def test_refs_that_open_nothing_are_404(desk, asha):
    """Ours to another brand, without a parcel, and made up."""
    other = Desk.make(Scene.make("other-brand", now=desk.scene.now))
    failed(other)
    theirs = other.client(other.person(Role.SUPPORT))
    post, address = answering(theirs)
    whole = post.split("-")[0] + "/1/"
    for path in (post, whole, "/desk/undelivered/nothing/1/"):
        assert asha.post(path, {"answer": "cancel"}).status_code == 404
    for path in (address, "/desk/undelivered/nothing/address/"):
        assert asha.get(path).status_code == 404
        assert asha.post(path, TYPED).status_code == 404
    assert rows("SELECT answer FROM vault_attempt") == [(None,)]


@pytest.mark.parametrize("role", [Role.WAREHOUSE, Role.MARKETER, Role.INTEGRATOR, Role.AUDITOR])
def test_roles_without_the_permission_reach_none_of_it(desk, asha, role):
    """403 on each page."""
    failed(desk)
    post, address = answering(asha)
    client = desk.client(desk.person(role))
    assert client.get(QUEUE).status_code == 403
    assert client.post(post, {"answer": "cancel"}).status_code == 403
    assert client.get(address).status_code == 403
    assert client.post(address, TYPED).status_code == 403


def test_the_address_form_is_empty_beside_a_hint(desk, asha):
    """City, state and PIN as the policy shows them; no value in any input."""
    failed(desk)
    _, address = answering(asha)
    text = asha.get(address).content.decode()
    assert "Bengaluru, Karnataka, 560001" in text
    for field in re.findall(r'<input type="text"[^>]*>', text):
        assert "value=" not in field
        assert 'autocomplete="off"' in field


def test_a_correction_answers_the_attempt_and_reaches_the_courier(desk, asha):
    """One form: the address is sealed, the attempt answered, the courier sees the new address."""
    order = failed(desk)
    _, address = answering(asha)
    told = asha.post(address, TYPED | {"again_on": day(desk, 2)})
    assert told.status_code == 302
    assert re.fullmatch(r"/desk/orders/[A-Z2-7]{26}/", told["Location"])
    assert rows("SELECT answer, again_on::text FROM vault_attempt") == [
        ("address_corrected", day(desk, 2))
    ]
    fields = desk.scene.ask(Hop.COURIER, order).fields
    assert (fields["line1"], fields["line2"]) == (TYPED["line1"], None)
    page = asha.get(told["Location"])
    assert "The address is corrected" in page.content.decode()


def test_what_was_typed_is_kept_nowhere(desk, asha):
    """Neither in a table (sessions and messages are tables) nor in a cookie or an address."""
    failed(desk)
    _, address = answering(asha)
    for form in (TYPED, TYPED | {"pincode": "41104"}):
        told = asha.post(address, form)
        for mark in MARKS:
            assert mark not in str(told.headers)
            assert mark not in str(asha.cookies)
    for table, column, value in stored():
        for mark in MARKS:
            assert mark.lower().encode() not in value.lower(), (table, column)


def test_a_mistake_shows_what_was_typed_to_whoever_typed_it(desk, asha):
    """In the answer itself, with the fault beside the field; nothing is changed."""
    order = failed(desk)
    _, address = answering(asha)
    told = asha.post(address, TYPED | {"pincode": "41104"})
    text = told.content.decode()
    assert told.status_code == 422
    assert TYPED["line1"] in text
    assert "six digits" in text
    assert "no-store" in told["Cache-Control"]
    assert desk.scene.ask(Hop.COURIER, order).fields["line1"] == PERSON["line1"]
    assert TYPED["line1"] not in asha.get(address).content.decode()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"how": ""}, "required"),
        ({"line1": ""}, "A whole address has this"),
        (
            {"how": "part", "line1": "", "landmark": "", "city": "", "state": "", "pincode": ""},
            "Nothing was typed",
        ),
        ({"landmark": "card 4111 1111 1111 1111"}, "card data"),
        ({"again_on": "2020-01-01"}, "Choose a day"),
        ({"line2": "x" * 201}, "200"),
    ],
)
def test_each_mistake_is_named(desk, asha, changes, says):
    """422, in words, and the order is as it was."""
    failed(desk)
    _, address = answering(asha)
    told = asha.post(address, TYPED | changes)
    assert told.status_code == 422
    assert says in told.content.decode()
    assert rows("SELECT dek_no, corrected FROM vault_order") == [(1, 0)]


def test_a_part_leaves_the_rest(desk, asha):
    """What is not typed stays; without an open attempt no day is asked for."""
    order = desk.scene.pack(desk.scene.admit())
    ref = links(asha.get("/desk/orders/"), r"/desk/orders/[A-Z2-7]{26}/")[0].split("/")[-2]
    address = f"/desk/undelivered/{ref}/address/"
    assert "again_on" not in asha.get(address).content.decode()
    told = asha.post(address, {"how": "part", "landmark": "Qzlandmark"})
    assert told.status_code == 302
    fields = desk.scene.ask(Hop.COURIER, order).fields
    assert (fields["landmark"], fields["line1"]) == ("Qzlandmark", PERSON["line1"])


def test_a_delivered_order_offers_no_form(desk, asha):
    """409 with the reason, before anybody types anything."""
    order = failed(desk)
    _, address = answering(asha)
    desk.scene.move(Hop.COURIER, order, ParcelState.DELIVERED)
    assert asha.get(address).status_code == 409
    assert asha.post(address, TYPED).status_code == 409


def test_a_centre_sees_its_own(desk):
    """What is not assigned to it is not in its queue, and unknown by its ref."""
    seat = desk.scene.new_seat(Hop.SUPPORT, "careline")
    kiran = desk.client(desk.person(Role.OUTSOURCED_SUPPORT, "kiran", partner=seat.partner))
    order = failed(desk)
    assert "Nothing waits" in kiran.get(QUEUE).content.decode()
    desk.scene.assign(Hop.SUPPORT, order, seat)
    post, address = answering(kiran)
    assert kiran.get(address).status_code == 200
    assert kiran.post(post, {"answer": "cancel"}).status_code == 302


def test_a_centre_is_told_the_answer_and_not_who_gave_it(desk):
    """Names of the brand's own people are for its own people; one's own name is for oneself."""
    seat = desk.scene.new_seat(Hop.SUPPORT, "careline")
    kiran = desk.client(desk.person(Role.OUTSOURCED_SUPPORT, "kiran", partner=seat.partner))
    kavita = desk.client(desk.person(Role.SUPPORT, "kavita"))
    order = failed(desk)
    desk.scene.assign(Hop.SUPPORT, order, seat)
    post, _ = answering(kavita)
    whose = {client: order_page(answering(client)[0]) for client in (kavita, kiran)}
    kavita.post(post, {"answer": "cancel"})
    assert "(Kavita, " in kavita.get(whose[kavita]).content.decode()
    shown = kiran.get(whose[kiran]).content.decode()
    assert "(a colleague, " in shown
    assert "Kavita" not in shown
    order = failed(desk)
    desk.scene.assign(Hop.SUPPORT, order, seat)
    post, _ = answering(kiran)
    kiran.post(post, {"answer": "cancel"})
    assert "(Kiran, " in kiran.get(order_page(post)).content.decode()
    order = failed(desk)
    desk.scene.assign(Hop.SUPPORT, order, seat)
    page = order_page(answering(kiran)[0])
    desk.scene.move(Hop.COURIER, order, ParcelState.DELIVERED)
    assert "colleague" not in kiran.get(page).content.decode()


def order_page(post):
    """The order of an attempt, as whoever may answer it under this address knows it."""
    return f"/desk/orders/{post.split('/')[3].split('-')[0]}/"


def test_the_order_page_has_its_attempts(desk, asha):
    """In words, answered there too; the address is corrected while a parcel is on its road."""
    order = failed(desk)
    post, address = answering(asha)
    page = order_page(post)
    shown = asha.get(page)
    assert "The address is incomplete" in shown.content.decode()
    assert (links(shown, "-1/1/"), links(shown, "/address/")) == ([post], [address])
    asha.post(post, {"answer": "cancel"})
    shown = asha.get(page)
    assert "to be sent back" in shown.content.decode()
    assert (links(shown, "-1/1/"), len(links(shown, "/address/"))) == ([], 1)
    for state in (ParcelState.RETURNING, ParcelState.RETURNED):
        desk.scene.move(Hop.COURIER, order, state)
    assert links(asha.get(page), "/address/") == []


def test_the_warehouse_is_given_no_attempts(desk):
    """Its order page has neither the card nor the link."""
    desk.scene.admit()
    order = desk.scene.admit()
    desk.scene.assign(Hop.WMS, order, Seat(desk.own, None, "", Hop.WMS))
    client = desk.at_work(desk.person(Role.WAREHOUSE))
    (page,) = links(client.get("/desk/orders/"), r"/desk/orders/[A-Z2-7]{26}/")
    shown = client.get(page)
    assert shown.status_code == 200
    assert 'id="attempts"' not in shown.content.decode()
    assert links(shown, "/address/") == []


def test_the_menu_has_it_for_whoever_works_it(desk, asha):
    """And for nobody else."""
    assert QUEUE in asha.get("/desk/orders/").content.decode()
    warehouse = desk.at_work(desk.person(Role.WAREHOUSE))
    assert QUEUE not in warehouse.get("/desk/orders/").content.decode()
