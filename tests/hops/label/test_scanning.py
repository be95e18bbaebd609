"""The code on a label, scanned by its courier, by others, and by whoever finds the parcel."""

import pytest
from django.conf import settings
from django.test import Client

from doors import Doors
from orderveil.core.hops import Hop
from orderveil.core.states import ParcelState
from orderveil.gate import tokens
from scene import PERSON, rows

BUYER = [value for name, value in PERSON.items() if name not in {"country", "state"}]


@pytest.fixture
def doors(db):
    """A brand whose parcel is on its way, and its courier."""
    return Doors.make(format_="orderveil")


@pytest.fixture
def order(doors):
    """A packed order."""
    return doors.scene.pack(doors.scene.admit())


@pytest.fixture
def token(doors, order):
    """What its label says."""
    return tokens.make_many(doors.scene.brand.pk, [(order, 1)])[0]


def _scan(doors, token, seat=None):
    return doors.call("GET", f"/v1/scan/{token}", token=seat.token if seat else None)


def _sender(doors):
    return {"brand": doors.scene.brand.name, "reach": ""}


def test_its_courier_gets_its_view(doors, token, order):
    """The same as it gets by its own ref, and as much on record."""
    answer = _scan(doors, token, doors.scene.seat(Hop.COURIER))
    assert answer.status_code == 200
    assert answer.json["view"]["fields"]["phone"] == "+919000000001"
    assert rows("SELECT 1 FROM ledger_record WHERE order_id = %s AND hop = 'courier'", [order]), (
        "a scan is a disclosure"
    )


def test_after_delivery_its_courier_is_refused(doors, token, order):
    """It is told why: it has known the parcel."""
    for state in (ParcelState.SHIPPED, ParcelState.DELIVERED):
        doors.scene.move(Hop.COURIER, order, state)
    answer = _scan(doors, token, doors.scene.seat(Hop.COURIER))
    assert (answer.status_code, answer.json["code"]) == (403, "outside_window")


def test_anybody_else_learns_the_sender_only(doors, token):
    """Nobody, another hop's system, another courier, a spoilt credential: one and the same."""
    seats = [None, *(doors.scene.seat(hop) for hop in (Hop.WMS, Hop.OMS, Hop.LABEL))]
    seats.append(doors.scene.new_seat(Hop.COURIER, "rival"))
    answers = [_scan(doors, token, seat) for seat in seats]
    answers.append(doors.call("GET", f"/v1/scan/{token}", token="ov_1_" + "x" * 43))
    assert {answer.status_code for answer in answers} == {200}
    assert all(answer.json == _sender(doors) for answer in answers)


def test_whether_there_is_such_a_parcel_is_not_told(doors, token):
    """A token that was made up gets the same answer as a real one."""
    made_up = f"{doors.scene.brand.pk}.{'A' * 26}.1"
    assert _scan(doors, made_up).json == _scan(doors, token).json
    rival = doors.scene.new_seat(Hop.COURIER, "rival")
    assert _scan(doors, made_up, rival).json == _scan(doors, token, rival).json


def test_another_brands_courier_learns_the_sender_only(doors, token):
    """A credential opens labels of its own brand."""
    other = Doors.make("mallika", format_="orderveil")
    assert _scan(doors, token, other.scene.seat(Hop.COURIER)).json == _sender(doors)


def test_no_label_of_anybody(doors):
    """Nonsense is answered as such."""
    assert _scan(doors, "nonsense").json["code"] == "no_label"


@pytest.mark.parametrize("prefix", ["t", "T"])
def test_a_phones_camera_finds_the_sender(doors, token, prefix):
    """The page names the brand and nothing of the buyer, and no search engine keeps it."""
    answer = Client(SERVER_NAME="localhost").get(f"/{prefix}/{token}")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert doors.scene.brand.name in page
    assert not [value for value in BUYER if value in page]
    assert (answer["X-Robots-Tag"], answer["Cache-Control"]) == ("noindex", "no-store, private")
    assert Client(SERVER_NAME="localhost").get(f"/{prefix}/nonsense").status_code == 404


def test_the_code_is_the_pages_address(monkeypatch, token):
    """In capitals, which makes the code smaller; without an address it is the token."""
    monkeypatch.setattr(settings, "URL", "")
    assert tokens.code_of(token) == token
    monkeypatch.setattr(settings, "URL", "https://desk.example")
    assert tokens.code_of(token) == f"HTTPS://DESK.EXAMPLE/T/{token}"
