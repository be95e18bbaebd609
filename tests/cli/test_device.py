"""Devices of the floor at the command line: somebody's word, a link printed once."""

from datetime import timedelta

import pytest

from orderveil.core.clocks import utc_now
from orderveil.core.devices import ATTESTATION, ATTESTED_DAYS, DeviceKind
from orderveil.partners import devices
from orderveil.partners.models import Device
from scene import rows

REGISTER = ("device", "register", "Station 3", "--partner", "packhouse", "--asset", "A-17")


@pytest.fixture
def floor(shop):
    """A brand with a warehouse."""
    shop("partner", "add", "packhouse", "--hop", "wms")
    return shop


def text_of(link):
    """A link without the installation's address."""
    assert link.startswith("http://localhost:8420/device/ovl_")
    return link.split("/")[-2]


def test_a_station_is_registered_and_its_link_works(floor):
    """The link is an address, good once, and nowhere stored; who vouches is on record."""
    made = floor.json(*REGISTER, "--kind", "station", "--seen")
    link = text_of(made["link"])
    assert link not in str(rows("SELECT t::text FROM partners_device t"))
    device, _ = devices.enrol(link, DeviceKind.STATION, now=utc_now())
    assert (device.pk, device.name, device.asset) == (made["device"], "Station 3", "A-17")
    assert device.attested_by.startswith("machine:")


def test_a_printers_link_is_a_text(floor):
    """It is given to the print agent, and opens in no browser."""
    made = floor.json(*REGISTER, "--kind", "printer", "--seen")
    assert made["link"].startswith("ovl_")
    assert devices.linked(made["link"], DeviceKind.PRINTER, now=utc_now()).pk == made["device"]


def test_nobody_vouches_by_default(floor):
    """Without `--seen` nothing is registered and nothing attested; the word is said in full."""
    refused = floor(*REGISTER, "--kind", "station", exit_code=1)
    assert ATTESTATION in " ".join(refused.output.split())
    assert not Device.objects.exists()
    made = floor.json(*REGISTER, "--kind", "station", "--seen")
    floor("device", "attest", made["device"], exit_code=1)


def test_the_list_says_how_each_stands(floor):
    """With the number that other commands take, and no link."""
    assert "no floor devices" in floor("device", "list").output
    made = floor.json(*REGISTER, "--kind", "station", "--seen")
    printed = floor("device", "list").output
    for word in (str(made["device"]), "Station 3", "A-17", "packhouse", "waits for its link"):
        assert word in printed
    assert "ovl_" not in printed
    devices.enrol(text_of(made["link"]), DeviceKind.STATION, now=utc_now())
    states = []
    for days in (ATTESTED_DAYS, 13, 0):
        Device.objects.update(attested_until=utc_now() + timedelta(days=days))
        (row,) = floor.json("device", "list")
        states.append(row["state"])
    assert states == ["in_force", "ending", "over"]
    floor("device", "attest", made["device"], "--seen")
    assert floor.json("device", "list")[0]["state"] == "in_force"


def test_a_new_link_ends_the_old_and_revoking_ends_all(floor):
    """What the device knew opens nothing; a revoked one is not linked or attested again."""
    made = floor.json(*REGISTER, "--kind", "station", "--seen")
    _, token = devices.enrol(text_of(made["link"]), DeviceKind.STATION, now=utc_now())
    link = text_of(floor.json("device", "link", made["device"])["link"])
    assert devices.of_token(token, now=utc_now()) is None
    _, token = devices.enrol(link, DeviceKind.STATION, now=utc_now())
    floor("device", "revoke", made["device"])
    assert devices.of_token(token, now=utc_now()) is None
    for again in (("link",), ("attest", "--seen"), ("revoke",)):
        floor("device", again[0], made["device"], *again[1:], exit_code=1)
