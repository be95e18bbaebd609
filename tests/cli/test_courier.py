"""Carrier accounts and bookings at the command line."""

import pytest

from scene import rows

SECRET = "the-carrier-knows-us-by-this"


@pytest.fixture
def office(shop):
    """A shop with a courier."""
    shop("partner", "add", "vanline", "--hop", "courier")
    return shop


def connect(office, *more, exit_code=0):
    told = ("--partner", "vanline", "--option", "pickup_location=Depot", *more)
    return office(
        "courier", "connect", "delhivery", *told, typed=f"{SECRET}\n", exit_code=exit_code
    )


def test_connected_listed_and_disconnected(office):
    """The list says where it is; its secret is sealed, and printed nowhere."""
    connect(office)
    (row,) = office.json("courier", "list")
    assert (row["partner"], row["carrier"], row["state"]) == ("vanline", "delhivery", "connected")
    assert rows("SELECT count(*) FROM keyring_secret WHERE name = 'courier:1'") == [(1,)]
    office("courier", "disconnect", row["account"])
    assert office.json("courier", "list")[0]["state"] == "disconnected"
    assert rows("SELECT count(*) FROM keyring_secret WHERE name = 'courier:1'") == [(0,)]
    assert SECRET not in "".join(office.printed)


def test_a_second_one_and_a_private_address_are_refused(office):
    """With a sentence and a remedy, and the exit code of a refusal."""
    refused = connect(office, "--url", "https://169.254.169.254", exit_code=1)
    assert "can't be used" in refused.output
    connect(office)
    assert "already" in connect(office, exit_code=1).output
    assert "no carrier account" in office("courier", "disconnect", 99, exit_code=1).output


def test_bookings_are_listed_and_unknown_ones_refused(office):
    """Nothing waits; what nobody knows can be neither tried again nor settled."""
    assert office.json("courier", "bookings") == []
    for command in (("retry", "NOBODY-1"), ("settle", "NOBODY-1", "--not-there")):
        assert "no booking" in office("courier", *command, exit_code=1).output
