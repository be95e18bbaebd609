"""The cursor: what it accepts, what it refuses and where, and how it counts."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from orderveil.core.errors import Problem, RefusedError
from orderveil.hops.storefront.reader import Reader, count_values


def refusal(call: Any) -> Problem:
    with pytest.raises(RefusedError) as caught:
        call()
    return caught.value.problem


@pytest.mark.parametrize("absent", [{}, {"k": None}, {"k": ""}, {"k": "  "}])
def test_null_empty_and_missing_are_absent(absent: dict[str, Any]) -> None:
    """All four ways of saying nothing read the same."""
    reader = Reader(absent)
    assert reader.text("k") is None
    assert reader.code("k") is None
    assert reader.integer("k") is None
    assert reader.decimal_string("k") is None
    assert reader.moment("k") is None
    assert reader.number("k") is None
    assert reader.dropped() == 0


def test_an_empty_php_array_is_an_absent_object() -> None:
    """PHP sends `[]` where an object is empty."""
    assert Reader({"billing": []}).into("billing").text("phone") is None


@pytest.mark.parametrize("value", [12345, True, ["a"], {"a": 1}, Decimal("1.5")])
def test_a_text_is_never_guessed_from_another_type(value: Any) -> None:
    """A number, flag, list or object where text is expected is refused at its pointer."""
    problem = refusal(lambda: Reader({"k": value}, "/orders/3").text("k"))
    assert (problem.code, problem.pointer) == ("wrong_type", "/orders/3/k")


@pytest.mark.parametrize(
    ("value", "code"), [(560001, "560001"), ("560001", "560001"), (Decimal("560001.0"), "560001")]
)
def test_ids_phones_and_pins_may_be_numbers(value: Any, code: str) -> None:
    """A whole number passes for a code."""
    assert Reader({"k": value}).code("k") == code


@pytest.mark.parametrize("value", [True, Decimal("1.5"), 10**30, [1], {"a": 1}])
def test_other_numbers_are_no_codes(value: Any) -> None:
    """Flags, fractions and absurdly long numbers are not ids."""
    assert refusal(lambda: Reader({"k": value}).code("k")).code == "wrong_type"


@pytest.mark.parametrize(("value", "whole"), [(3, 3), ("3", 3), (Decimal("3.0"), 3), (0, 0)])
def test_whole_numbers(value: Any, whole: int) -> None:
    """Integers come as numbers, as digits in a text, or with an empty fraction."""
    assert Reader({"k": value}).integer("k") == whole


@pytest.mark.parametrize("value", [-1, 2**31, "x", "٣", True, Decimal("1.5"), [], Decimal("NaN")])
def test_what_is_no_whole_number_is_refused(value: Any) -> None:
    """Negative, huge and broken quantities are refused."""
    assert refusal(lambda: Reader({"k": value}).integer("k")).code == "wrong_type"


IST = datetime(2026, 11, 20, 15, 44, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        "2026-11-20T21:14:05+05:30",
        "2026-11-20T15:44:05Z",
        "2026-11-20T15:44:05.000Z",
        1795189445,
        1795189445000,
        "1795189445",
        "1.795189445E9",
        Decimal("1.795189445E9"),
    ],
)
def test_moments_in_every_spelling(value: Any) -> None:
    """Offsets, epoch seconds, milliseconds and E notation name the same moment, in UTC."""
    moment = Reader({"k": value}).moment("k")
    assert moment == IST
    assert moment.tzinfo is UTC


def test_a_naive_moment_needs_a_rule() -> None:
    """Without an offset a time is GMT only where the payload's rules say so."""
    reader = Reader({"k": "2026-11-20T15:44:05"})
    assert reader.moment("k", naive_is_utc=True) == IST
    assert refusal(lambda: reader.moment("k")).pointer == "/k"


@pytest.mark.parametrize(
    "value",
    ["soon", "2026-13-01T00:00:00Z", "0001-01-01T00:00:00+14:00", -1, 10**30, "NaN", True, []],
)
def test_what_names_no_moment_is_refused(value: Any) -> None:
    """Broken, out-of-range and mistyped dates are refused."""
    assert refusal(lambda: Reader({"k": value}).moment("k")).code == "wrong_type"


@pytest.mark.parametrize(
    ("value", "amount"), [("1499.00", "1499.00"), (3, "3"), (Decimal("16.949152542"), "16.949153")]
)
def test_amounts(value: Any, amount: str) -> None:
    """Money stays as it was written; what a shop divided is rounded to six digits."""
    assert Reader({"k": value}).decimal_string("k") == amount


@pytest.mark.parametrize("value", ["1,499", "₹5", "1e99", True, [], Decimal("Infinity"), 10**20])
def test_what_is_no_amount_is_refused(value: Any) -> None:
    """Separators, signs of currency and absurd sizes are refused."""
    assert refusal(lambda: Reader({"k": value}).decimal_string("k")).code == "wrong_type"


@pytest.mark.parametrize(
    ("value", "code"),
    [("a\0b", "nul_character"), ("a\ud800", "lone_surrogate"), ("é" * 10_001, "too_long")],
)
def test_texts_that_cannot_be_stored_are_refused(value: str, code: str) -> None:
    """NUL, half a surrogate pair and more than 10,000 characters, each with its pointer."""
    for read in (Reader({"k": value}).text, lambda key: list(Reader({key: value}).leaves(key))):
        problem = refusal(lambda read=read: read("k"))
        assert (problem.code, problem.pointer) == (code, "/k")


def test_the_longest_text_passes() -> None:
    """Exactly 10,000 characters are fine."""
    assert len(Reader({"k": "a" * 10_000}).text("k") or "") == 10_000


def test_lists_are_limited() -> None:
    """A thousand lines pass; the next one refuses the list."""
    assert len(list(Reader({"k": [{}] * 1_000}).each("k"))) == 1_000
    problem = refusal(lambda: list(Reader({"k": [{}] * 1_001}).each("k")))
    assert (problem.code, problem.pointer) == ("too_many", "/k")


def test_a_list_entry_that_is_no_object_is_pointed_at() -> None:
    """The pointer counts the nulls that were passed over."""
    reader = Reader({"k": [{"a": "x"}, None, 5]})
    assert refusal(lambda: list(reader.each("k"))).pointer == "/k/2"


def test_unclaimed_values_are_counted_once_each() -> None:
    """Scalars that say something count, wherever they stand; keys, nulls and blanks don't."""
    payload = {"a": "x", "b": {"c": [1, None, "", {"d": False}]}, "e": Decimal("1.5")}
    reader = Reader(payload)
    assert count_values(payload) == reader.dropped() == 4
    reader.text("a")
    reader.text("a")
    assert reader.dropped() == 3
    assert list(reader.leaves("b")) == ["1", "false"]
    assert reader.dropped() == 1


def test_peeking_claims_nothing() -> None:
    """A value that only decided something is still counted as dropped."""
    reader = Reader({"status": "paid"})
    assert reader.text("status", claim=False) == "paid"
    assert reader.dropped() == 1


def test_deep_and_wide_payloads_are_refused() -> None:
    """More than 64 levels or 100,000 values are no order."""
    deep: Any = "x"
    for _ in range(65):
        deep = [deep]
    assert refusal(lambda: count_values(deep, "/0")).code == "too_deep"
    assert refusal(lambda: count_values([0] * 100_001, "/0")).code == "too_many_values"
    assert count_values([0] * 100_000) == 100_000
