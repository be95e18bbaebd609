"""Signatures: the right secret over the exact bytes, and nothing else."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderveil.hops.storefront.signatures import (
    hmac_header,
    shopify,
    standard_signature,
    standard_webhooks,
    woocommerce,
)

SECRET = b"sample-secret"
BODY = '{"id": 1, "name": "नमूना"}'.encode()
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def headers(*signatures: str, at: datetime = NOW, message_id: str = "msg_1") -> dict[str, str]:
    return {
        "Webhook-Id": message_id,
        "Webhook-Timestamp": str(int(at.timestamp())),
        "Webhook-Signature": " ".join(signatures),
    }


def sign(
    secret: bytes = SECRET, body: bytes = BODY, at: datetime = NOW, name: str = "msg_1"
) -> str:
    return standard_signature(secret, name, str(int(at.timestamp())), body)


@pytest.mark.parametrize("check", [shopify, woocommerce])
def test_shops_sign_with_base64_hmac_of_the_raw_body(check) -> None:
    """The header is the base64 of HMAC-SHA256 over the raw bytes under the shared secret."""
    digest = hmac.new(SECRET, BODY, hashlib.sha256).digest()
    assert check(SECRET, BODY, base64.b64encode(digest).decode())


@pytest.mark.parametrize("check", [shopify, woocommerce])
def test_a_wrong_body_secret_or_header_is_false(check) -> None:
    """One changed byte, another secret, an empty secret or no header: not the shop."""
    good = hmac_header(SECRET, BODY)
    assert not check(SECRET, BODY + b" ", good)
    assert not check(b"other", BODY, good)
    assert not check(b"", BODY, hmac_header(b"", BODY))
    assert not check(SECRET, BODY, None)
    assert not check(SECRET, BODY, "")
    assert not check(SECRET, BODY, good.rstrip("="))


@settings(max_examples=50)
@given(st.text(max_size=60))
def test_any_header_is_answered_with_a_bool(header: str) -> None:
    """Whatever a stranger puts into the header, the answer is False and no exception."""
    assert shopify(SECRET, BODY, header) is False
    assert standard_webhooks(SECRET, BODY, headers(header), NOW) is False


def test_the_published_example_of_standard_webhooks_verifies() -> None:
    """The specification's own message, secret and signature agree with this implementation."""
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    sent = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    at = datetime.fromtimestamp(1614265330, UTC)
    assert standard_webhooks(secret, b'{"test": 2432232314}', sent, at)


def test_one_good_signature_among_several_is_enough() -> None:
    """A sender that rotates its secret signs with both; unknown versions are passed over."""
    assert standard_webhooks(SECRET, BODY, headers("v1a,AAAA", sign(b"old"), sign()), NOW)
    assert not standard_webhooks(SECRET, BODY, headers("v1a,AAAA", sign(b"old")), NOW)


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_a_signed_timestamp_within_tolerance_is_fresh(seconds: int) -> None:
    """Five minutes either way pass."""
    at = NOW + timedelta(seconds=seconds)
    assert standard_webhooks(SECRET, BODY, headers(sign(at=at), at=at), NOW)


@pytest.mark.parametrize("seconds", [-301, 301, 86_400])
def test_a_stale_or_future_timestamp_is_refused_though_signed(seconds: int) -> None:
    """Freshness is part of the proof, because the timestamp is signed."""
    at = NOW + timedelta(seconds=seconds)
    assert not standard_webhooks(SECRET, BODY, headers(sign(at=at), at=at), NOW)


def test_id_timestamp_and_body_are_all_bound() -> None:
    """A signature doesn't move to another id, another time, another body, or an empty secret."""
    assert not standard_webhooks(SECRET, BODY, headers(sign(), message_id="msg_2"), NOW)
    later = NOW + timedelta(seconds=1)
    assert not standard_webhooks(SECRET, BODY, headers(sign(), at=later), NOW)
    assert not standard_webhooks(SECRET, BODY + b" ", headers(sign()), NOW)
    assert not standard_webhooks(b"", BODY, headers(sign(b"")), NOW)
    assert not standard_webhooks(SECRET, BODY, headers(sign(name=""), message_id=""), NOW)
    assert not standard_webhooks(SECRET, BODY, {}, NOW)


@pytest.mark.parametrize("timestamp", ["", "abc", "-1", "1e9", "١٢٣", "9" * 40])
def test_a_timestamp_that_is_no_number_is_false(timestamp: str) -> None:
    """Only ASCII digits are a timestamp."""
    sent = headers(sign()) | {"Webhook-Timestamp": timestamp}
    assert not standard_webhooks(SECRET, BODY, sent, NOW)
