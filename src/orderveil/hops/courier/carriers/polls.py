"""Asking a carrier how its parcels fare, where its webhooks don't come. Pure.

Shiprocket, apidocs.shiprocket.in "Get Tracking through AWB": one number, with its activities, which
are spelled like the webhook's scans. Delhivery, one.delhivery.com "Shipment Tracking": up to 50
numbers. EasyPost, docs.easypost.com "Retrieve a List of Trackers": `tracking_code`.

Rules kept here:
- what is asked holds waybill numbers alone;
- an answer is read as the carrier's own webhook would be: one table of states for each carrier.
"""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import quote, urlencode

from orderveil.core.errors import Problem
from orderveil.hops.courier.carriers import answers
from orderveil.hops.courier.carriers.answers import Facts, dig, json_of, listed
from orderveil.hops.courier.carriers.consignment import encode
from orderveil.hops.courier.carriers.delhivery import DELHIVERY
from orderveil.hops.courier.carriers.easypost import EASYPOST
from orderveil.hops.courier.carriers.shiprocket import SHIPROCKET
from orderveil.hops.courier.carriers.speech import (
    Account,
    Ask,
    Carrier,
    Heard,
    Later,
    Scan,
    SignedOut,
)


@dataclass(frozen=True, slots=True)
class Poll:
    """How a carrier is asked, and what its answer says."""

    most: int
    """Waybill numbers in one request."""
    ask: Callable[[Account, Sequence[str]], Ask]
    read: Callable[[Heard], list[Scan] | Later | SignedOut]


def _reading(
    carrier: Carrier, told: Callable[[Facts], Sequence[Any]]
) -> Callable[[Heard], list[Scan] | Later | SignedOut]:
    """Reads an answer by what it holds, each thing spelled as the carrier's webhook."""

    def read(heard: Heard) -> list[Scan] | Later | SignedOut:
        said = answers.trouble(heard)
        if said is not None:
            return said
        facts = json_of(heard.body)
        if facts is None:
            return answers.UNREADABLE
        found: list[Scan] = []
        for one in told(facts):
            scans = carrier.scans(encode(one))
            found += [] if isinstance(scans, Problem) else scans
        return found

    return read


def _bearer(account: Account) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {account.token}", "Accept": "application/json"}


def _ask_shiprocket(account: Account, awbs: Sequence[str]) -> Ask:
    path = f"/v1/external/courier/track/awb/{quote(awbs[0], safe='')}"
    return Ask("GET", path, None, _bearer(account))


def _of_shiprocket(facts: Facts) -> Sequence[Any]:
    told = dig(facts, "tracking_data")
    awb = dig(told, "shipment_track", 0, "awb_code")
    return [{"awb": awb, "scans": listed(dig(told, "shipment_track_activities"))}]


def _ask_delhivery(account: Account, awbs: Sequence[str]) -> Ask:
    headers = {"Authorization": f"Token {account.token}", "Accept": "application/json"}
    query = urlencode({"waybill": ",".join(awbs)}, safe=",")
    return Ask("GET", f"/api/v1/packages/json/?{query}", None, headers)


def _of_delhivery(facts: Facts) -> Sequence[Any]:
    return [
        _like_webhook(dig(parcel, "AWB"), status)
        for one in listed(dig(facts, "ShipmentData"))
        for parcel in [dig(one, "Shipment")]
        for status in [
            dig(parcel, "Status"),
            *(_status(dig(scan, "ScanDetail")) for scan in listed(dig(parcel, "Scans"))),
        ]
    ]


def _status(scan: Facts) -> dict[str, Any]:
    """A scan of Delhivery's history, spelled as its present status is."""
    return {
        "Status": dig(scan, "Scan"),
        "StatusType": dig(scan, "ScanType"),
        "StatusDateTime": dig(scan, "ScanDateTime"),
        "StatusCode": dig(scan, "StatusCode"),
        "Instructions": dig(scan, "Instructions"),
    }


def _like_webhook(awb: Facts, status: Facts) -> dict[str, Any]:
    return {"Shipment": {"AWB": awb, "Status": status, "NSLCode": dig(status, "StatusCode")}}


def _ask_easypost(account: Account, awbs: Sequence[str]) -> Ask:
    key = base64.b64encode(f"{account.token}:".encode()).decode()
    headers = {"Authorization": f"Basic {key}", "Accept": "application/json"}
    query = urlencode({"tracking_code": awbs[0], "page_size": 5})
    return Ask("GET", f"/v2/trackers?{query}", None, headers)


def _of_easypost(facts: Facts) -> Sequence[Any]:
    return [{"result": tracker} for tracker in listed(dig(facts, "trackers"))]


POLLS: Final[Mapping[str, Poll]] = MappingProxyType(
    {
        SHIPROCKET.name: Poll(1, _ask_shiprocket, _reading(SHIPROCKET, _of_shiprocket)),
        DELHIVERY.name: Poll(50, _ask_delhivery, _reading(DELHIVERY, _of_delhivery)),
        EASYPOST.name: Poll(1, _ask_easypost, _reading(EASYPOST, _of_easypost)),
    }
)
"""By the carrier's name; one that isn't here speaks by webhook alone."""
