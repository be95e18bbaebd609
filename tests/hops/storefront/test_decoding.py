"""Bytes that are not JSON are refused clearly, and nothing of them is echoed."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderveil.core.errors import RefusedError
from orderveil.hops.storefront.decoding import decode


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "truncated_json"),
        (b'{"name": "planted', "truncated_json"),
        (b'{"name": "planted"', "truncated_json"),
        (b'{"name": planted}', "malformed_json"),
        (b"webhook_id=17", "malformed_json"),
        (b"NaN", "malformed_json"),
        (b'{"name": "planted\xff"}', "not_utf8"),
        (b'{"a": "\\ud800", "b": "\xff"}', "not_utf8"),
        (b'{"a": "\\ud800", "b": NaN}', "malformed_json"),
        (b"[" * 100_000, "too_deep"),
        (b'["\\ud800",' + b"[" * 100_000, "too_deep"),
    ],
)
def test_what_is_not_json_is_refused_with_its_reason(body: bytes, code: str) -> None:
    """Each kind of broken body has a code of its own, and the text is not repeated."""
    with pytest.raises(RefusedError) as refusal:
        decode(body)
    problem = refusal.value.problem
    assert problem.code == code
    assert "planted" not in problem.detail + problem.remedy


def test_fractions_are_decimals() -> None:
    """Money sent as a JSON number keeps its digits."""
    assert decode(b'{"price": 0.1, "n": 1.569E9, "i": 3}') == {
        "price": Decimal("0.1"),
        "n": Decimal(1569000000),
        "i": 3,
    }


def test_a_byte_order_mark_is_passed_over() -> None:
    """Files saved by spreadsheet tools start with one."""
    assert decode(b"\xef\xbb\xbf{}") == {}


def test_lone_surrogates_survive_for_the_reader_to_point_at() -> None:
    """Half a surrogate pair is JSON; the reader refuses it where a field would take it."""
    assert decode(b'{"a": "x\\ud800", "p": 1.5}') == {"a": "x\ud800", "p": Decimal("1.5")}


@settings(max_examples=100)
@given(st.binary(max_size=60))
def test_any_bytes_are_decoded_or_refused(body: bytes) -> None:
    """No body raises anything but a refusal."""
    try:
        decode(body)
    except RefusedError as refusal:
        assert refusal.problem.rule == "RFC 8259"  # noqa: PT017 - both outcomes are right
