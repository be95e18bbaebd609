"""The list of what a partner must delete, as a file: its own refs and the waybill numbers.

Rules kept here:
- ids and dates only: no value of a buyer's is in it, and none is opened;
- it is on record before it is handed out: one act that commits to the parcels it names.
"""

import csv
import io
from datetime import datetime

from django.db import transaction

from orderveil.gate.windows import waybills
from orderveil.hops.retention.asking import open_items
from orderveil.hops.retention.models import Request
from orderveil.hops.retention.telling import items_of
from orderveil.ledger.acts import ActKind, Who, record_bulk

COLUMNS = ("ref", "carrier", "awb", "why", "since", "due")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def hand_out(request: Request, *, now: datetime) -> str:
    """The list of what is open as CSV (RFC 4180), recorded."""
    purges = open_items(request)
    parcels = [(bytes(each.order_id), each.parcel_no) for each in purges]
    if parcels:
        with transaction.atomic(durable=True):
            record_bulk(
                request.brand_id,
                ActKind.PURGE_LIST_SHOWN,
                parcels,
                now=now,
                who=Who(partner=request.partner_id),
                detail={"request": request.name, "partner": request.partner_id},
            )
    known = waybills(request.brand_id, parcels)
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(COLUMNS)
    for parcel, item in zip(parcels, items_of(request, purges), strict=True):
        carrier, awb = known.get(parcel, ("", ""))
        told = (
            item.ref,
            carrier,
            awb,
            item.why,
            f"{item.since:%Y-%m-%d}",
            f"{item.due_at:%Y-%m-%d}",
        )
        table.writerow([_plain(each) for each in told])
    return out.getvalue()


def _plain(text: str) -> str:
    """A spreadsheet takes what begins so for a formula (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(_FORMULA) else text
