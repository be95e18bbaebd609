"""A partner's machine door to its purges: what it is asked, and its receipt."""

from datetime import datetime
from typing import Annotated

import msgspec
from falcon import Request as HttpRequest
from falcon import Response

from orderveil.core.operations import Operation
from orderveil.gate.asking import Caller
from orderveil.gate.parcels import who
from orderveil.hops.bodies import SMALL_LIMIT_BYTES, decode_body
from orderveil.hops.retention import receipts, telling
from orderveil.hops.retention.asking import MOST_ITEMS, open_items
from orderveil.hops.retention.models import Request
from orderveil.hops.retention.receipts import Receipt
from orderveil.hops.retention.telling import Item

MOST_LISTED = 100

Ref = Annotated[str, msgspec.Meta(max_length=40, description="a ref of yours, or of a parcel")]


class ReceiptRequest(msgspec.Struct, frozen=True):
    """What you deleted: the parcels of these refs; without `refs`, everything that was asked."""

    refs: Annotated[list[Ref], msgspec.Meta(min_length=1, max_length=2 * MOST_ITEMS)] | None = None


class Open(msgspec.Struct, frozen=True):
    """A request that is not over. `open`: parcels that are not confirmed yet."""

    request: str
    made_at: datetime
    due_at: datetime
    open: int


class OpenAnswer(msgspec.Struct, frozen=True):
    """Up to a hundred of them, what is due first at the top."""

    requests: list[Open]


class RequestAnswer(msgspec.Struct, frozen=True):
    """One request, and what of it is not confirmed yet."""

    request: str
    made_at: datetime
    due_at: datetime
    items: list[Item]


_decoder = msgspec.json.Decoder(ReceiptRequest)
_encoder = msgspec.json.Encoder()


class Purges:
    """GET /v1/purges"""

    def on_get(self, req: HttpRequest, resp: Response) -> None:
        """The requests to the caller that are not over."""
        caller: Caller = req.context.caller
        found = Request.objects.filter(
            brand_id=caller.brand_id, partner_id=caller.partner_id, closed_at=None
        ).order_by("due_at", "pk")[:MOST_LISTED]
        told = [
            Open(each.name, each.made_at, each.due_at, each.items - each.confirmed)
            for each in found
        ]
        resp.data = _encoder.encode(OpenAnswer(told))


class Purge:
    """GET /v1/purges/{request}"""

    def on_get(self, req: HttpRequest, resp: Response, request: str) -> None:
        """What of it is still to be confirmed."""
        found = _asked(req, request)
        items = telling.items_of(found, open_items(found))
        resp.data = _encoder.encode(RequestAnswer(found.name, found.made_at, found.due_at, items))


class PurgeReceipt:
    """POST /v1/purges/{request}/receipt"""

    def on_post(self, req: HttpRequest, resp: Response, request: str) -> None:
        """Take the receipt; the same one again changes nothing."""
        found = _asked(req, request)
        said = decode_body(req, _decoder, SMALL_LIMIT_BYTES)
        done = receipts.confirm_refs(
            found, said.refs, now=req.context.now, who=who(req.context.caller)
        )
        resp.data = _encoder.encode(done)


def _asked(req: HttpRequest, name: str) -> Request:
    caller: Caller = req.context.caller
    return receipts.find(caller.brand_id, caller.partner_id, name)


ROUTES = (
    ("/v1/purges", Purges()),
    ("/v1/purges/{request}", Purge()),
    ("/v1/purges/{request}/receipt", PurgeReceipt()),
)

OPERATIONS = (
    Operation(
        "get",
        "/v1/purges",
        "The purge requests to you that are not over.",
        "purges",
        response=OpenAnswer,
        problems=(401, 403),
    ),
    Operation(
        "get",
        "/v1/purges/{request}",
        "What a purge request still asks for, by your refs.",
        "purges",
        response=RequestAnswer,
        problems=(401, 403, 404),
    ),
    Operation(
        "post",
        "/v1/purges/{request}/receipt",
        "Say what you deleted: all of a request, or some refs. The same again changes nothing.",
        "purges",
        request=ReceiptRequest,
        response=Receipt,
        problems=(400, 401, 403, 404, 413, 422),
    ),
)
