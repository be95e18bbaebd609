"""Any courier that takes a signed webhook: the contract is ours, and docs/couriers.md tells it.

Standard Webhooks 1.0 both ways (standardwebhooks.com): `booking.requested` with the courier's view,
`booking.number` while the waybill number is awaited, `booking.cancelled`; `tracking.updated` in.

Rules kept here:
- everything goes to the account's one address, each with an idempotency key that stays the same
  for the parcel: a courier drops repetitions by it, so every step is repeatable;
- the view goes as it is, with its forms and what it withholds: this courier demands nothing of it;
- what asks for the number, or cancels, names the reference alone.
"""

import base64
import binascii
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec

from orderveil.core.attempts import AttemptReason
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.states import ParcelState as S
from orderveil.hops.courier.carriers import answers
from orderveil.hops.courier.carriers.answers import dig, id_of, json_of, listed, word_of
from orderveil.hops.courier.carriers.consignment import refusing
from orderveil.hops.courier.carriers.speech import (
    Account,
    Ask,
    Done,
    Heard,
    Known,
    Later,
    Outcome,
    Refused,
    Scan,
    Shipment,
    Step,
)
from orderveil.outbox.webhooks import sign, signed_headers

NAME: Final = "The courier"
TOLERANCE: Final = timedelta(minutes=5)
_SIGNATURES: Final = 10
_SHORTEST_SECRET: Final = 24

_encode = msgspec.json.Encoder().encode


def _secret_of(text: str) -> bytes:
    """The bytes of a secret as Standard Webhooks spell it: `whsec_` and base64."""
    try:
        return base64.b64decode(text.strip().removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _post(account: Account, shipment: Shipment, kind: str, data: Mapping[str, Any]) -> Ask:
    secret = _secret_of(account.token)
    if len(secret) < _SHORTEST_SECRET:
        raise RefusedError(_NO_SECRET)
    key = f"{kind}:{shipment.reference}"
    told = {"reference": shipment.reference, "idempotency_key": key, **data}
    body = _encode({"type": kind, "timestamp": shipment.at.astimezone(UTC), "data": told})
    signed = signed_headers([secret], key, shipment.at, body)
    headers = {"Content-Type": "application/json", "Idempotency-Key": key, **signed}
    return Ask("POST", "", body, headers)


_NO_SECRET: Final = Problem(
    code="carrier_account_wrong",
    detail="The account's secret isn't base64 of 24 bytes or more: nothing is signed with it.",
    remedy="Connect the account again with a secret of `whsec_` and base64.",
    pointer="/secrets/secret",
    rule="Standard Webhooks 1.0: a secret is 24 to 64 bytes in base64",
)


@refusing
def _request(account: Account, shipment: Shipment, _known: Known) -> Ask:
    if shipment.view is None:
        msg = "this step is made of the view"
        raise ValueError(msg)
    told = {"is_return": shipment.is_reverse, "view": shipment.view}
    return _post(account, shipment, "booking.requested", told)


def _read_requested(heard: Heard, known: Known) -> Outcome:
    if heard.status == 202:
        return Done({})
    return _read_number(heard, known)


@refusing
def _ask_number(account: Account, shipment: Shipment, known: Known) -> Ask | Done:
    if "awb" in known:
        return Done({})
    return _post(account, shipment, "booking.number", {})


def _read_number(heard: Heard, _known: Known) -> Outcome:
    said = answers.trouble(heard)
    if said is not None:
        return said
    if heard.status == 202:
        return Later("number_awaited", is_sure=True)
    facts = json_of(heard.body)
    awb = id_of(dig(facts, "awb"))
    if heard.status < 300:
        name = answers.carrier_of(dig(facts, "carrier"), "Courier")
        return Done({"awb": awb, "carrier": name}) if awb else answers.UNREADABLE
    return answers.turned_down(NAME, heard)


@refusing
def _cancel(account: Account, shipment: Shipment, _known: Known) -> Ask:
    return _post(account, shipment, "booking.cancelled", {})


def _read_cancelled(heard: Heard, _known: Known) -> Outcome:
    said = answers.trouble(heard)
    if said is not None:
        return said
    if heard.status < 300 or heard.status in {404, 410}:
        return Done({})
    return answers.turned_down(NAME, heard)


_STATES: Final = frozenset(
    {S.SHIPPED, S.OUT_FOR_DELIVERY, S.UNDELIVERED, S.DELIVERED, S.RETURNING, S.RETURNED}
    | {S.CANCELLED}
)
_REASONS: Final = frozenset(AttemptReason)


def _scan(facts: Any) -> Scan | None:
    awb, at = id_of(dig(facts, "awb")), answers.moment_of(dig(facts, "at"), zone=UTC)
    if awb is None or at is None:
        return None
    word, why = word_of(dig(facts, "status")), word_of(dig(facts, "reason"))
    state = S(word) if word in _STATES else None
    reason = why if state is S.UNDELIVERED and why in _REASONS else ""
    return Scan(awb, state, at, answers.code_of(dig(facts, "code") or word), reason)


class Generic:
    """A courier's own endpoint, which speaks the contract of docs/couriers.md."""

    name: str = "generic"
    base_url: str = ""
    """There is none: the account names the courier's endpoint."""
    demands_email: bool = False
    options: Mapping[str, str] = {}
    defaults: Mapping[str, str] = {}
    secrets: tuple[str, ...] = ("secret",)
    booking: tuple[Step, ...] = (
        Step("request", _request, _read_requested, shows_view=True, repeatable=True),
        Step("number", _ask_number, _read_number, repeatable=True),
    )
    cancelling: tuple[Step, ...] = (Step("cancel", _cancel, _read_cancelled, repeatable=True),)

    def sign_in(self, secrets: Mapping[str, str]) -> Ask | str:
        """The secret signs each webhook."""
        return secrets.get("secret", "")

    def read_token(self, _heard: Heard, /) -> tuple[str, int] | Later | Refused:
        """Nobody signs in here."""
        return answers.UNREADABLE

    def is_genuine(
        self, body: bytes, headers: Mapping[str, str], secret: bytes, now: datetime, /
    ) -> bool:
        """One of the signatures is right, and the signed time within five minutes."""
        key = _secret_of(secret.decode()) if secret.startswith(b"whsec_") else secret
        message, seconds = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
        if not key or not message.isascii() or not (seconds.isascii() and seconds.isdigit()):
            return False
        if len(seconds) > 12 or abs(now.timestamp() - int(seconds)) > TOLERANCE.total_seconds():
            return False
        expected = sign(key, message, int(seconds), body).encode()
        told = headers.get("webhook-signature", "").split()[:_SIGNATURES]
        return any(hmac.compare_digest(one.encode(errors="replace"), expected) for one in told)

    def scans(self, body: bytes) -> list[Scan] | Problem:
        """One scan in `data`, or a list of them; events of another type tell none."""
        facts = json_of(body)
        data = dig(facts, "data")
        if word_of(dig(facts, "type")) != "tracking.updated" or data is None:
            return [] if word_of(dig(facts, "type")) else answers.NO_SCANS
        found = [_scan(one) for one in (listed(data) or [data])[: answers.MOST_SCANS]]
        return answers.in_order(found) if any(found) else answers.NO_SCANS


GENERIC: Final = Generic()
