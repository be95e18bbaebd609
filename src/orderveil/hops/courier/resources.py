"""The machine door of carriers: their tracking webhooks."""

from typing import Final

import msgspec
from django.db import DatabaseError
from falcon import Request, Response

from orderveil.core.errors import Problem, RefusedError
from orderveil.core.operations import Operation
from orderveil.hops.bodies import header_map, read_body
from orderveil.hops.courier import tracking

TRACKING: Final = "/v1/tracking/{account}"
LIMIT_BYTES: Final = 1024 * 1024


class TrackingAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of the scans of one webhook."""

    scans: int
    moves: int = 0
    unknown: int = 0
    """Of parcels that this carrier was not given."""
    unmoved: int = 0
    """They name a state that their parcel can't take now."""
    problem: str = ""
    """Why nothing of it could be read. An answer, no refusal: it would come again for ever."""


_encoder = msgspec.json.Encoder()


class Tracking:
    """POST /v1/tracking/{account}"""

    def on_post(self, req: Request, resp: Response, account: int) -> None:
        """A carrier's webhook. Its signature, or its token, is its credential."""
        body = read_body(req, LIMIT_BYTES)
        try:
            found = tracking.account_of(account)
            taken = tracking.receive(found, body, header_map(req), now=req.context.now)
        except DatabaseError:
            raise RefusedError(_TROUBLE) from None
        resp.data = _encoder.encode(
            TrackingAnswer(taken.scans, taken.moves, taken.unknown, taken.unmoved, taken.problem)
        )


_TROUBLE: Final = Problem(
    code="tracking_unavailable",
    detail="The webhook could not be taken in at this moment.",
    remedy="Send the same webhook again.",
    rule="tracking: scans that come again change nothing that they have changed",
    status=503,
)

ROUTES = (("/v1/tracking/{account:int(min=1, max=9223372036854775807)}", Tracking()),)

OPERATIONS = (
    Operation(
        "post",
        TRACKING,
        "A carrier's signed webhook: what happened to parcels under way.",
        "courier",
        response=TrackingAnswer,
        needs_credential=False,
        problems=(401, 404, 413, 422, 503),
    ),
)
