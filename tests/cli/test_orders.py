"""Looking at, moving, finding and erasing one order at the machine."""

import getpass
import json

import pytest

from cli.conftest import order
from orderveil.cli.main import main
from orderveil.gate.lookup import find_order
from orderveil.ledger.queries import entries_of

ME = f"machine:{getpass.getuser()}"


def test_a_view_is_recorded_with_person_and_reason(shop, one):
    """What an operator looked at stands in the ledger under their account, with why."""
    view = shop.json("view", "oms", "#A1", "--reason", " ticket   12 ")
    assert view["fields"]["city"] == "Pune"
    assert view["fields"]["phone"].endswith("0002")
    assert "9000000002" not in view["fields"]["phone"]
    last = entries_of(bytes.fromhex(one))[-1]
    assert str(last.entry_id) == view["disclosure"]
    assert (last.entry.person, last.entry.reason, last.entry.hop) == (ME, "ticket 12", "oms")
    assert "Pune" in shop("view", "oms", "A1", "--reason", "ticket 12").stdout


@pytest.mark.parametrize("reason", ["", "   ", "x" * 201, "+91 90000 00002", "ira@mail.example"])
def test_a_reason_says_something_and_names_nobody(shop, one, reason):
    """An empty or long reason, or one with a phone or an email, is refused and records nothing."""
    before = len(entries_of(bytes.fromhex(one)))
    refused = shop.json("view", "oms", one, "--reason", reason, exit_code=1)
    assert refused["code"] in {"reason_needed", "personal_reason"}
    assert reason.strip() == "" or reason not in json.dumps(refused)
    assert len(entries_of(bytes.fromhex(one))) == before


def test_looking_can_be_switched_off(shop, one, settings_change):
    """With ORDERVEIL_MACHINE_VIEW=off nothing is shown or recorded, and the refusal says why."""
    settings_change("MACHINE_VIEW", False)
    before = len(entries_of(bytes.fromhex(one)))
    refused = shop.json("view", "oms", one, "--reason", "ticket 12", exit_code=1)
    assert refused["code"] == "machine_view_off"
    assert "ORDERVEIL_MACHINE_VIEW" in refused["remedy"]
    assert len(entries_of(bytes.fromhex(one))) == before


@pytest.fixture
def settings_change(monkeypatch):
    """Sets one of Django's settings for the test."""
    from django.conf import settings  # noqa: PLC0415

    return lambda name, value: monkeypatch.setattr(settings, name, value)


def test_an_order_is_found_by_all_its_names(shop, one):
    """Number with and without #, the shop's id, our id, and a partner's ref are one order."""
    ref = shop.json("view", "oms", one, "--reason", "ticket 12")["ref"]
    for name in ("#A1", "A1", one, one.upper(), ref, f"{ref}-1"):
        assert shop.json("view", "oms", name, "--reason", "ticket 12")["ref"] == ref


def test_a_ref_of_another_partner_does_not_open(shop, one):
    """With --as, only that partner's own refs are refs."""
    shop("partner", "add", "desk", "--hop", "oms", "--own")
    as_desk = ("view", "oms", "--as", "desk", "--reason", "ticket 12")
    theirs = shop.json("view", "oms", "A1", "--as", "acme", "--reason", "ticket 12")["ref"]
    assert shop.json(*as_desk, theirs, exit_code=1)["code"] == "unknown_order"
    assert shop.json(*as_desk, "A1")["ref"] != theirs


def test_partners_are_never_guessed(shop, one):
    """No partner of a hop, or several: the refusal says what to do, and lists them."""
    refused = shop.json("view", "courier", one, "--reason", "ticket 12", exit_code=1)
    assert refused["code"] == "no_partner"
    assert "partner add" in refused["remedy"]
    shop("partner", "add", "desk", "--hop", "oms", "--own")
    refused = shop.json("view", "oms", one, "--reason", "ticket 12", exit_code=1)
    assert refused["code"] == "name_needed"
    assert "acme" in refused["detail"]
    assert "desk" in refused["detail"]


def test_an_order_of_another_brand_is_unknown(shop, one):
    """Another brand's order is not found by any of its names."""
    shop("init", "--brand", "other")
    for name in ("A1", one):
        args = ("view", "oms", name, "--brand", "other", "--reason", "ticket 12")
        assert shop.json(*args, exit_code=1)["code"] == "unknown_order"


def test_one_number_of_two_orders_is_asked_back(shop, tmp_path):
    """Two shops may number alike: then the order's id is needed, and both are listed."""
    file = tmp_path / "two.json"
    file.write_text(json.dumps([order("K1", number="K"), order("K2", number="K")]))
    ids = [line["id"] for line in shop.lines("ingest", "--format", "orderveil", file)]
    refused = shop.json("view", "oms", "K", "--reason", "ticket 12", exit_code=1)
    assert refused["code"] == "several_orders"
    assert all(number in refused["remedy"] for number in ids)


def test_a_state_is_moved_as_the_table_lets_the_hop(shop, one):
    """The order system may cancel, and may not pack: the refusal names who may."""
    refused = shop.json("state", "A1", "packed", exit_code=1)
    assert refused["code"] == "transition_refused"
    assert "wms" in refused["remedy"]
    moved = shop.json("state", "A1", "packed", "--hop", "storefront", "--awb", "AWB-INVENTED-1")
    assert moved == {"parcel_no": 1, "state": "packed", "changed": True}
    assert shop.json("state", "A1", "cancelled")["changed"]
    assert not shop.json("state", "A1", "cancelled")["changed"]
    assert entries_of(bytes.fromhex(one))[-1].entry.who.person == ME


@pytest.mark.parametrize(
    ("by", "value"),
    [("phone", "09000000002"), ("email", "IRA@mail.example"), ("number", "#A1")],
)
def test_find_answers_ids_numbers_and_states_only(shop, one, by, value):
    """The value comes on standard input; no personal value comes back."""
    (found,) = shop.json("find", "--by", by, typed=f"{value}\n")
    assert found.keys() == {"id", "number", "placed_at", "states"}
    assert (found["id"], found["number"], found["states"]) == (one, "#A1", ["placed"])
    text = shop("find", "--by", by, typed=f"{value}\n").stdout
    assert one in text
    assert "9000000002" not in text


def test_find_by_awb(shop, one):
    """A parcel's AWB finds its order."""
    shop("state", "A1", "packed", "--hop", "storefront", "--awb", "AWB-INVENTED-1")
    (found,) = shop.json("find", "--by", "awb", typed="AWB-INVENTED-1\n")
    assert found["id"] == one


def test_find_takes_no_value_as_an_argument(shop):
    """What is searched for has no place among the arguments, which every process can read."""
    find = main.commands["find"]
    assert {each.name for each in find.params} == {"by_name", "brand_name", "as_json"}
    assert shop("find", "--by", "phone", "9000000002", exit_code=2)
    assert "standard input" in shop.json("find", "--by", "phone", exit_code=2)["error"]


def test_erase_leaves_a_proof_and_a_second_one_says_so(shop, one):
    """The proof is a ledger entry; who had received the order is named; twice is refused."""
    shop("view", "support", one, "--reason", "ticket 12")
    done = shop.json("erase", "A1", "--yes")
    assert done["order"] == one
    assert done["recipients"] == ["acme"]
    last = entries_of(bytes.fromhex(one))[-1]
    assert (str(last.entry_id), last.kind) == (done["proof"], "erased")
    for name in (one, "A1"):
        assert shop.json("erase", name, "--yes", exit_code=1)["code"] == "erased_already"
    refused = shop.json("view", "oms", one, "--reason", "ticket 12", exit_code=1)
    assert refused["code"] == "order_erased"


def test_erase_asks_first(shop, one):
    """Without --yes it asks, and "no" shreds nothing."""
    assert "Shred everything personal" in shop("erase", "A1", typed="n\n", exit_code=1).output
    assert find_order(1, "#A1")[0].hex() == one
    assert shop.json("erase", "A1", "--yes")["proof"]


def test_compartments_are_erased_alone(shop, one):
    """Shredding `contact` takes phone and email and leaves the address."""
    done = shop.json("erase", "A1", "--yes", "--compartment", "contact")
    assert done["compartments"] == ["contact"]
    fields = shop.json("view", "oms", one, "--reason", "ticket 12")["fields"]
    assert (fields["phone"], fields["email"], fields["city"]) == (None, None, "Pune")
