"""Receipts: a partner says that it deleted, of a whole request or of some of its parcels.

Rules kept here:
- a receipt is one act that commits by Merkle root to the parcels it speaks of, so that each
  order's own history shows it;
- the same receipt again changes nothing and is no act; two at once are one;
- a request of another partner's is none; a ref that is not in the request is answered as such.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum

import msgspec
from django.db import transaction

from orderveil.core.errors import Problem, RefusedError
from orderveil.gate import law as laws
from orderveil.gate.asking import partner_refs
from orderveil.hops.retention.models import Purge, Request
from orderveil.ledger.acts import ActKind, Who, record_bulk

Parcel = tuple[bytes, int]


class Way(StrEnum):
    """How a receipt came."""

    MACHINE = "machine"
    LINK = "link"
    TOLD = "told"
    """The partner told the brand otherwise; somebody of the brand's wrote it down."""


class Function(StrEnum):
    """Whose word it is, by function: never a person's name."""

    UNSAID = ""
    DATA_PROTECTION = "data_protection"
    SECURITY = "security"
    IT = "it_operations"
    OPERATIONS = "operations"
    LEGAL = "legal"
    MANAGEMENT = "management"


class Receipt(msgspec.Struct, frozen=True):
    """What a request has come to."""

    request: str
    confirmed: int
    """Parcels confirmed by now, this receipt's among them."""
    open: int
    unknown: tuple[str, ...] = ()
    """Refs that are not in this request."""
    changed: bool = True


def find(brand_id: int, partner_id: int | None, name: str) -> Request:
    """The brand's request of that name, and of that partner if one is told. Raises 404."""
    found = Request.objects.filter(brand_id=brand_id, name=name).select_related("partner")
    if partner_id is not None:
        found = found.filter(partner_id=partner_id)
    request = found.first()
    if request is None:
        raise RefusedError(NO_REQUEST)
    return request


@transaction.atomic
def confirm(
    request: Request,
    parcels: Collection[Parcel] | None = None,
    *,
    way: Way,
    now: datetime,
    who: Who,
    function: Function = Function.UNSAID,
) -> Receipt:
    """Confirm these parcels of a request, or all that are open; idempotent."""
    held = Request.objects.select_for_update().get(pk=request.pk)
    waiting = Purge.objects.filter(request=held, confirmed_at=None).select_for_update()
    purges = [
        each
        for each in waiting.order_by("pk")
        if parcels is None or (bytes(each.order_id), each.parcel_no) in parcels
    ]
    if purges:
        _confirm(held, purges, way, now, who, function)
    return Receipt(held.name, held.confirmed, held.items - held.confirmed, (), bool(purges))


def _confirm(
    request: Request,
    purges: Sequence[Purge],
    way: Way,
    now: datetime,
    who: Who,
    function: Function,
) -> None:
    Purge.objects.filter(pk__in=[each.pk for each in purges]).update(confirmed_at=now)
    request.confirmed += len(purges)
    if request.confirmed == request.items:
        request.closed_at, request.next_at = now, None
    request.save(update_fields=["confirmed", "closed_at", "next_at"])
    record_bulk(
        request.brand_id,
        ActKind.PURGE_CONFIRMED,
        [(bytes(each.order_id), each.parcel_no) for each in purges],
        now=now,
        who=who,
        detail={
            "request": request.name,
            "partner": request.partner_id,
            "way": way.value,
            "function": function.value or None,
        },
    )


def confirm_refs(
    request: Request, refs: Sequence[str] | None, *, now: datetime, who: Who
) -> Receipt:
    """A machine's receipt: of the parcels behind the partner's refs; without refs, of all."""
    if refs is None:
        return confirm(request, way=Way.MACHINE, now=now, who=who)
    law = laws.law_of(request.brand_id)
    keys = partner_refs(law, law.partners[request.partner_id])
    asked = {
        (bytes(each.order_id), each.parcel_no): each
        for each in Purge.objects.filter(request=request)
    }
    found: set[Parcel] = set()
    unknown = []
    for ref in refs:
        order_id, parcel_no = keys.open(ref) or (b"", None)
        theirs = {one for one in asked if one[0] == order_id and parcel_no in {None, one[1]}}
        found |= theirs
        if not theirs:
            unknown.append(ref)
    done = confirm(request, found, way=Way.MACHINE, now=now, who=who)
    return msgspec.structs.replace(done, unknown=tuple(unknown))


NO_REQUEST = Problem(
    code="no_such_purge",
    detail="You know no purge request by this name.",
    remedy="Use the name in the webhook, in the list, or in `orderveil purge list`.",
    rule="purges: a partner sees its own requests",
    status=404,
)
