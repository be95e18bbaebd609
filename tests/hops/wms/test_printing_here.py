"""Printing at a station whose partner prints labels, too: both papers, and the label's wait."""

from datetime import date

import pytest
from django.conf import settings

from desk import Desk
from hops.wms.floor import Floor
from orderveil.core.clocks import utc_now
from orderveil.core.devices import DeviceKind
from orderveil.core.hops import Hop
from orderveil.hops.printing import jobs
from orderveil.hops.wms.models import Station
from orderveil.partners import registry
from scene import execute, rows

PATH = "/floor/packing/"


@pytest.fixture
def depot(db):
    """A packing company with people, a station and two printers of its own."""
    desk = Desk.make()
    hops = [Hop.WMS, Hop.LABEL]
    partner = registry.add_partner(desk.scene.brand, "depot", hops, now=desk.scene.now)
    registry.agree(partner, date(2026, 1, 1), None, now=desk.scene.now)
    return Floor.make(desk, partner)


@pytest.fixture
def label_printer(depot):
    """A second printer, chosen for labels."""
    found, _ = depot.desk.station(depot.partner, kind=DeviceKind.PRINTER, name="Label printer")
    told = {"slips": depot.printer.pk, "labels": found.pk, "label_form": "zpl203"}
    assert depot.packer().post(f"{PATH}printers/", told).status_code == 302
    return found


def packed(depot):
    """What the station says when an order is packed."""
    depot.wave()
    client = depot.packer()
    for code in ("W1-1", "KUR-IND-M", "KUR-IND-M"):
        answer = client.post(PATH, {"code": code}, HTTP_X_SCAN="1")
    return answer.content.decode()


def test_slip_and_label_come_out_of_their_printers(depot, label_printer):
    """The label waits until the parcel is the label partner's, and then comes with its waybill."""
    order = depot.admit()
    text = packed(depot)
    assert "Packing slip: it comes out of Slip printer." in text
    assert "Shipping label: it comes out of Label printer." in text
    assert len(jobs.lease(depot.printer, now=utc_now()).documents) == 1
    assert jobs.lease(label_printer, now=utc_now()) is None  # the journey has not been there yet
    execute("UPDATE vault_parcel SET awb = 'SWIFT0000000001', carrier = 'Swiftpost'")
    depot.desk.scene.assign(Hop.LABEL, order, _Seat(depot.partner))
    depot.desk.scene.assign(Hop.COURIER, order)
    execute("UPDATE printing_sheet SET again_at = NULL")
    (label,) = jobs.lease(label_printer, now=utc_now()).documents
    assert label.data.startswith(b"^XA") or b"^XA" in label.data


def test_a_station_without_a_label_printer_says_so_of_the_label_alone(depot):
    """The slip is printed, and the label waits for a printer."""
    told = {"slips": depot.printer.pk, "labels": "", "label_form": "zpl203"}
    depot.packer().post(f"{PATH}printers/", told)
    depot.admit()
    text = packed(depot)
    assert "Packing slip: it comes out of Slip printer." in text
    assert "Shipping label: NOT PRINTED." in text
    assert rows("SELECT DISTINCT kind FROM printing_sheet") == [("slip",)]


def test_the_choice_is_the_stations(depot, label_printer):
    """It is there for whoever works at it next, and another station has its own."""
    page = depot.packer().get(PATH).content.decode()
    assert "Slip printer, Label printer" in " ".join(page.split())
    assert Station.objects.count() == 1
    other, token = depot.desk.station(depot.partner, name="Packing table 2")
    client = depot.packer()
    client.cookies[settings.DEVICE_COOKIE_NAME] = token
    assert "Printers of this station: none" in " ".join(client.get(PATH).content.decode().split())
    assert other.pk != depot.station.pk


def test_the_brands_own_packer_is_no_guest_of_the_depots(depot):
    """Who works for the brand has another warehouse: the depot's station is none of theirs."""
    depot.admit()
    depot.wave()
    own = Floor.make(depot.desk)
    client = own.packer()
    assert b"UNKNOWN CODE" in client.post(PATH, {"code": "W1-1"}, HTTP_X_SCAN="1").content
    client = own.packer()
    client.cookies[settings.DEVICE_COOKIE_NAME] = depot.token
    assert client.post(PATH, {"code": "W1-1"}, HTTP_X_SCAN="1").status_code in {401, 403}


class _Seat:
    def __init__(self, partner):
        self.partner = partner
