"""From a shop's bytes to admitted orders: check, decode, find cards, parse, admit.

Rules kept here:
- the signature is checked on the raw bytes before anything is decoded;
- card numbers and CVVs never get past this file: an import that holds one is refused with the
  place; a shop's webhook, which can't be refused, loses the value and leaves an act;
- in a batch each order is judged alone: what is refused says where and why, the rest is admitted.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from orderveil.core import detect
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.orders import OrderDraft
from orderveil.gate import requests
from orderveil.gate.admit import Admission, Status, admit
from orderveil.hops.storefront.decoding import decode
from orderveil.hops.storefront.formats import RULES, Format, FormatRules, read_header, split
from orderveil.hops.storefront.privacy import PrivacyRequest
from orderveil.ledger.acts import ActKind, Who, record
from orderveil.partners import channels
from orderveil.partners.models import Channel
from orderveil.partners.registry import standard_webhooks_key

REFUSED = "refused"
PING = "ping"
_PING_BODY = re.compile(rb"webhook_id=[0-9]{1,18}")


class Received(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of one delivered order."""

    status: str
    order_id: bytes | None = None
    shop_order_id: str | None = None
    dropped: int = 0
    """Values of the payload that no field claimed: counted, never stored."""
    cards_dropped: int = 0
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class _Parsed:
    """One order of a payload, judged but not admitted."""

    draft: OrderDraft | None
    cards: tuple[str, ...] = ()
    problem: Problem | None = None


BAD_SIGNATURE = Problem(
    code="bad_signature",
    detail="The signature is missing, wrong, or (where a timestamp is signed) too old.",
    remedy="Check the webhook's secret in the shop against the channel's.",
    rule="storefront: the signature covers the raw body",
    status=401,
)


def card_problem(pointer: str) -> Problem:
    """The refusal of a payload that holds card data."""
    return Problem(
        code="card_data",
        detail="There is a card number or security code here.",
        remedy="Remove it from the payload; at most the last four digits may be sent.",
        pointer=pointer,
        rule="PCI DSS 3.3: no card data is stored, not even in free text",
    )


def receive_webhook(
    channel: Channel, body: bytes, headers: Mapping[str, str], *, now: datetime
) -> Received:
    """One webhook of a shop. Raises `RefusedError`; when it returns, everything is committed."""
    if channel.format == Format.WOOCOMMERCE and _PING_BODY.fullmatch(body):
        # Sent unsigned when the webhook is saved; the shop shows any error as a broken webhook.
        return Received(PING)
    rules = RULES[Format(channel.format)]
    if not _is_signed(channel, rules, body, headers, now):
        raise RefusedError(BAD_SIGNATURE)
    delivery = read_header(headers, rules.delivery_header)
    topic = read_header(headers, rules.topic_header) if rules.topic_header else None
    payload = decode(body)
    found = split(payload)
    if len(found) != 1:
        raise RefusedError(_ONE_ORDER)
    pointer, order = found[0]
    parsed = _parse(rules, order, pointer, topic, may_refuse=rules.can_refuse)
    if isinstance(parsed, PrivacyRequest):
        return _privacy(channel, parsed, delivery, now)
    if parsed.problem is not None or parsed.draft is None:
        raise RefusedError(parsed.problem or _ONE_ORDER)
    who = Who(system="storefront")
    admission = admit(
        channel.brand_id,
        channel.pk,
        [parsed.draft],
        now=now,
        who=who,
        delivery_id=delivery,
        also=_record_cards(channel, parsed.cards, now),
    )[0]
    if admission.problem is not None:
        # No 2xx: the shop keeps it, and sends it again.
        raise RefusedError(admission.problem)
    return _received(parsed, admission)


def _is_signed(
    channel: Channel, rules: FormatRules, body: bytes, headers: Mapping[str, str], now: datetime
) -> bool:
    """By a secret that is good now: one, or two while the shop changes over."""
    good = channels.good_secrets(channel, now)
    if rules.delivery_header == "webhook-id":
        good = [standard_webhooks_key(secret) for secret in good]
    matches = [rules.verify(secret, body, headers, now) for secret in good]
    return any(matches)


def receive_batch(
    channel: Channel,
    payload: Any,
    *,
    now: datetime,
    who: Who,
    delivery_id: str | None = None,
) -> list[Received]:
    """A batch of up to 1,000 orders of the channel's format: an answer for each."""
    return receive_orders(channel, split(payload), now=now, who=who, delivery_id=delivery_id)


def receive_orders(
    channel: Channel,
    orders: Sequence[tuple[str, Any]],
    *,
    now: datetime,
    who: Who,
    delivery_id: str | None = None,
) -> list[Received]:
    """Orders that are taken apart already, each with its pointer: an answer for each."""
    rules = RULES[Format(channel.format)]
    parsed = [_parse(rules, order, pointer, None, may_refuse=True) for pointer, order in orders]
    good = [each for each in parsed if isinstance(each, _Parsed) and each.draft is not None]
    drafts = [each.draft for each in good if each.draft is not None]
    admissions = iter(
        admit(channel.brand_id, channel.pk, drafts, now=now, who=who, delivery_id=delivery_id)
        if drafts
        else ()
    )
    return [
        _received(each, next(admissions))
        if isinstance(each, _Parsed) and each.draft is not None
        else _refused(each)
        for each in parsed
    ]


def _parse(
    rules: FormatRules, order: Any, pointer: str, topic: str | None, *, may_refuse: bool
) -> _Parsed | PrivacyRequest:
    cards = detect.cards_in(order)
    if cards and may_refuse:
        return _Parsed(None, problem=card_problem(pointer + cards[0][0]))
    places: list[str] = []
    if cards:
        order, places = detect.without_cards(order)
    try:
        draft = rules.parse(order, topic=topic, pointer=pointer)
    except RefusedError as refused:
        return _Parsed(None, problem=refused.problem)
    if isinstance(draft, PrivacyRequest):
        return draft
    return _Parsed(draft, cards=tuple(pointer + place for place in places))


def _refused(each: _Parsed | PrivacyRequest) -> Received:
    problem = each.problem if isinstance(each, _Parsed) else _ONE_ORDER
    return Received(REFUSED, problem=problem)


def _received(parsed: _Parsed, admission: Admission) -> Received:
    draft = parsed.draft
    if admission.problem is not None:
        return Received(
            REFUSED,
            shop_order_id=draft.shop_order_id if draft else None,
            problem=admission.problem,
        )
    return Received(
        admission.status,
        admission.order_id,
        draft.shop_order_id if draft else None,
        draft.dropped if draft else 0,
        len(parsed.cards),
    )


def _record_cards(
    channel: Channel, pointers: tuple[str, ...], now: datetime
) -> Callable[[Sequence[Admission]], None] | None:
    """What records, in the admitting transaction, where card data was cut out; None if nowhere."""
    if not pointers:
        return None

    def cut(done: Sequence[Admission]) -> None:
        record(
            channel.brand_id,
            ActKind.CARD_DATA_DROPPED,
            now=now,
            who=Who(system="storefront"),
            order_id=done[0].order_id,
            detail={"pointers": " ".join(pointers)[:1000], "count": len(pointers)},
        )

    return cut


def _privacy(
    channel: Channel, request: PrivacyRequest, delivery: str | None, now: datetime
) -> Received:
    first = requests.receive(
        channel.brand_id, channel.pk, request.kind, request.raw, delivery_id=delivery, now=now
    )
    return Received("queued" if first else Status.DUPLICATE)


_ONE_ORDER = Problem(
    code="one_order_per_webhook",
    detail="A webhook carries one order.",
    remedy="Send batches to POST /v1/orders with a storefront credential.",
    rule="storefront: a webhook is one delivery of one order",
)
