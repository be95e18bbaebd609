"""Which inventory system a partner has: connected, found, disconnected; each an act.

Rules kept here:
- a message goes to an address that was configured, or nowhere: below one of its paths, with one
  of its methods; nothing in a request can name another host, port or path;
- the secret is sealed in the keyring, sent in one header, and shown to nobody;
- a partner has one inventory system at a time; disconnecting ends it at the next request.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

from django.conf import settings
from django.db import transaction

from orderveil.core.detect.vocabulary import words
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.hops import Hop
from orderveil.hops.ims.models import Upstream
from orderveil.keyring import secrets
from orderveil.ledger.acts import ActKind, Who, record
from orderveil.outbox.egress import EgressError, read_url
from orderveil.partners.choice import must_run
from orderveil.partners.models import Partner

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
_RULE: Final = "inventory: a message goes where it was configured to go, and nowhere else"
_PATH: Final = re.compile(r"(?:/[A-Za-z0-9_~:,=+$!'()*.-]+)*/?")
_DOTS: Final = re.compile(r"\.\.|(?:^|/)\.(?:/|$)")
_HEADER: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}")
_SECRET: Final = re.compile(rb"[\x21-\x7e](?:[\x20-\x7e]{0,2046}[\x21-\x7e])?")
_NOT_OURS: Final = words(
    "host connection content-type content-length content-encoding transfer-encoding accept"
    " accept-encoding te trailer upgrade expect cookie idempotency-key user-agent"
)


def is_plain_path(path: str) -> bool:
    """A path that every server reads alike: no dots that climb, nothing doubled or escaped."""
    return (
        path.startswith("/")
        and "//" not in path
        and _DOTS.search(path) is None
        and _PATH.fullmatch(path) is not None
    )


@transaction.atomic
def connect(
    partner: Partner,
    base_url: str,
    *,
    prefixes: Sequence[str],
    methods: Sequence[str],
    header: str,
    secret: bytes | None,
    now: datetime,
    who: Who,
) -> Upstream:
    """The partner's inventory system, from now on. Raises `RefusedError`."""
    must_run(partner, Hop.IMS)
    base_url = base_url.rstrip("/")
    problem = _wrong(base_url, prefixes, methods, header, secret)
    if problem is not None:
        raise RefusedError(problem)
    # Two at once wait for each other here, and the second finds the first.
    Partner.objects.select_for_update().get(pk=partner.pk)
    if live(partner.brand_id, partner.pk) is not None:
        raise RefusedError(_CONNECTED)
    made = Upstream.objects.create(
        brand_id=partner.brand_id,
        partner=partner,
        base_url=base_url,
        prefixes=[prefix.rstrip("/") or "/" for prefix in prefixes],
        methods=sorted(set(methods)),
        header=header,
        created_at=now,
    )
    if secret is not None:
        secrets.put(partner.brand_id, _secret_name(made), secret)
    record(
        partner.brand_id,
        ActKind.INVENTORY_CONNECTED,
        now=now,
        who=who,
        subject=f"inventory:{made.pk}",
        detail={
            "partner": partner.pk,
            "host": urlsplit(base_url).hostname or "",
            "methods": ",".join(made.methods),
            "paths": ",".join(made.prefixes),
        },
    )
    return made


@transaction.atomic
def disconnect(brand_id: int, number: int, *, now: datetime, who: Who) -> None:
    """End it, and its secret with it. Raises `RefusedError` (404)."""
    found = Upstream.objects.select_for_update().filter(pk=number, brand_id=brand_id).first()
    if found is None or found.revoked_at is not None:
        raise RefusedError(_UNKNOWN)
    found.revoked_at = now
    found.save(update_fields=["revoked_at"])
    secrets.delete(brand_id, _secret_name(found))
    subject = f"inventory:{found.pk}"
    detail = {"partner": found.partner_id}
    record(
        brand_id, ActKind.INVENTORY_DISCONNECTED, now=now, who=who, subject=subject, detail=detail
    )


def live(brand_id: int, partner_id: int) -> Upstream | None:
    """The partner's inventory system, if one is connected."""
    found = Upstream.objects.filter(brand_id=brand_id, partner_id=partner_id, revoked_at=None)
    return found.first()


def listing(brand_id: int) -> list[Upstream]:
    """The brand's inventory systems, those that are connected first."""
    found = Upstream.objects.filter(brand_id=brand_id).select_related("partner")
    return sorted(found, key=lambda each: (each.revoked_at is not None, -each.pk))


def secret_header(upstream: Upstream) -> dict[str, str]:
    """The header that it knows us by; none if it needs none."""
    if not upstream.header:
        return {}
    secret = secrets.get(upstream.brand_id, _secret_name(upstream))
    return {upstream.header: secret.decode("ascii")}


def url_of(
    upstream: Upstream, method: str, path: str, query: Sequence[tuple[str, str]]
) -> str | Problem:
    """Where a request goes; or why it goes nowhere. `path` begins with `/` and is unescaped."""
    if method not in upstream.methods:
        return NO_SUCH_METHOD
    if not is_plain_path(path):
        return BAD_PATH
    if not any(_is_below(path, prefix) for prefix in upstream.prefixes):
        return NO_SUCH_PATH
    asked = f"?{urlencode(query, quote_via=quote)}" if query else ""
    return f"{upstream.base_url}{path}{asked}"


def _is_below(path: str, prefix: str) -> bool:
    return prefix in {"/", path} or path.startswith(f"{prefix}/")


def _wrong(
    base_url: str,
    prefixes: Sequence[str],
    methods: Sequence[str],
    header: str,
    secret: bytes | None,
) -> Problem | None:
    problem = _wrong_address(base_url) or _wrong_secret(header, secret)
    if problem is not None:
        return problem
    if not prefixes or not all(is_plain_path(prefix) for prefix in prefixes):
        return _bad("/paths", "Each path begins with / and holds letters, digits and - _ . ~ only.")
    if not methods or not set(methods) <= set(METHODS):
        return _bad("/methods", f"Methods are {', '.join(METHODS)}.")
    return None


def _wrong_address(base_url: str) -> Problem | None:
    try:
        target = read_url(base_url, private=settings.WEBHOOK_PRIVATE)
    except EgressError as error:
        return _bad("/url", f"This address can't be used: {error.trouble}.")
    if "?" in base_url or (target.path != "/" and not is_plain_path(target.path)):
        return _bad("/url", "The address has a query, or a path that servers read differently.")
    return None


def _wrong_secret(header: str, secret: bytes | None) -> Problem | None:
    if (secret is None) is bool(header):
        return _bad("/header", "A secret needs a header, and a header a secret.")
    if header and (not _HEADER.fullmatch(header) or header.lower() in _NOT_OURS):
        return _bad("/header", "This header can't carry a secret.")
    if secret is not None and not _SECRET.fullmatch(secret):
        return _bad("/secret", "A secret has 1 to 2,048 visible ASCII characters.")
    return None


def _bad(pointer: str, detail: str) -> Problem:
    return Problem(
        code="bad_inventory_system",
        detail=detail,
        remedy="https at a public address; for your own network see ORDERVEIL_WEBHOOK_PRIVATE.",
        pointer=pointer,
        rule=_RULE,
    )


def _secret_name(upstream: Upstream) -> str:
    return f"inventory:{upstream.pk}"


_CONNECTED = Problem(
    code="inventory_connected",
    detail="This partner has an inventory system already.",
    remedy="Disconnect that one first.",
    rule=_RULE,
    status=409,
)
_UNKNOWN = Problem(
    code="no_such_inventory_system",
    detail="This brand has no inventory system of that number connected.",
    remedy="List them: `orderveil inventory list`.",
    rule=_RULE,
    status=404,
)
NOT_CONNECTED = Problem(
    code="no_inventory_system",
    detail="No inventory system is connected for this partner.",
    remedy="The brand connects one: `orderveil inventory connect`.",
    rule=_RULE,
    status=404,
)
NO_SUCH_METHOD = Problem(
    code="method_not_connected",
    detail="This method is not one that the inventory system was connected with.",
    remedy="Use one that it was, or have it connected anew.",
    rule=_RULE,
    status=403,
)
NO_SUCH_PATH = Problem(
    code="path_not_connected",
    detail="This path is not below one that the inventory system was connected with.",
    remedy="Use one that is, or have it connected anew.",
    rule=_RULE,
    status=403,
)
BAD_PATH = Problem(
    code="bad_path",
    detail="The path holds what servers read differently: `..`, `//`, an escape, `@`, or a sign.",
    remedy="Send letters, digits and - _ . ~ between slashes; other values go into the query.",
    pointer="/path",
    rule=_RULE,
)
