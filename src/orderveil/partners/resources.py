"""The floor's printers at the machine door: a print agent enrols, and says who it is.

Rules kept here:
- a link is posted in a body, never in a path: what logs paths must not hold it;
- an enrolment takes a body of a thousand bytes and one look-up; what is no link writes nothing and
  waits for no lock, so that guessing at 256 random bits costs the guesser most;
- a device's token opens the paths of `by_device` operations and no other; those open to nothing
  else. A station's token is a browser's, and opens none of them.
"""

from datetime import datetime

import msgspec
from falcon import Request, Response

from orderveil.core.devices import DeviceKind
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.operations import Operation
from orderveil.partners import devices
from orderveil.partners.models import Device

LINK_LIMIT_BYTES = 1_000


class EnrolRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The one-time link that whoever registered the printer was shown."""

    link: str


class Enrolled(msgspec.Struct, frozen=True):
    """The printer's number, and its token: shown this once."""

    device: int
    token: str


class OnTheFloor(msgspec.Struct, frozen=True):
    """The printer as its floor knows it."""

    device: int
    name: str
    asset: str
    partner: int
    attested_until: datetime


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(EnrolRequest)


def device_of(req: Request) -> Device:
    """The printer that asks, found once a request. Raises `RefusedError` (401, 403)."""
    known: Device | None = getattr(req.context, "device", None)
    if known is None:
        known = req.context.device = _authenticated(req.auth or "", req.context.now)
    return known


def _authenticated(header: str, now: datetime) -> Device:
    scheme, _, token = header.partition(" ")
    found = devices.of_token(token, now=now) if scheme.lower() == "bearer" else None
    if found is None or found.kind != DeviceKind.PRINTER:
        raise RefusedError(devices.NOT_ENROLLED)
    if found.partner.suspended_at is not None:
        raise RefusedError(_SUSPENDED)
    return found


class Enrol:
    """POST /v1/devices/enrol"""

    def on_post(self, req: Request, resp: Response) -> None:
        """Spend the link of a printer; the answer alone holds its token."""
        device, token = devices.enrol(_link(req), DeviceKind.PRINTER, now=req.context.now)
        resp.data = _encoder.encode(Enrolled(device.pk, token))


def _link(req: Request) -> str:
    # A chunked body has no length (RFC 9112 7.1), and so nothing to bound the stream by.
    stream = req.stream if req.get_header("Transfer-Encoding") else req.bounded_stream
    body = stream.read(LINK_LIMIT_BYTES + 1)
    try:
        if len(body) <= LINK_LIMIT_BYTES:
            return _decoder.decode(body).link
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        pass  # what was wrong with it could quote it
    raise RefusedError(_NO_LINK)


class Myself:
    """GET /v1/devices/me"""

    def on_get(self, req: Request, resp: Response) -> None:
        """Which printer asks, whose floor it stands on, and how long somebody vouches for it."""
        found = device_of(req)
        resp.data = _encoder.encode(
            OnTheFloor(found.pk, found.name, found.asset, found.partner_id, found.attested_until)
        )


_SUSPENDED = Problem(
    code="partner_suspended",
    detail="The partner on whose floor this device stands is suspended.",
    remedy="Ask the brand's privacy officer to lift the suspension.",
    rule="standing: a suspended partner is answered nothing",
    status=403,
)
_NO_LINK = Problem(
    code="invalid_request",
    detail='The body is not {"link": "ovl_..."}, or is longer than a link can be.',
    remedy="Send the link as it was shown.",
    rule="api: the schema of the request",
)

ROUTES = (("/v1/devices/enrol", Enrol()), ("/v1/devices/me", Myself()))

OPERATIONS = (
    Operation(
        "post",
        "/v1/devices/enrol",
        "Become a printer of the floor, with the one-time link of its registration.",
        "devices",
        request=EnrolRequest,
        response=Enrolled,
        needs_credential=False,
        problems=(409, 410, 422),
    ),
    Operation(
        "get",
        "/v1/devices/me",
        "Which printer of the floor you are.",
        "devices",
        response=OnTheFloor,
        by_device=True,
        problems=(401, 403),
    ),
)
