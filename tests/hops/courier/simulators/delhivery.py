"""Delhivery as its developer portal describes it (one.delhivery.com/developer-portal/documents/b2c:
"Fetch Waybill", "Shipment Creation", "Shipment Cancellation", "Shipment Tracking", "FAQ" with its
"Common Remarks").

The shape of a refused manifest is that of answers which integrators published; the answers of
/api/p/edit and of a search without a hit are from memory.
"""

import itertools
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from hops.courier.simulators.serving import Received, RefusalError, Reply, Simulator, said

TOKEN = "invented0delhivery0token"
MANDATORY = ("name", "order", "phone", "add", "pin", "payment_mode")


@dataclass
class Package:
    """One manifested parcel."""

    waybill: str
    asked: dict[str, Any]
    is_cancelled: bool = False

    @property
    def reference(self) -> str:
        return str(self.asked["order"])

    def same(self) -> tuple[Any, ...]:
        """ "If the below 6 fields are the same": of one client."""
        names = ("order", "total_amount", "products_desc", "payment_mode", "name")
        return tuple(self.asked.get(name) for name in names)


class Delhivery(Simulator):
    """One client's account."""

    most = 750

    def __init__(self) -> None:
        super().__init__()
        self.window_seconds = 300.0
        self.packages: list[Package] = []
        self.fetched: set[str] = set()
        self.warehouses = {"Marigold Warehouse"}
        self.unserved = {"799999"}
        self.is_poor = False
        self.are_fresh_numbers_useless = False
        self.token = TOKEN
        self._waybills = itertools.count(57930810000011)

    def bookings(self, reference: str) -> int:
        return len({one.waybill for one in self.packages_of(reference)})

    def packages_of(self, reference: str) -> list[Package]:
        """Those of a reference that aren't cancelled."""
        return [one for one in self.packages if one.reference == reference and not one.is_cancelled]

    def signed_out(self) -> Reply:
        return said(401, {"detail": "Authentication credentials were not provided."})

    def handle_one(self, asked: Received) -> Reply:
        if asked.headers.get("authorization") != f"Token {self.token}":
            return self.signed_out()
        does = _DOES.get((asked.method, asked.path))
        return does(self, asked) if does else said(404, {"detail": "Not found."})

    def _fetch(self, asked: Received) -> Reply:
        if asked.query.get("token") != self.token:
            return self.signed_out()
        waybill = str(next(self._waybills))
        self.fetched.add(waybill)
        return said(200, waybill)

    def _create(self, asked: Received) -> Reply:
        data = _form(asked)
        shipments = data.get("shipments")
        if not isinstance(shipments, list) or len(shipments) != 1:
            return _failed("shipment list contains no data")
        if (data.get("pickup_location") or {}).get("name") not in self.warehouses:
            return _failed("ClientWarehouse matching query does not exist.")
        parcel = shipments[0]
        why = self._why_not(parcel)
        if why:
            return _failed(_AN_ERROR, parcel, why)
        waybill = parcel.get("waybill") or str(next(self._waybills))
        self.packages.append(Package(waybill, parcel))
        return said(200, _summary(parcel, waybill, "Success", []))

    def _why_not(self, parcel: dict[str, Any]) -> str:
        lacking = [name for name in MANDATORY if not parcel.get(name)]
        waybill = parcel.get("waybill") or ""
        package = Package(waybill, parcel) if not lacking else None
        phone = str(parcel.get("phone", ""))
        checks = [
            (lacking, f"{lacking} missing"),
            (len(str(parcel.get("order", ""))) > 50, "oid does not pass the validator <lambda>"),
            (not (phone.isdigit() and len(phone) == 10), "Incorrect phone number(s) for order"),
            (
                parcel.get("payment_mode") not in {"COD", "Prepaid", "Pickup", "REPL"},
                "Package type",
            ),
            (str(parcel.get("pin")) in self.unserved, _crash("799999 is non serviceable pincode")),
            (waybill in {one.waybill for one in self.packages}, "Duplicate waybill"),
            (
                package and any(one.same() == package.same() for one in self.packages),
                "Duplicate Order Id",
            ),
            (
                waybill and (waybill not in self.fetched or self.are_fresh_numbers_useless),
                f"Unable to consume waybill {waybill}",
            ),
            (self.is_poor, _crash("client manifest charge API failed due to insufficient balance")),
        ]
        return next((words for is_wrong, words in checks if is_wrong), "")

    def _edit(self, asked: Received) -> Reply:
        body = asked.json()
        found = [one for one in self.packages if one.waybill == body.get("waybill")]
        if not found or body.get("cancellation") != "true":
            return said(200, {"status": False, "error": "No such waybill found"})
        if found[0].is_cancelled:
            return said(200, {"status": False, "remark": "Shipment is already cancelled."})
        found[0].is_cancelled = True
        told = {"status": True, "waybill": found[0].waybill, "order_id": found[0].reference}
        return said(200, told | {"remark": "Shipment has been cancelled."})

    def _track(self, asked: Received) -> Reply:
        waybills = asked.query.get("waybill", "").split(",")
        found = [
            one
            for one in self.packages
            if one.waybill in waybills or one.reference == asked.query.get("ref_ids")
        ]
        if not found:
            words = "No such waybill or Order Id found"
            return said(200, {"Success": False, "Error": words, "rmk": words})
        status = {"Status": "Manifested", "StatusType": "UD", "Instructions": "Manifest uploaded"}
        shown = [
            {
                "Shipment": {
                    "AWB": one.waybill,
                    "ReferenceNo": one.reference,
                    "Consignee": {"Name": one.asked["name"], "City": one.asked.get("city", "")},
                    "Status": status,
                }
            }
            for one in found
        ]
        return said(200, {"ShipmentData": shown})


_AN_ERROR = "An internal Error has occurred, Please get in touch with client.support@delhivery.com"


def _crash(why: str) -> str:
    return (
        f"Crashing while saving package due to exception '{why}'. "
        "Package might have been partially saved."
    )


def _form(asked: Received) -> dict[str, Any]:
    """`format=json&data={...}`, its special characters encoded."""
    form = parse_qs(asked.body.decode())
    if form.get("format") != ["json"]:
        raise RefusalError(_failed("format key missing in the post"))
    try:
        data = json.loads(form["data"][0])
    except (KeyError, ValueError):
        raise RefusalError(_failed("Unterminated string starting at: line 1")) from None
    return data if isinstance(data, dict) else {}


def _failed(words: str, parcel: dict[str, Any] | None = None, why: str = "") -> Reply:
    packages = [_package(parcel, "", "Fail", [why])] if parcel else []
    return said(200, {"packages": packages, "success": False, "rmk": words, "error": True})


def _package(
    parcel: dict[str, Any], waybill: str, status: str, remarks: list[str]
) -> dict[str, Any]:
    return {
        "waybill": waybill,
        "refnum": parcel.get("order"),
        "client": "MARIGOLD",
        "payment": parcel.get("payment_mode"),
        "cod_amount": parcel.get("cod_amount", 0),
        "status": status,
        "sort_code": "BLR/KOR",
        "serviceable": True,
        "remarks": remarks,
    }


def _summary(
    parcel: dict[str, Any], waybill: str, status: str, remarks: list[str]
) -> dict[str, Any]:
    return {
        "package_count": 1,
        "upload_wbn": "UPL613271465538178304",
        "packages": [_package(parcel, waybill, status, remarks)],
        "success": True,
    }


_DOES = {
    ("GET", "/waybill/api/fetch/json/"): Delhivery._fetch,
    ("POST", "/api/cmu/create.json"): Delhivery._create,
    ("POST", "/api/p/edit"): Delhivery._edit,
    ("GET", "/api/v1/packages/json/"): Delhivery._track,
}
