"""The table of formats, the splitting of payloads, and the samples."""

from datetime import UTC, datetime
from typing import Any

import pytest

from orderveil.core.errors import RefusedError
from orderveil.core.orders import OrderDraft
from orderveil.hops.storefront import signatures
from orderveil.hops.storefront.decoding import decode
from orderveil.hops.storefront.formats import RULES, Format, read_header, split
from orderveil.hops.storefront.samples import WALK, load, load_all

SECRET, BODY = b"sample-secret", b'{"id": 1}'
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def test_every_format_has_rules() -> None:
    """Nobody can add a format and forget how its sender proves itself."""
    assert set(RULES) == set(Format)


@pytest.mark.parametrize(
    ("format_", "header"),
    [
        (Format.SHOPIFY, "X-Shopify-Hmac-SHA256"),
        (Format.WOOCOMMERCE, "X-WC-WEBHOOK-SIGNATURE"),
    ],
)
def test_shops_are_checked_by_their_own_header(format_: Format, header: str) -> None:
    """The header is found in any case, and another shop's header proves nothing."""
    verify = RULES[format_].verify
    value = signatures.hmac_header(SECRET, BODY)
    assert verify(SECRET, BODY, {header: value}, NOW)
    assert not verify(SECRET, BODY, {"x-other-signature": value}, NOW)
    assert not verify(SECRET, BODY, {}, NOW)


@pytest.mark.parametrize("format_", [Format.AMAZON, Format.ORDERVEIL])
def test_the_others_are_signed_by_standard_webhooks(format_: Format) -> None:
    """A fresh, signed message passes, a stale one does not."""
    stamp = str(int(NOW.timestamp()))
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": stamp,
        "webhook-signature": signatures.standard_signature(SECRET, "msg_1", stamp, BODY),
    }
    assert RULES[format_].verify(SECRET, BODY, headers, NOW)
    assert not RULES[format_].verify(SECRET, BODY, headers, NOW.replace(hour=13))


def test_only_what_a_shop_pushes_cannot_be_refused() -> None:
    """Shopify and WooCommerce would retry and switch the webhook off."""
    assert {format_ for format_, rules in RULES.items() if rules.can_refuse} == {
        Format.AMAZON,
        Format.ORDERVEIL,
    }


def test_headers_are_read_in_any_case() -> None:
    """WSGI servers and tests spell them differently."""
    assert read_header({"X-Shopify-Topic": "orders/create"}, "x-shopify-topic") == "orders/create"
    assert read_header({}, "x-shopify-topic") is None


@pytest.mark.parametrize(
    ("payload", "pointers"),
    [
        ({"id": 1}, [""]),
        ({"order": {"id": 1}}, ["/order"]),
        ({"orders": [{}, {}]}, ["/orders/0", "/orders/1"]),
        ({"payload": {"Orders": [{}]}}, ["/payload/Orders/0"]),
        ({"payload": {"AmazonOrderId": "1"}}, ["/payload"]),
        ([{}, 5], ["/0", "/1"]),
        ({"orders": []}, []),
        (None, [""]),
        ("text", [""]),
    ],
)
def test_where_the_orders_of_a_payload_are(payload: Any, pointers: list[str]) -> None:
    """Envelopes are taken off, and each order keeps its JSON pointer."""
    assert [pointer for pointer, _order in split(payload)] == pointers


def test_a_batch_is_limited() -> None:
    """A thousand orders pass, a thousand and one are refused as a whole."""
    assert len(split({"orders": [{}] * 1_000})) == 1_000
    with pytest.raises(RefusedError) as refusal:
        split({"orders": [{}] * 1_001})
    assert (refusal.value.problem.code, refusal.value.problem.pointer) == ("too_many", "/orders")


def test_nested_envelopes_end() -> None:
    """Envelopes in envelopes are taken off in a loop, however deep the decoder lets them be."""
    nested: Any = {"id": 1}
    for _ in range(5_000):
        nested = {"payload": nested}
    assert split(nested)[0][1] == {"id": 1}


@pytest.mark.parametrize("sample", load_all(), ids=lambda sample: sample.name)
def test_every_sample_is_read(sample: Any) -> None:
    """Each sample's orders parse, have a name or a phone, and something to deliver."""
    for pointer, order in split(decode(sample.body)):
        draft = RULES[sample.format].parse(order, topic=sample.topic, pointer=pointer)
        assert isinstance(draft, OrderDraft)
        assert draft.personal
        assert draft.facts.items


def test_the_samples_cover_every_format_and_both_ways_to_pay() -> None:
    """The walk's order comes first and is paid on delivery."""
    samples = load_all()
    assert samples[0] == load(WALK)
    assert {sample.format for sample in samples} == set(Format)


def test_sample_people_are_invented() -> None:
    """Mail addresses and links are on reserved names only."""
    for sample in load_all():
        text = sample.body.decode()
        for part in text.split("@")[1:]:
            domain = part.split('"')[0].split(" ")[0]
            assert domain.endswith(("example.com", ".example", "okexample")), sample.name
        for part in text.split("https://")[1:]:
            assert part.split("/")[0].endswith(".example"), sample.name
