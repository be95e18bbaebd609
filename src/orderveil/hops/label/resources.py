"""Scanning the code on a label: a courier's credential gets its view, anybody else the brand.

Rules kept here:
- without a credential, with one of another hop, and for a parcel that is not the courier's, the
  answer is the same: whose label it is and how to reach them, never whether there is such a parcel;
- the courier that has the parcel is told why its window is closed: it knows that parcel anyhow.
"""

from collections import Counter
from datetime import datetime

import msgspec
from falcon import Request, Response

from orderveil.core.errors import Problem, RefusedError
from orderveil.core.hops import Hop
from orderveil.core.operations import Operation
from orderveil.gate import beyond, refusals, tokens
from orderveil.gate.asking import Caller
from orderveil.gate.beyond import Asked
from orderveil.gate.compose import View
from orderveil.gate.disclose import disclose
from orderveil.partners.models import Brand

TELL_NOTHING = frozenset({"unknown_order", "not_assigned", "order_erased"})


class Scanned(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a label's code says: who sent the parcel, and how to reach them."""

    brand: str
    reach: str
    """Where the brand tells its customers to find it; "" if it has published nothing."""
    view: View | None = None
    """To the parcel's courier: the order as it may see it."""


_encoder = msgspec.json.Encoder()


class Scan:
    """GET /v1/scan/{token}"""

    def on_get(self, req: Request, resp: Response, token: str) -> None:
        """The courier's view of its parcel; to anybody else the sender."""
        brand = tokens.brand_of(token)
        if brand is None:
            raise RefusedError(NO_LABEL)
        caller: Caller | None = req.context.caller
        view = _view(caller, brand, token, req.context.now) if caller else None
        if isinstance(view, Problem):
            if view.code not in TELL_NOTHING:
                raise RefusedError(view)
            resp.context.refused = Counter({view.code: 1})
        shown = view if isinstance(view, View) else None
        resp.data = _encoder.encode(scanned_of(brand, shown))


def _view(caller: Caller, brand: Brand, token: str, now: datetime) -> View | Problem | None:
    if (caller.brand_id, caller.hop) != (brand.pk, Hop.COURIER):
        return None
    found = tokens.open_token(brand.pk, token)
    view = disclose(caller, *found, now=now) if found else refusals.UNKNOWN
    beyond.note(caller, [Asked(token, found, view)], now)
    return view


def scanned_of(brand: Brand, view: View | None = None) -> Scanned:
    """What the page and the machine door say alike."""
    return Scanned(brand.name, brand.published_channel, view)


NO_LABEL = Problem(
    code="no_label",
    detail="This is not the code of a label printed here.",
    remedy="Scan the square code on the label again.",
    rule="label: a code is opaque",
    status=404,
)

ROUTES = (("/v1/scan/{token}", Scan()),)

OPERATIONS = (
    Operation(
        "get",
        "/v1/scan/{token}",
        "What the code on a label says: to the parcel's courier its view, to anybody else the"
        " sender.",
        "label",
        response=Scanned,
        needs_credential=False,
        takes_credential=True,
        problems=(403, 404, 429),
    ),
)
