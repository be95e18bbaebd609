"""Delhivery: a waybill number is fetched first, then the parcel is manifested under it.

one.delhivery.com/developer-portal/documents/b2c ("Fetch Waybill", "Shipment Creation", "Shipment
Cancellation", "Shipment Tracking", "Webhook Functionality", "Package Lifecycle", "FAQ") and
delhivery-express-api-doc.readme.io. The key is the account's token, static. A waybill number is
used once: a second manifest under it is answered "Duplicate waybill". Fetching single numbers is
limited to 750 in five minutes; bulk to 5, so single ones are fetched, which only take the token in
the query. It refuses with 200: `success` and `status` say so.

From memory: the answers of /api/p/edit (`status`, `remark`), and "No such waybill or Order Id".

Rules kept here:
- the waybill is known before anything personal is sent, so a manifest can never book twice;
- e-mail isn't asked for, and not sent;
- the PIN of a virtual number stands at the end of the address, in pairs of digits.
"""

import hmac
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from urllib.parse import quote, urlencode

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

NAME: Final = "Delhivery"
_MM: Final = Decimal(10)


def _headers(account: Account, kind: str = "application/json") -> Mapping[str, str]:
    return {
        "Authorization": f"Token {account.token}",
        "Accept": "application/json",
        "Content-Type": kind,
    }


@refusing
def _fetch(account: Account, _shipment: Shipment, _known: Known) -> Ask:
    path = f"/waybill/api/fetch/json/?token={quote(account.token, safe='')}"
    return Ask("GET", path, None, _headers(account))


def _read_fetched(heard: Heard, _known: Known) -> Outcome:
    said = answers.trouble(heard)
    if said is not None:
        return said
    waybill = id_of(json_of(heard.body))
    if heard.status == 200:
        return Done({"waybill": waybill}) if waybill else answers.UNREADABLE
    return answers.turned_down(NAME, heard)


@refusing
def _manifest(account: Account, shipment: Shipment, known: Known) -> Ask:
    told = consignment(account, shipment, NAME)
    told.is_indian()
    data = {
        "shipments": [_parcel(account, told, shipment, known_id(known, NAME, "waybill"))],
        "pickup_location": {"name": option(account, NAME, "pickup_location")},
    }
    body = urlencode({"format": "json", "data": encode(data).decode()}).encode()
    return Ask(
        *("POST", "/api/cmu/create.json", body),
        _headers(account, "application/x-www-form-urlencoded"),
    )


def _parcel(
    account: Account, told: Consignment, shipment: Shipment, waybill: str
) -> dict[str, Any]:
    dial, goods = told.indian_dial(), told.goods()
    cod = None if shipment.is_reverse else told.cod("INR")
    mode = "Pickup" if shipment.is_reverse else "Prepaid" if cod is None else "COD"
    lines = filter(None, (told.address(), told.may("landmark"), dial.pin))
    may = {
        "city": told.may("city"),
        "state": told.may("state"),
        "seller_name": account.options.get("seller_name", ""),
        **_size(told),
    }
    return {
        "waybill": waybill,
        "order": shipment.reference,
        "name": told.text("name"),
        "add": ", ".join(lines),
        "pin": told.pincode(),
        "country": "India",
        "phone": dial.number,
        "payment_mode": mode,
        "cod_amount": cod or 0,
        "total_amount": told.declared("INR"),
        "products_desc": ", ".join(one.kind for one in goods),
        "quantity": str(sum(one.quantity for one in goods)),
        "shipping_mode": account.options.get("shipping_mode", "") or "Surface",
    } | {name: value for name, value in may.items() if value != ""}


def _size(told: Consignment) -> dict[str, Any]:
    """Weight and sides, where they are known: Delhivery weighs what it takes."""
    size: dict[str, Any] = {}
    try:
        size["weight"] = told.weight_g()
        sides = zip(("length", "width", "height"), told.size_mm(), strict=True)
        size |= {f"shipment_{name}": side / _MM for name, side in sides}
    except RefusedError:
        return size
    return size


def _read_manifested(heard: Heard, known: Known) -> Outcome:
    said = answers.trouble(heard)
    if said is not None:
        return said
    facts = json_of(heard.body)
    package = dig(facts, "packages", 0)
    waybill = id_of(dig(package, "waybill")) or known.get("waybill", "")
    if heard.status == 200 and word_of(dig(package, "status")).lower() == "success" and waybill:
        return Done({"awb": waybill, "carrier": NAME})
    told = _words(facts, package)
    if any(sign in told for sign in ("duplicate", "unable to consume waybill")):
        return Later("sent_before")  # or its number isn't usable yet: `find` tells
    if heard.status < 300 and not isinstance(facts, dict):
        return answers.UNREADABLE
    named = {name for sign, name in _COMPLAINTS.items() if sign in told}
    return answers.turned_down(NAME, heard, named)


def _words(facts: Any, package: Any) -> str:
    remarks = dig(package, "remarks")
    several = remarks if isinstance(remarks, list) else [remarks]
    return " ".join(map(word_of, (*several, dig(facts, "rmk"), dig(facts, "error")))).lower()


_COMPLAINTS: Final = {
    "clientwarehouse": "pickup_location",
    "client-warehouse": "pickup_location",
    "non serviceable pincode": "pin",
    "incorrect phone": "phone",
    "insufficient balance": "the account's balance",
    "not serviceable for this account": "payment_mode",
    "suspicious": "name",
    "historical delivery outcomes": "phone",
}
"""Words of its FAQ's "Common Remarks", and what of ours they are about."""


def _find_package(account: Account, reference: str, known: Known) -> Ask:
    query = urlencode({"waybill": known.get("waybill", ""), "ref_ids": reference})
    return Ask("GET", f"/api/v1/packages/json/?{query}", None, _headers(account))


def _read_found(heard: Heard, reference: str, known: Known) -> Found:
    said = answers.trouble(heard)
    if said is not None:
        return said
    facts = json_of(heard.body)
    if "no such waybill" in word_of(dig(facts, "Error")).lower():
        return NotThere()
    packages = dig(facts, "ShipmentData")
    if heard.status != 200 or not isinstance(packages, list):
        return answers.UNREADABLE
    ours = {
        id_of(dig(one, "Shipment", "AWB"))
        for one in packages
        if word_of(dig(one, "Shipment", "ReferenceNo")) == reference
    }
    waybill = known.get("waybill", "")
    if waybill in ours:
        return Done({"awb": waybill, "carrier": NAME})
    return _OTHERWISE if ours else NotThere()


_OTHERWISE: Final = answers.refused(
    *(NAME, "carrier_has_it_otherwise"),
    f"{NAME} has a parcel of this ref under another waybill number.",
    "Look in the carrier's panel: cancel the other one there, or take its number over by hand.",
)


@refusing
def _cancel(account: Account, _shipment: Shipment, known: Known) -> Ask:
    body = {"waybill": known_id(known, NAME, "waybill"), "cancellation": "true"}
    return Ask("POST", "/api/p/edit", encode(body), _headers(account))


def _read_cancelled(heard: Heard, _known: Known) -> Outcome:
    said = answers.trouble(heard)
    if said is not None:
        return said
    facts = json_of(heard.body)
    words = " ".join(word_of(dig(facts, name)) for name in ("remark", "error", "rmk")).lower()
    if heard.status < 300 and dig(facts, "status") is True:
        return Done({})
    if "already" in words and "cancel" in words:
        return Done({})
    if heard.status < 300 and not isinstance(facts, dict):
        return answers.UNREADABLE
    return answers.turned_down(NAME, heard)


_OF_STATUS: Final[Mapping[tuple[str, str], S]] = {
    ("UD", "in transit"): S.SHIPPED,
    ("UD", "pending"): S.SHIPPED,
    ("UD", "dispatched"): S.OUT_FOR_DELIVERY,
    ("DL", "delivered"): S.DELIVERED,
    ("RT", "in transit"): S.RETURNING,
    ("RT", "pending"): S.RETURNING,
    ("RT", "dispatched"): S.RETURNING,
    ("DL", "rto"): S.RETURNED,
    ("PU", "in transit"): S.SHIPPED,
    ("PU", "pending"): S.SHIPPED,
    ("PU", "dispatched"): S.SHIPPED,
    ("DL", "dto"): S.DELIVERED,
    ("CN", "canceled"): S.CANCELLED,
    ("CN", "closed"): S.CANCELLED,
}
""" "Package Lifecycle": status type and status. A forward parcel that is pending after a dispatch
has a code EOD-: that is an attempt that failed."""


def _scan(facts: Any) -> Scan | None:
    parcel = dig(facts, "Shipment")
    awb = id_of(dig(parcel, "AWB"))
    status = dig(parcel, "Status")
    at = answers.moment_of(dig(status, "StatusDateTime"))
    if awb is None or at is None:
        return None
    kind, word = word_of(dig(status, "StatusType")), word_of(dig(status, "Status")).lower()
    code = word_of(dig(parcel, "NSLCode"))
    state = _OF_STATUS.get((kind, word))
    reason = ""
    if (kind, word) == ("UD", "pending") and code.startswith("EOD-"):
        state = S.UNDELIVERED
        reason = reason_of(code, word_of(dig(status, "Instructions")))
    return Scan(awb, state, at, answers.code_of(code), reason)


class Delhivery:
    """Delhivery's API for parcels to consumers."""

    name: str = "delhivery"
    base_url: str = "https://track.delhivery.com"
    demands_email: bool = False
    options: Mapping[str, str] = {
        "pickup_location": "the name of a registered warehouse, letter by letter",
    }
    defaults: Mapping[str, str] = {
        **DEFAULTS,
        "shipping_mode": "Surface or Express; Surface if there is none",
        "seller_name": "the name that stands on its papers as the seller's",
    }
    secrets: tuple[str, ...] = ("token",)
    booking: tuple[Step, ...] = (
        Step("waybill", _fetch, _read_fetched, repeatable=True),
        Step(
            *("manifest", _manifest, _read_manifested),
            shows_view=True,
            find=Find(_find_package, _read_found),
        ),
    )
    cancelling: tuple[Step, ...] = (Step("cancel", _cancel, _read_cancelled, repeatable=True),)

    def sign_in(self, secrets: Mapping[str, str]) -> Ask | str:
        """The token is static."""
        return secrets.get("token", "")

    def read_token(self, _heard: Heard, /) -> tuple[str, int] | Later | Refused:
        """Nobody signs in here."""
        return answers.UNREADABLE

    def is_genuine(
        self, _body: bytes, headers: Mapping[str, str], secret: bytes, _now: datetime, /
    ) -> bool:
        """It sends the Authorization header that it was given, with or without a scheme."""
        told = headers.get("authorization", "").removeprefix("Bearer ").removeprefix("Token ")
        return bool(secret) and hmac.compare_digest(told.encode(errors="replace"), secret)

    def scans(self, body: bytes) -> list[Scan] | Problem:
        """One scan, or a list of them."""
        facts = json_of(body)
        several = listed(facts) or [facts]
        found = [_scan(one) for one in several[: answers.MOST_SCANS]]
        if not any(found):
            return answers.NO_SCANS
        return answers.in_order(found)


DELHIVERY: Final = Delhivery()
