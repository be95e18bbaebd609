"""Telephones at the command line."""

import pytest
from django.conf import settings

from scene import rows

RIDER = "+91 90000 00061"


@pytest.fixture
def telephony(shop, monkeypatch):
    """A shop with a partner that carries its calls, and an address of its own."""
    monkeypatch.setattr(settings, "URL", "https://desk.brand.example")
    shop("partner", "add", "telephony", "--hop", "comms")
    return shop


def test_set_up_step_by_step_and_tested(telephony):
    """What is missing is named; then nothing is. Secrets are shown once."""
    assert {row["state"] for row in telephony.json("calls", "test")} == {"missing", "there"}
    telephony("calls", "setup", "--care", "12", "--through", "telephony", exit_code=1)
    telephony("calls", "setup", "--care", "+911800000111", "--through", "telephony")
    telephony("calls", "number", "add", "+918047100000")
    made = telephony.json("calls", "line", "add", "exotel")
    assert made["url"] == f"https://desk.brand.example/v1/calls/bridge/{made['line']}"
    assert made["password"]
    assert {row["state"] for row in telephony.json("calls", "test")} == {"there"}
    assert telephony.json("calls", "number", "list") == [{"number": "+918047100000"}]
    telephony("calls", "line", "end", made["line"])
    assert telephony.json("calls", "line", "list")[0]["state"] == "ended"


def test_a_line_that_lacks_what_its_provider_needs_is_refused(telephony):
    """Each with the place: no account, no number to show, a private address."""
    add = ("calls", "line", "add", "exotel", "--places", "https://api.exotel.example")
    typed = "key:token\n"
    assert "SID" in telephony(*add, typed=typed, exit_code=1).output
    assert "both sides" in telephony(*add, "--account", "sid1", typed=typed, exit_code=1).output
    private = ("calls", "line", "add", "exotel", "--places", "https://169.254.169.254")
    assert "public" in telephony(*private, "--account", "a", typed=typed, exit_code=1).output
    assert rows("SELECT count(*) FROM calls_line") == [(0,)]


def test_a_telephone_is_registered_by_name_and_its_number_is_printed_nowhere(telephony):
    """It is typed, sealed, and destroyed with its row."""
    told = ("calls", "agent", "add", "desk 4", "--partner", "telephony")
    telephony(*told, typed=f"{RIDER}\n")
    assert "name" in telephony(*told, typed=f"{RIDER}\n", exit_code=1).output
    (row,) = telephony.json("calls", "agent", "list")
    assert row["name"] == "desk 4"
    telephony("calls", "agent", "end", row["agent"])
    assert rows("SELECT sealed FROM calls_agent") == [(None,)]
    assert "00061" not in "".join(telephony.printed)
