"""Inventory systems at the command line."""

import pytest

from scene import rows

SECRET = "the-stockroom-knows-us"


@pytest.fixture
def stockroom(shop):
    """A shop with a partner that runs its inventory system."""
    shop("partner", "add", "stockroom", "--hop", "ims")
    return shop


def connect(shop, url="https://api.stockroom.example", exit_code=0, header="X-Api-Key"):
    told = ("--partner", "stockroom", "--path", "/v2", "--method", "GET", "--header", header)
    typed = f"{SECRET}\n" if header else None
    return shop("inventory", "connect", *told, url, typed=typed, exit_code=exit_code)


def test_connected_listed_and_disconnected(stockroom):
    """The list says where it is; its secret is sealed, and printed nowhere."""
    connect(stockroom)
    (row,) = stockroom.json("inventory", "list")
    assert (row["partner"], row["paths"], row["state"]) == ("stockroom", "/v2", "connected")
    assert rows("SELECT count(*) FROM keyring_secret WHERE name = 'inventory:1'") == [(1,)]
    stockroom("inventory", "disconnect", row["inventory"])
    assert stockroom.json("inventory", "list")[0]["state"] == "disconnected"
    assert rows("SELECT count(*) FROM keyring_secret WHERE name = 'inventory:1'") == [(0,)]
    assert SECRET not in "".join(stockroom.printed)


def test_a_second_one_and_a_private_address_are_refused(stockroom):
    """With a sentence and a remedy, and the exit code of a refusal."""
    assert "can't be used" in connect(stockroom, "https://169.254.169.254", exit_code=1).output
    connect(stockroom, header="")
    assert "already" in connect(stockroom, exit_code=1).output
    assert "no inventory system" in stockroom("inventory", "disconnect", 99, exit_code=1).output
