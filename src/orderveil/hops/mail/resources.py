"""Mail by HTTP: a provider's inbound route, or a mail server of the brand's own.

Rules kept here:
- nothing is read before the sender proved itself; a token or id is good for one answer;
- 200 says that the letter was taken on by the brand's server; 503 that it may come again; 406 that
  it must not (Mailgun retries anything but 200 and 406:
  documentation.mailgun.com, "Receiving messages via HTTP");
- Mailgun posts a message as it came only to an address that ends with `mime`.
"""

import hmac
import io
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl

import falcon
import msgspec
from django.db import IntegrityError, transaction
from falcon import Request, Response
from falcon.media.multipart import MultipartFormHandler

from orderveil.core.errors import Problem, RefusedError
from orderveil.core.operations import Operation
from orderveil.hops.bodies import BATCH_LIMIT_BYTES, header_map, read_body
from orderveil.hops.mail import names, relaying, setup
from orderveil.hops.mail.models import Once, Route
from orderveil.hops.mail.parts import MOST_BYTES
from orderveil.hops.mail.refusing import sentence, tell
from orderveil.hops.mail.relaying import Answer, Arrival, Verdict
from orderveil.hops.mail.setup import Format
from orderveil.outbox.webhooks import sign

MAILGUN_FRESH: Final = timedelta(hours=9)
"""It tries for eight hours; a token is good once, however fresh."""
RAW_FRESH: Final = timedelta(minutes=5)
_MOST_PARTS: Final = 64
_MOST_ROUTE: Final = 2**63 - 1


class Taken(msgspec.Struct, frozen=True):
    """The letter was taken on, or was before."""

    status: str


_encoder = msgspec.json.Encoder()


class Mailgun:
    """POST /v1/mail/{route}/mime"""

    def on_post(self, req: Request, resp: Response, route: int) -> None:
        """A message that Mailgun took in, as it came."""
        found = setup.route_of(min(route, _MOST_ROUTE), Format.MAILGUN)
        form = _form(req)
        token, stamp = _text(form, "token"), _text(form, "timestamp")
        expected = hmac.digest(setup.secret_of(found), f"{stamp}{token}".encode(), "sha256").hex()
        given = _text(form, "signature")
        is_genuine = hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace"))
        if not token or not is_genuine or not _is_fresh(stamp, req.context.now, MAILGUN_FRESH):
            raise RefusedError(_UNPROVED)
        sender, recipient = _text(form, "sender"), _text(form, "recipient")
        arrival = Arrival(recipient, sender, form.get("body-mime", b""), "mailgun")
        _answer(resp, found, token, arrival, req.context.now)


class Raw:
    """POST /v1/mail/{route}"""

    def on_post(self, req: Request, resp: Response, route: int) -> None:
        """A message as it came, its envelope in headers, signed as Standard Webhooks says."""
        found = setup.route_of(min(route, _MOST_ROUTE), Format.RAW)
        body = read_body(req, MOST_BYTES)
        told = header_map(req)
        hook, stamp = told.get("webhook-id", ""), told.get("webhook-timestamp", "")
        if not hook or not _is_fresh(stamp, req.context.now, RAW_FRESH):
            raise RefusedError(_UNPROVED)
        expected = sign(setup.secret_of(found), hook, int(stamp), body).encode()
        given = told.get("webhook-signature", "").split()
        if not any(
            hmac.compare_digest(expected, each.encode("utf-8", "replace")) for each in given
        ):
            raise RefusedError(_UNPROVED)
        sender = told.get("x-envelope-from", "").strip("<> ")
        arrival = Arrival(told.get("x-envelope-to", "").strip("<> "), sender, body, "raw")
        _answer(resp, found, hook, arrival, req.context.now)


def _answer(resp: Response, route: Route, token: str, arrival: Arrival, now: datetime) -> None:
    """Relay it, once for a token."""
    domain = arrival.recipient.rpartition("@")[2]
    if setup.brand_of(domain) != route.brand_id:
        raise RefusedError(_NOT_OURS)
    mark = relaying.keyed(route.brand_id, b"once", str(route.pk).encode(), token.encode())
    once = _begun(route, mark, now)
    if once is None:
        resp.data = _encoder.encode(Taken("duplicate"))
        return
    done = False
    try:
        answer = relaying.relay(route.brand_id, arrival, names.txt, now=now)
        done = answer.verdict != Verdict.LATER
    finally:
        if done:
            Once.objects.filter(pk=once.pk).update(is_done=True)
        else:
            once.delete()
    _say(resp, route, arrival, answer, now)


def _say(resp: Response, route: Route, arrival: Arrival, answer: Answer, now: datetime) -> None:
    if answer.verdict == Verdict.TAKEN:
        resp.data = _encoder.encode(Taken("taken"))
        return
    tell(route.brand_id, arrival, answer, now=now)
    is_later = answer.verdict == Verdict.LATER
    raise RefusedError(
        Problem(
            code=f"mail_{answer.outcome}",
            detail=sentence(route.brand_id, answer.outcome),
            remedy="Send it again later." if is_later else "Don't send it again.",
            rule="mail: only the two whom an alias stands between write to it",
            status=503 if is_later else 406,
        )
    )


def _begun(route: Route, mark: bytes, now: datetime) -> Once | None:
    """The token, ours to use; None: it was used. Raises `RefusedError` while it is in use."""
    try:
        with transaction.atomic():
            return Once.objects.create(route=route, mark=mark, at=now)
    except IntegrityError:
        found = Once.objects.filter(route=route, mark=mark).first()
    if found is not None and found.is_done:
        return None
    if found is not None and now - found.at > relaying.IN_FLIGHT:
        found.delete()  # whoever began it was cut off
    raise RefusedError(_IN_USE)


def _is_fresh(stamp: str, now: datetime, tolerance: timedelta) -> bool:
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
        return False
    return abs(now.timestamp() - int(stamp)) <= tolerance.total_seconds()


def _text(form: Mapping[str, bytes], name: str) -> str:
    return form.get(name, b"").decode("utf-8", "replace").strip("<> ").replace("\x00", "")


def _form(req: Request) -> dict[str, bytes]:
    """The form's fields, the first of each name. Raises `RefusedError`."""
    body = read_body(req, BATCH_LIMIT_BYTES)
    kind = req.content_type or ""
    pairs: list[tuple[str, bytes]] = []
    try:
        if kind.startswith("multipart/form-data"):
            handler = MultipartFormHandler()
            handler.parse_options.max_body_part_count = _MOST_PARTS
            handler.parse_options.max_body_part_buffer_size = MOST_BYTES
            parts = handler.deserialize(io.BytesIO(body), kind, len(body))
            pairs = [(part.name or "", part.get_data()) for part in parts]
        else:
            text = body.decode("latin-1")
            read = parse_qsl(text, True, encoding="latin-1", max_num_fields=_MOST_PARTS)  # noqa: FBT003
            pairs = [(name, value.encode("latin-1")) for name, value in read]
    except (ValueError, falcon.HTTPError):
        raise RefusedError(_BAD_FORM) from None
    return dict(reversed(pairs))


_UNPROVED = Problem(
    code="mail_unproved",
    detail="This request does not prove that the route's own server sent it, lately.",
    remedy="Configure it with the route's secret, as docs/mail.md shows.",
    rule="mail: a sender proves itself before anything is read",
    status=401,
)
_NOT_OURS = Problem(
    code="mail_not_ours",
    detail="The recipient is no address of this brand's mail domain.",
    remedy="Route the mail of that domain here, and no other.",
    rule="mail: nothing is relayed for others",
    status=406,
)
_IN_USE = Problem(
    code="mail_in_use",
    detail="This message is being passed on at this moment.",
    remedy="Send it again in two minutes.",
    rule="mail: a letter is sent once",
    status=503,
)
_BAD_FORM = Problem(
    code="bad_form",
    detail="The form can't be read.",
    remedy="Send what Mailgun's documentation says.",
    rule="mail: a form is urlencoded or multipart",
    status=400,
)

ROUTES = (
    ("/v1/mail/{route:int(min=1)}", Raw()),
    ("/v1/mail/{route:int(min=1)}/mime", Mailgun()),
)
_PROBLEMS = (400, 401, 404, 406, 413, 503)
OPERATIONS = (
    Operation(
        "post",
        "/v1/mail/{route:int(min=1)}",
        "A message (RFC 5322), its envelope in headers, signed as Standard Webhooks says.",
        "mail",
        response=Taken,
        needs_credential=False,
        problems=_PROBLEMS,
    ),
    Operation(
        "post",
        "/v1/mail/{route:int(min=1)}/mime",
        "Mailgun's inbound route with the whole message.",
        "mail",
        response=Taken,
        needs_credential=False,
        problems=_PROBLEMS,
    ),
)
