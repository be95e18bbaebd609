"""The telephony providers' door: somebody rang a pool number, whom do we put them through to?

Rules kept here:
- nothing is looked up before the request proved that the line's provider sent it;
- a request is small, and is read once: the bytes that were proved are the bytes that are read;
- an answer goes to the provider, which was put on record for the number in it, and nowhere else.
"""

from typing import Final
from urllib.parse import parse_qsl

import msgspec
from django.conf import settings
from falcon import Request, Response

from orderveil.core.errors import Problem, RefusedError
from orderveil.core.operations import Operation
from orderveil.hops.bodies import decode_body, header_map, read_body
from orderveil.hops.calls import connecting, lines
from orderveil.hops.calls.formats import exotel, plain, twilio
from orderveil.hops.calls.lines import Use
from orderveil.hops.calls.models import Line
from orderveil.hops.calls.speech import Provider, Reply, Ring, Spoken

BRIDGE: Final = lines.BRIDGE_PATH + "/{line:int(min=1)}"
_LIMIT_BYTES: Final = 16 * 1024
_MOST_PAIRS: Final = 100
_MOST_LINE: Final = 2**63 - 1
_told = msgspec.json.Decoder(plain.Told)


class Bridge:
    """/v1/calls/bridge/{line}"""

    def on_get(self, req: Request, resp: Response, line: int) -> None:
        """Exotel's Connect applet asks whom to dial."""
        found = _line(line, Provider.EXOTEL)
        if not exotel.is_genuine(lines.secret_of(found, Use.BRIDGE), req.auth or ""):
            raise RefusedError(NOT_PROVED)
        ring = exotel.read(dict(read_pairs(req.query_string.encode("latin-1", "replace"))))
        _say(resp, exotel.spoken(_answer(req, found, ring)))

    def on_post(self, req: Request, resp: Response, line: int) -> None:
        """Twilio, or an exchange of the brand's own, asks whom to dial."""
        found = _line(line, Provider.TWILIO, Provider.JSON)
        if found.provider == Provider.TWILIO:
            url = settings.URL + lines.bridge_path(found)
            ring = twilio.read(twilio_form(req, found, url))
            _say(resp, twilio.spoken(_answer(req, found, ring), url))
            return
        secret = lines.secret_of(found, Use.BRIDGE)
        body = read_body(req, _LIMIT_BYTES)
        if not plain.is_genuine(secret, body, header_map(req), req.context.now):
            raise RefusedError(NOT_PROVED)
        req.context.body = body
        ring = plain.read(decode_body(req, _told, _LIMIT_BYTES))
        _say(resp, plain.spoken(_answer(req, found, ring)))


def twilio_form(req: Request, line: Line, url: str) -> dict[str, str]:
    """The form, if the line's account signed it for this address. Raises `RefusedError`."""
    pairs = read_pairs(read_body(req, _LIMIT_BYTES))
    header = req.get_header("X-Twilio-Signature") or ""
    if req.query_string:
        url += f"?{req.query_string}"
    if not twilio.is_genuine(lines.secret_of(line, Use.BRIDGE), url, pairs, header):
        raise RefusedError(NOT_PROVED)
    return dict(pairs)


def read_pairs(raw: bytes) -> list[tuple[str, str]]:
    """The pairs of a form or a query, each name once. Raises `RefusedError`."""
    try:
        text = raw.decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_PAIRS)
    except ValueError:
        raise RefusedError(_BAD_FORM) from None
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names) or any("\x00" in value for _, value in pairs):
        raise RefusedError(_BAD_FORM)
    return pairs


def _line(number: int, *providers: Provider) -> Line:
    found = lines.live(min(number, _MOST_LINE))
    if found.provider not in providers:
        raise RefusedError(lines.UNKNOWN)
    return found


def _answer(req: Request, line: Line, ring: Ring | Problem) -> Reply:
    if isinstance(ring, Problem):
        raise RefusedError(ring)
    return connecting.connect(line, ring, now=req.context.now)


def _say(resp: Response, spoken: Spoken) -> None:
    resp.content_type = spoken.content_type
    resp.data = spoken.body


NOT_PROVED = Problem(
    code="provider_unproved",
    detail="This request does not prove that the line's provider sent it.",
    remedy="Configure the provider with the line's secret, as docs/calls.md shows.",
    rule="calls: a provider proves who it is before anything is looked up",
    status=401,
)
_BAD_FORM = Problem(
    code="bad_form",
    detail="The form is not ASCII escapes of UTF-8, has a name twice, or has too many.",
    remedy="Send what the provider's documentation says.",
    rule="calls: what can be read in two ways is not answered",
    status=400,
)

ROUTES = ((BRIDGE, Bridge()),)

_PROBLEMS = (400, 401, 404, 409, 413, 422)
OPERATIONS = (
    Operation(
        "get",
        BRIDGE,
        "Exotel's Connect applet: whom to dial for who rang a pool number. HTTP Basic.",
        "calls",
        needs_credential=False,
        problems=_PROBLEMS,
    ),
    Operation(
        "post",
        BRIDGE,
        "Twilio's webhook (signed), or plain JSON (signed or a bearer token).",
        "calls",
        response=plain.Answer,
        needs_credential=False,
        problems=_PROBLEMS,
    ),
)
