"""Orders from files: a line of answer for each, and what is good is never lost."""

import json

import pytest

from cli.conftest import order
from core.cardnumbers import completed
from orderveil.hops.storefront import samples

CARD = completed("400000123456789")
WITH_CARD = {"notes": {"free_text": f"pay with {CARD}"}}


def written(path, *orders):
    path.write_text("\n".join(json.dumps(each) for each in orders))
    return path


def test_each_order_has_a_line_and_a_refused_one_harms_no_other(shop, tmp_path):
    """Of three orders the middle one holds a card number: it is refused, with the place, alone."""
    file = tmp_path / "three.json"
    file.write_text(json.dumps([order("B1"), order("B2", **WITH_CARD), order("B3")]))
    lines = shop.lines("ingest", "--format", "orderveil", file, exit_code=1)
    assert [line["status"] for line in lines] == ["admitted", "refused", "admitted"]
    assert [line["order"] for line in lines] == ["B1", None, "B3"]
    assert lines[1]["pointer"] == "/1/notes/free_text"
    assert lines[1]["reason"]
    assert CARD not in "".join(shop.printed)


def test_the_same_order_again_is_a_duplicate_and_a_changed_one_an_update(shop, tmp_path):
    """Ingest can be run again; exit status 0 as long as nothing is refused."""
    file = written(tmp_path / "one.json", order("C1"))
    changed = written(tmp_path / "changed.json", order("C1", payment={"method": "upi"}))
    words = [
        shop.lines("ingest", "--format", "orderveil", each)[0]["status"]
        for each in (file, file, changed)
    ]
    assert words == ["admitted", "duplicate", "updated"]


@pytest.mark.parametrize("name", ["orders.jsonl", "orders.ndjson", "orders.txt"])
def test_json_lines_are_read_line_by_line(shop, tmp_path, name):
    """A line that is no JSON is refused by its number; the lines around it are admitted."""
    file = tmp_path / name
    file.write_text(f"{json.dumps(order('D1'))}\n{{broken\n\n{json.dumps(order('D2'))}\n")
    lines = shop.lines("ingest", "--format", "orderveil", file, exit_code=1)
    assert [(line["line"], line["status"]) for line in lines] == [
        (1, "admitted"),
        (2, "refused"),
        (4, "admitted"),
    ]


def test_standard_input_is_read(shop):
    """`-` is standard input, a document or JSON lines."""
    args = ("ingest", "--format", "orderveil", "-")
    assert shop.lines(*args, typed=json.dumps(order("E1"), indent=1))[0]["order"] == "E1"
    typed = "\n".join(json.dumps(order(number)) for number in ("E2", "E3"))
    assert [line["order"] for line in shop.lines(*args, typed=typed)] == ["E2", "E3"]


def test_more_than_a_batch_is_admitted_in_batches(shop, tmp_path):
    """A document of 1,001 orders is two transactions, and an answer for each order."""
    file = tmp_path / "many.json"
    file.write_text(json.dumps([order(f"F{number}") for number in range(1001)]))
    lines = shop.lines("ingest", "--format", "orderveil", file)
    assert [line["order"] for line in lines] == [f"F{number}" for number in range(1001)]
    assert {line["status"] for line in lines} == {"admitted"}


def test_a_broken_file_does_not_keep_the_next_one_out(shop, tmp_path):
    """A truncated document is one refused line."""
    broken = tmp_path / "broken.json"
    broken.write_text('{"id": "G1", ')
    good = written(tmp_path / "good.json", order("G2"))
    lines = shop.lines("ingest", "--format", "orderveil", broken, good, exit_code=1)
    assert [(line["order"], line["status"]) for line in lines] == [
        (None, "refused"),
        ("G2", "admitted"),
    ]


def test_an_erased_order_stays_erased(shop, one, tmp_path):
    """A later delivery of an erased order stores nothing, and says so."""
    shop("erase", one, "--yes")
    (line,) = shop.lines("ingest", "--format", "orderveil", written(tmp_path / "x", order("A1")))
    assert line["status"] == "duplicate"
    assert "erased" in line["reason"]


def test_text_has_one_line_for_each_order_whatever_it_holds(shop, tmp_path):
    """An order's own text can neither end its line nor reach the terminal as a command."""
    file = written(tmp_path / "odd.json", order("H\u202e1\u0085"), order("H2"))
    text = shop("ingest", "--format", "orderveil", file, exit_code=0).stdout
    assert len(text.splitlines()) == 2
    assert "\u202e" not in text


def test_every_format_has_a_channel_of_its_name(shop, tmp_path):
    """The project's own samples of each format come in on the channels that `init` made."""
    for sample in samples.load_all():
        file = tmp_path / f"{sample.name}.json"
        file.write_bytes(sample.body)
        assert shop.lines("ingest", "--format", sample.format, file)


def test_a_channel_takes_its_own_format_only(shop, tmp_path):
    """Naming a channel and another format is refused before anything is read."""
    file = written(tmp_path / "one.json", order("I1"))
    refused = shop.json(
        "ingest", "--channel", "shopify", "--format", "orderveil", file, exit_code=1
    )
    assert refused["code"] == "wrong_format"
    assert shop.json("ingest", file, exit_code=1)["code"] == "channel_needed"
