"""Where items lie: set by JSON or CSV, each item checked, over the machine door and by command."""

import json
from contextlib import suppress

import pytest
from falcon import testing
from hypothesis import given
from hypothesis import strategies as st

from hops.wms.floor import SCARF_EAN
from orderveil.api.app import create_app
from orderveil.core.clocks import utc_now
from orderveil.core.errors import RefusedError
from orderveil.core.hops import Hop
from orderveil.hops.wms import lists, locations
from orderveil.hops.wms.models import Bin
from scene import ME, rows, together

PATH = "/v1/hops/wms/locations"
CSV = {"Content-Type": "text/csv; charset=utf-8"}


def put(seat, body, **headers):
    """What the machine door answers to a list."""
    headers = {"Authorization": f"Bearer {seat.token}"} | headers
    return testing.TestClient(create_app()).simulate_put(PATH, body=body, headers=headers)


@pytest.fixture
def seat(floor):
    """The system of another warehouse of the brand's."""
    return floor.desk.scene.seat(Hop.WMS)


def test_a_list_is_set_and_the_same_again_changes_nothing(seat):
    """What is named is set, what is not named stays, and an empty place takes it off the list."""
    items = [
        {"sku": "A", "location": "A-1"},
        {"sku": "B", "location": "B-2", "barcode": SCARF_EAN},
    ]
    answer = {"removed": 0, "refused": []}
    body = json.dumps({"locations": items})
    assert put(seat, body).json == answer | {"written": 2, "unchanged": 0}
    assert put(seat, body).json == answer | {"written": 0, "unchanged": 2}
    gone = json.dumps({"locations": [{"sku": "A", "location": ""}]})
    assert put(seat, gone).json == answer | {"written": 0, "unchanged": 0, "removed": 1}
    assert list(_bins(seat)) == [("B", "B-2", SCARF_EAN.zfill(14))]
    acts = rows(
        "SELECT count(*) FROM ledger_entry WHERE kind = 'locations_set' AND subject = %s",
        [f"partner:{seat.partner.pk}"],
    )
    assert acts == [(2,)]


def test_a_table_is_as_good(seat):
    """A CSV with its columns in any order, more of them than needed, and a byte-order mark."""
    table = '\ufeffLocation;SKU;Note;Barcode\r\nA-1;KUR;"x;\ny";\r\nB-2;SCA;;' + SCARF_EAN + "\r\n"
    assert put(seat, table.encode(), **CSV).json["written"] == 2
    assert [each[0] for each in _bins(seat)] == ["KUR", "SCA"]


def test_what_is_bad_is_refused_and_the_rest_is_set(seat):
    """Each says where it stands in the list, why, and what to do."""
    items = [
        {"sku": "A", "location": "A-1"},
        {"sku": "A", "location": "A-2"},
        {"sku": "", "location": "A-3"},
        {"sku": "C" * 101, "location": "A-4"},
        {"sku": "D", "location": "A\x00"},
        {"sku": "E", "location": 5},
        "F",
        {"sku": "G", "location": "A-5", "barcode": "8901234567891"},
        {"sku": "H", "location": "A-6", "barcode": SCARF_EAN},
        {"sku": "I", "location": "A-7", "barcode": SCARF_EAN},
    ]
    answer = put(seat, json.dumps({"locations": items})).json
    assert answer["written"] == 2
    assert {each["item"]: each["problem"]["code"] for each in answer["refused"]} == {
        2: "item_twice",
        3: "item_too_long",
        4: "item_too_long",
        5: "no_item",
        6: "no_item",
        7: "no_item",
        8: "wrong_check_digit",
        10: "barcode_taken",
    }
    assert all(each["problem"]["remedy"] for each in answer["refused"])


def test_two_items_may_change_their_barcodes(floor):
    """In one list; an item outside of it keeps its own."""
    shelve = floor.shelve
    shelve(("A", "1", "CODE-1"), ("B", "2", "CODE-2"))
    assert shelve(("A", "1", "CODE-2"), ("B", "2", "CODE-1")).refused == []
    assert [each.problem.code for each in shelve(("C", "3", "code-1")).refused] == ["barcode_taken"]
    assert locations.sku_behind(floor.desk.own.pk, " code-2") == "A"


def test_lists_at_once_leave_one_of_them(floor):
    """Two systems that set the same items wait for each other."""

    def one(location):
        return lambda: floor.shelve(*[(f"S-{n}", location, "") for n in range(40)])

    reports = together(one("here"), one("there"))
    assert [report.written for report in reports] == [40, 40]
    assert Bin.objects.filter(sku__startswith="S-").values("location").distinct().count() == 1


@pytest.mark.parametrize(
    ("body", "headers", "code"),
    [
        (b"[1, 2]", {}, "no_list_of_locations"),
        (b'{"locations": {"a": 1}}', {}, "no_list_of_locations"),
        (b"{", {}, "no_list_of_locations"),
        (b"[" * 100_000, {}, "no_list_of_locations"),
        (b"\xff\xfe", CSV, "no_table_of_locations"),
        (b"", CSV, "no_table_of_locations"),
        (b"a,b\n1,2\n", CSV, "no_table_of_locations"),
        (b'sku,location\n"A', CSV, "no_table_of_locations"),
        (b"sku,location\n" + b"A" * 200_000 + b",B", CSV, "no_table_of_locations"),
    ],
)
def test_what_is_no_list_is_refused_whole(seat, body, headers, code):
    """400, and nothing is set."""
    answer = put(seat, body, **headers)
    assert (answer.status_code, answer.json["code"]) == (400, code)
    assert _bins(seat).count() == 0


def test_a_list_has_an_end(seat, monkeypatch):
    """The items too many are refused, and a table of any length costs no more than they do."""
    monkeypatch.setattr(locations, "MOST_ITEMS", 3)
    monkeypatch.setattr(lists, "MOST_ITEMS", 3)
    table = "sku,location\n" + "".join(f"S-{n},A\n" for n in range(1000))
    answer = put(seat, table.encode(), **CSV).json
    assert answer["written"] == 3
    assert [each["problem"]["code"] for each in answer["refused"]] == ["too_many_items"]


def test_only_the_warehouses_credential_sets_its_own(floor, seat):
    """A label's credential is refused, and no other warehouse's list changes."""
    body = json.dumps({"locations": [{"sku": "KUR-IND-M", "location": "elsewhere"}]})
    assert put(floor.desk.scene.seat(Hop.LABEL), body).status_code == 403
    assert put(seat, body).json["written"] == 1
    own = locations.locations_of(floor.desk.own.pk, ["KUR-IND-M"])
    assert own == {"KUR-IND-M": "B-10-1"}


@given(body=st.binary(max_size=300))
def test_no_body_breaks_the_readers(body):
    """They answer with rows or a refusal."""
    for read in (lists.read_json, lists.read_csv):
        with suppress(RefusedError):
            assert isinstance(read(body), list)


def test_what_a_cell_holds_is_only_text(floor):
    """A formula, markup or a quote is a place like any other, and shown as it stands."""
    nasty = "=cmd|' /C calc'!A0<b>"
    report = floor.shelve(("KUR-IND-M", nasty, ""))
    assert report.written == 1
    floor.admit()
    page = floor.packer().get(f"/floor/waves/{floor.wave().pk}/").content.decode()
    assert "<b>" + nasty not in page
    assert "&lt;b&gt;" in page


def _bins(seat):
    found = Bin.objects.filter(partner=seat.partner).order_by("sku")
    return found.values_list("sku", "location", "barcode")


def test_an_item_is_found_by_what_is_printed_on_it_or_by_its_number(floor):
    """By its EAN in any length, by its SKU; by another warehouse's code it is not."""
    own = floor.desk.own.pk
    for code in (SCARF_EAN, f"0{SCARF_EAN}", "SCA-SIL"):
        assert locations.sku_behind(own, code) == "SCA-SIL"
    theirs = floor.desk.scene.seat(Hop.WMS).partner
    rows_ = [{"sku": "X", "location": "1", "barcode": "THEIRS"}]
    locations.set_locations(theirs, rows_, now=utc_now(), who=ME)
    assert locations.sku_behind(own, "THEIRS") is None
