"""The link in a request's mail: signed, expiring, and void once all was confirmed.

Rules kept here:
- a link is the request's number and its end, signed under a key of the installation's own: it
  can't be made up, and the same request has the same link at every try to send it;
- the table keeps digests of links that were sent: a key alone opens nothing that was never sent;
- everything is compared in constant time; what is wrong about a link is told to nobody.
"""

import hashlib
import hmac
import re
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Final

from orderveil.hops.retention.models import Request
from orderveil.keyring import secrets
from orderveil.people.links import absolute

LASTS: Final = timedelta(days=60)
_SECRET: Final = "purge_links"  # noqa: S105 - the name of a secret
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{59}")
_HEAD: Final = struct.Struct(">QI")
_LABEL: Final = b"purge link 1\0"


def token_of(request: Request) -> str:
    """The request's link, as its page's address ends."""
    head = _HEAD.pack(request.pk, int(request.link_until.timestamp()))
    return urlsafe_b64encode(head + _signature(head)).rstrip(b"=").decode()


def url_of(request: Request) -> str:
    """The whole address."""
    return absolute(f"/purge/{token_of(request)}")


def digest(token: str) -> bytes:
    """What the table keeps of a link."""
    return hashlib.sha256(token.encode()).digest()


def opened(token: str) -> tuple[Request, datetime] | None:
    """The request behind a genuine link, and when the link ends; None for any other text."""
    if _TOKEN.fullmatch(token) is None:
        return None
    raw = urlsafe_b64decode(token + "=")
    head, signature = raw[: _HEAD.size], raw[_HEAD.size :]
    if not hmac.compare_digest(signature, _signature(head)):
        return None
    number, until = _HEAD.unpack(head)
    found = Request.objects.filter(pk=number).select_related("partner").first()
    # Other spellings decode to the same bytes: the digest knows the one that was sent.
    if found is None or not _is_kept(found, token):
        return None
    return found, datetime.fromtimestamp(until, UTC)


def _is_kept(request: Request, token: str) -> bool:
    mine = digest(token)
    return any(hmac.compare_digest(bytes(each), mine) for each in request.link_digests)


def _signature(head: bytes) -> bytes:
    return hmac.digest(secrets.ensure(0, _SECRET), _LABEL + head, "sha256")
