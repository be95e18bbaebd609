"""The work grows with the text: counted, for a clock would tell of the machine."""

import sys

import pytest

from growth import ends
from orderveil.core.detect import find, judge

UNITS = ["9", "9 ", "98765-43210-", "@", "a@x", "ok@ok ", " ", "A-1, ", "flat 1-", "12 a road ",
         "name: ", "mr a ", "asha rao ", '"a":"', "a1=b&", "&#57;", "%39", "%2539",
         "560001 ", "DE50 ",
         "ABCPK1234F ", "2000 ", "Pune 411001 "]  # fmt: skip


def steps(text):
    """How many calls of ours it takes."""
    count = 0

    def counting(*_):
        nonlocal count
        count += 1

    sys.setprofile(counting)
    try:
        find(text, "note")
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("unit", UNITS)
def test_twice_the_text_takes_twice_the_steps(unit):
    """Whatever it is made of."""
    text = unit * (4_000 // len(unit))
    assert steps(text * 2) < 2.5 * steps(text) + 200


@pytest.mark.parametrize("unit", ["9", "@", " ", "A-1, ", "(", "%3", "&#", '"', "=", ":", "-"])
def test_a_megabyte_of_one_thing_ends(unit):
    """No pattern goes back and forth."""
    assert ends(f"""
        from orderveil.core.detect import find
        find({unit!r} * (1_000_000 // {len(unit)}), "note")
    """)


def test_columns_of_codes_are_answered_at_once():
    """A few calls a field: most of what is judged is such a row."""
    row = [("sku", "NH-01"), ("awb", "1490812345678"), ("updated_at", "2026-11-23T10:15:00Z")] * 10
    count = 0

    def counting(_frame, event, _arg):
        nonlocal count
        count += event == "call"

    judge(row)
    sys.setprofile(counting)
    try:
        judge(row)
    finally:
        sys.setprofile(None)
    assert count <= 5 * len(row)
