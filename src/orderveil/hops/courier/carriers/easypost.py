"""EasyPost: a shipment is rated, then one of its rates is bought; buying is the booking.

docs.easypost.com ("Shipments", "EasyPost Objects", "Errors", "Shipping Refund", "Trackers",
"Webhooks"). The key is the user of HTTP Basic, without a password. A reference of ours stands in
the place of an id when a shipment is asked for. A shipment is bought once: another attempt is
SHIPMENT.POSTAGE.EXISTS. Sides are inches, weight is ounces. 429 is RATE_LIMITED.

From memory: SHIPMENT.PURCHASE.IN_PROGRESS, SHIPMENT.POSTAGE.TIMED_OUT and .NO_RESPONSE.

Rules kept here:
- a shipment whose making was lost is looked up by our reference, one whose buying was lost by its
  id: a second shipment would hold the address twice, a second purchase is impossible;
- what crosses a border needs customs papers, which the courier's view can't fill: it is refused.
"""

import base64
import hashlib
import hmac
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import ROUND_UP, Decimal
from typing import Any, Final
from urllib.parse import quote

from orderveil.core.attempts import AttemptReason as R
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.states import ParcelState as S
from orderveil.hops.courier.carriers import answers
from orderveil.hops.courier.carriers.answers import dig, id_of, json_of, listed, word_of
from orderveil.hops.courier.carriers.consignment import (
    DEFAULTS,
    Consignment,
    consignment,
    encode,
    known_id,
    option,
    refusing,
)
from orderveil.hops.courier.carriers.reasons import reason_of
from orderveil.hops.courier.carriers.speech import (
    Account,
    Ask,
    Done,
    Find,
    Found,
    Heard,
    Known,
    Later,
    NotThere,
    Outcome,
    Refused,
    Scan,
    Shipment,
    Step,
)

NAME: Final = "EasyPost"
_TENTH: Final = Decimal("0.1")
_MM_OF_INCH: Final = Decimal("25.4")
_GRAMS_OF_OUNCE: Final = Decimal("28.349523125")
_FROM: Final = ("name", "street1", "city", "state", "zip", "country", "phone")
_MOST_RATES: Final = 40


def _headers(account: Account) -> Mapping[str, str]:
    key = base64.b64encode(f"{account.token}:".encode()).decode()
    return {"Authorization": f"Basic {key}", "Content-Type": "application/json"}


@refusing
def _create(account: Account, shipment: Shipment, _known: Known) -> Ask:
    told = consignment(account, shipment, NAME)
    home = {name: option(account, NAME, f"from_{name}") for name in _FROM}
    country = told.country()
    if country != home["country"]:
        told.unusable("country", "is abroad, and customs papers need what couriers aren't shown")
    dial = told.dial()
    accounts = [one for one in account.options.get("carrier_accounts", "").split() if one]
    asked = {
        "reference": shipment.reference,
        "to_address": _customer(told, country, dial.number),
        "from_address": home,
        "parcel": _parcel(told),
        "is_return": shipment.is_reverse,
        "options": _options(account, told, shipment, dial.pin),
    } | ({"carrier_accounts": accounts} if accounts else {})
    return Ask("POST", "/v2/shipments", encode({"shipment": asked}), _headers(account))


def _customer(told: Consignment, country: str, number: str) -> dict[str, str]:
    return {
        "name": told.text("name"),
        "street1": told.address(),
        "street2": told.may("landmark"),
        "city": told.text("city"),
        "state": told.text("state"),
        "zip": told.text("pincode"),
        "country": country,
        "phone": number,
    }


def _parcel(told: Consignment) -> dict[str, Decimal]:
    sides = zip(("length", "width", "height"), told.size_mm(), strict=True)
    inches = {name: (side / _MM_OF_INCH).quantize(_TENTH, ROUND_UP) for name, side in sides}
    return inches | {"weight": (told.weight_g() / _GRAMS_OF_OUNCE).quantize(_TENTH, ROUND_UP)}


def _options(account: Account, told: Consignment, shipment: Shipment, pin: str) -> dict[str, Any]:
    """What is printed beside the address, and what is collected."""
    printed: dict[str, Any] = {"print_custom_1": pin} if pin else {}
    cod = None if shipment.is_reverse else told.cod(account.options.get("currency") or "USD")
    return printed | ({"cod_amount": cod, "cod_method": "CASH"} if cod is not None else {})


def _read_created(heard: Heard, _known: Known) -> Outcome:
    said = answers.trouble(heard)
    if said is not None:
        return said
    facts = json_of(heard.body)
    known = _rated(facts)
    if heard.status < 300:
        return Done(known) if known else answers.UNREADABLE
    return _turned_down(heard, facts)


def _rated(facts: Any) -> dict[str, str]:
    """A shipment's id and its rates: `rate` the cheapest, `rate_...` that of a service."""
    number = id_of(dig(facts, "id"))
    if number is None:
        return {}
    priced: list[tuple[Decimal, str]] = []
    known = {"shipment": number}
    for one in listed(dig(facts, "rates"))[:_MOST_RATES]:
        rate, price = id_of(dig(one, "id")), _price(dig(one, "rate"))
        service = f"{word_of(dig(one, 'carrier'))}.{word_of(dig(one, 'service'))}"
        if rate and price is not None:
            priced.append((price, rate))
            known[_rate_of(service)] = rate
    return known | ({"rate": min(priced)[1]} if priced else {})


def _rate_of(service: str) -> str:
    """Under which name the rate of "USPS.Priority" is kept: a digest, however long it is."""
    return f"rate_{hashlib.sha256(service.encode(errors='replace')).hexdigest()[:16]}"


def _price(facts: Any) -> Decimal | None:
    word = word_of(facts)
    return Decimal(word) if len(word) < 12 and word.replace(".", "", 1).isdecimal() else None


def _turned_down(heard: Heard, facts: Any) -> Later | Refused:
    code = word_of(dig(facts, "error", "code"))
    if code in _BOUGHT_MAYBE:
        return Later(_BOUGHT_MAYBE[code])
    fields = (word_of(dig(one, "field")) for one in listed(dig(facts, "error", "errors")))
    return answers.turned_down(NAME, heard, _FIELDS & set(fields))


_BOUGHT_MAYBE: Final = {
    "SHIPMENT.POSTAGE.EXISTS": "bought_before",
    "SHIPMENT.PURCHASE.IN_PROGRESS": "being_bought",
    "SHIPMENT.POSTAGE.TIMED_OUT": "carrier_down",
    "SHIPMENT.POSTAGE.NO_RESPONSE": "carrier_down",
}
_FIELDS: Final = frozenset(
    {*_FROM, "street2", "to_address", "from_address", "parcel", "weight", "length", "width"}
    | {"height", "reference", "carrier_accounts", "rate", "address", "options", "cod_amount"}
)
"""Names that a refusal may repeat."""


def _get(account: Account, number: str) -> Ask:
    return Ask("GET", f"/v2/shipments/{quote(number, safe='')}", None, _headers(account))


def _find_made(account: Account, reference: str, _known: Known) -> Ask:
    return _get(account, reference)


def _read_made(heard: Heard, reference: str, _known: Known) -> Found:
    facts = _seen(heard)
    if not isinstance(facts, dict):
        return facts
    if word_of(dig(facts, "reference")) != reference:
        return NotThere()
    return Done(_rated(facts)) if _rated(facts) else answers.UNREADABLE


def _seen(heard: Heard) -> dict[str, Any] | NotThere | Outcome:
    """A shipment that was asked for."""
    said = answers.trouble(heard)
    if said is not None:
        return said
    if heard.status == 404:
        return NotThere()
    facts = json_of(heard.body)
    return facts if heard.status == 200 and isinstance(facts, dict) else answers.UNREADABLE


@refusing
def _buy(account: Account, _shipment: Shipment, known: Known) -> Ask:
    number = known_id(known, NAME, "shipment")
    service = account.options.get("service", "").strip()
    rate = known.get(_rate_of(service) if service else "rate")
    if rate is None:
        raise RefusedError(_NO_RATE)
    body = encode({"rate": {"id": rate}})
    return Ask("POST", f"/v2/shipments/{quote(number, safe='')}/buy", body, _headers(account))


_NO_RATE: Final = answers.refused(
    *(NAME, "carrier_no_rate", f"{NAME} has no rate of the account's service for this parcel."),
    "Look at the address and the size; or give the account another service, or none.",
).problem


def _bought(facts: Any) -> Done | None:
    awb = id_of(dig(facts, "tracking_code"))
    carrier = dig(facts, "selected_rate", "carrier")
    return Done({"awb": awb, "carrier": answers.carrier_of(carrier, NAME)}) if awb else None


def _read_bought(heard: Heard, _known: Known) -> Outcome:
    said = answers.trouble(heard)
    if said is not None:
        return said
    facts = json_of(heard.body)
    if heard.status < 300:
        return _bought(facts) or answers.UNREADABLE
    return _turned_down(heard, facts)


def _find_bought(account: Account, _reference: str, known: Known) -> Ask:
    return _get(account, known.get("shipment", ""))


def _read_found(heard: Heard, _reference: str, _known: Known) -> Found:
    facts = _seen(heard)
    if not isinstance(facts, dict):
        return facts
    return _bought(facts) or NotThere()


@refusing
def _refund(account: Account, _shipment: Shipment, known: Known) -> Ask | Done:
    if "awb" not in known:
        return Done({})  # rated, and never bought: nothing will be fetched
    number = quote(known_id(known, NAME, "shipment"), safe="")
    return Ask("POST", f"/v2/shipments/{number}/refund", b"{}", _headers(account))


def _read_refunded(heard: Heard, _known: Known) -> Outcome:
    said = answers.trouble(heard)
    if said is not None:
        return said
    facts = json_of(heard.body)
    status = word_of(dig(facts, "refund_status"))
    if heard.status < 300 and status in {"submitted", "refunded", "not_applicable"}:
        return Done({})  # not_applicable: a carrier that only bills what it scans
    if heard.status < 300 and status != "rejected":
        return answers.UNREADABLE
    return _turned_down(heard, facts)


BOOKING: Final = (
    Step(*("create", _create, _read_created), shows_view=True, find=Find(_find_made, _read_made)),
    Step("buy", _buy, _read_bought, find=Find(_find_bought, _read_found)),
)
CANCELLING: Final = (Step("refund", _refund, _read_refunded, repeatable=True),)

_STATES: Final[Mapping[str, S]] = {
    "in_transit": S.SHIPPED,
    "out_for_delivery": S.OUT_FOR_DELIVERY,
    "failure": S.UNDELIVERED,
    "delivered": S.DELIVERED,
    "return_to_sender": S.RETURNING,
    "cancelled": S.CANCELLED,
}
"""Statuses of a Tracker; `available_for_pickup`, `error`, `unknown` and `pre_transit` move none."""
_REASONS: Final[Mapping[str, R]] = {
    "address_correction": R.ADDRESS_INCOMPLETE,
    "refused": R.REFUSED,
    "damaged": R.DAMAGED,
}


def _scans(awb: str, details: Iterable[Any]) -> Iterable[Scan]:
    """In the order of their times: what is delivered after it turned back is with its sender."""
    timed = ((answers.moment_of(dig(one, "datetime"), zone=UTC), one) for one in details)
    is_back = False
    for at, one in sorted(((at, one) for at, one in timed if at), key=lambda pair: pair[0]):
        status, more = word_of(dig(one, "status")), word_of(dig(one, "status_detail"))
        state = _STATES.get(status)
        is_back = is_back or state is S.RETURNING
        if is_back and state is not None:
            state = S.RETURNED if state is S.DELIVERED else S.RETURNING
        reason = ""
        if state is S.UNDELIVERED:
            reason = _REASONS.get(more) or reason_of("", word_of(dig(one, "message")))
        yield Scan(awb, state, at, answers.code_of(f"{status}.{more}"), reason)


class EasyPost:
    """EasyPost's API, v2."""

    name: str = "easypost"
    base_url: str = "https://api.easypost.com"
    demands_email: bool = False
    options: Mapping[str, str] = {
        f"from_{name}": f"where parcels are handed over: {name}" for name in _FROM[:-2]
    } | {
        "from_country": "the country that parcels are handed over in, as ISO 3166 has it: IN",
        "from_phone": "who is called about parcels that are handed over",
    }
    defaults: Mapping[str, str] = {
        **DEFAULTS,
        "service": "carrier and service, as USPS.Priority; the cheapest rate if there is none",
        "carrier_accounts": "ids of the carrier accounts to ask for rates, with spaces between",
        "currency": "what is collected at the door is in this currency; USD if there is none",
    }
    secrets: tuple[str, ...] = ("key",)
    booking: tuple[Step, ...] = BOOKING
    cancelling: tuple[Step, ...] = CANCELLING

    def sign_in(self, secrets: Mapping[str, str]) -> Ask | str:
        """The key goes with each request."""
        return secrets.get("key", "")

    def read_token(self, _heard: Heard, /) -> tuple[str, int] | Later | Refused:
        """Nobody signs in here."""
        return answers.UNREADABLE

    def is_genuine(
        self, body: bytes, headers: Mapping[str, str], secret: bytes, _now: datetime, /
    ) -> bool:
        """HMAC-SHA256 of the raw body under the secret (NFKD), in hex, as its libraries check."""
        key = unicodedata.normalize("NFKD", secret.decode(errors="replace")).encode()
        expected = "hmac-sha256-hex=" + hmac.new(key, body, "sha256").hexdigest()
        told = headers.get("x-hmac-signature", "").strip().lower().encode(errors="replace")
        return bool(secret) and hmac.compare_digest(told, expected.encode())

    def scans(self, body: bytes) -> list[Scan] | Problem:
        """The scans of a Tracker; events of other objects tell none."""
        facts = json_of(body)
        if not isinstance(facts, dict):
            return answers.NO_SCANS
        tracker = facts.get("result")
        if word_of(dig(tracker, "object")) != "Tracker":
            return []
        awb = id_of(dig(tracker, "tracking_code"))
        if awb is None:
            return answers.NO_SCANS
        details = listed(dig(tracker, "tracking_details"))[-answers.MOST_SCANS :]
        return answers.in_order(_scans(awb, details))


EASYPOST: Final = EasyPost()
