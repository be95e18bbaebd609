"""The warehouse's machine door: where items lie."""

import msgspec
from falcon import Request, Response

from orderveil.core.hops import Hop
from orderveil.core.operations import Operation
from orderveil.gate.parcels import who
from orderveil.hops.bodies import BATCH_LIMIT_BYTES, read_body
from orderveil.hops.resources import caller_for
from orderveil.hops.wms import lists
from orderveil.hops.wms.locations import Located, LocationsAnswer, set_locations
from orderveil.partners.models import Partner

_encoder = msgspec.json.Encoder()


class LocationsRequest(msgspec.Struct, frozen=True):
    """Where items lie: up to 50,000 of them. As `text/csv`: sku,location,barcode."""

    locations: list[Located]


class Locations:
    """PUT /v1/hops/wms/locations"""

    def on_put(self, req: Request, resp: Response) -> None:
        """Set where the named items lie; what is refused says why, the rest is set."""
        caller = caller_for(req, Hop.WMS)
        body = read_body(req, BATCH_LIMIT_BYTES)
        is_table = (req.content_type or "").partition(";")[0].strip().lower() == "text/csv"
        rows = lists.read_csv(body) if is_table else lists.read_json(body)
        partner = Partner.objects.get(pk=caller.partner_id)
        report = set_locations(partner, rows, now=req.context.now, who=who(caller))
        resp.data = _encoder.encode(report)


ROUTES = (("/v1/hops/wms/locations", Locations()),)

OPERATIONS = (
    Operation(
        "put",
        "/v1/hops/wms/locations",
        "Say where items lie in your warehouse, as JSON or CSV; an answer for what is refused.",
        "warehouse",
        request=LocationsRequest,
        response=LocationsAnswer,
        problems=(400, 401, 403, 413),
    ),
)
