"""Lines: which telephony provider answers for a brand's pool, and places its calls.

Rules kept here:
- a line is a partner's on hop `comms`: each number that is dialled through it is told to that
  partner, and to no other;
- the secrets are sealed in the keyring, one for each use, and shown once or never;
- what the provider calls is answered for the brand of the line, whatever the call says;
- ending a line ends it at its next request, and destroys its secrets; the one that masked numbers
  are released with stays until they are given back, and serves nothing else.
"""

import secrets as randomness
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from django.conf import settings
from django.db import transaction

from orderveil.contacts import setup as setups
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.hops import Hop
from orderveil.hops.calls.models import Line, Mask
from orderveil.hops.calls.speech import Provider, is_number
from orderveil.keyring import secrets
from orderveil.ledger.acts import ActKind, Who, record
from orderveil.outbox.egress import EgressError, read_url
from orderveil.partners.choice import must_run
from orderveil.partners.models import Partner

_RULE: Final = "calls: a line is a provider's account, set up by the brand"
_MOST_SECRET: Final = 512
BRIDGE_PATH: Final = "/v1/calls/bridge"


class Use(StrEnum):
    """What a secret of a line is for."""

    BRIDGE = "bridge"
    """The provider shows it to us, or signs with it."""
    PLACES = "places"
    """We show it where calls are placed."""
    MASKS = "masks"
    """We show it where numbers are masked."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What is known of a provider's account. Secrets are `user:password` where both are asked."""

    provider: Provider
    account: str = ""
    api_url: str = ""
    masks_url: str = ""
    shown: str = ""
    through: Partner | None = None
    """Whose telephony it is; None: the partner's that is set up for the brand's calls."""


@transaction.atomic
def add(
    brand_id: int, terms: Terms, given: dict[Use, bytes], *, now: datetime, who: Who
) -> tuple[Line, bytes]:
    """A line, and its bridge secret (made here if none was given). Raises `RefusedError`."""
    kept = {use: value for use, value in given.items() if value}
    kept.setdefault(Use.BRIDGE, _made(terms.provider))
    problem = _wrong(terms, kept)
    if problem is not None:
        raise RefusedError(problem)
    made = Line.objects.create(
        brand_id=brand_id,
        partner_id=_partner_of(brand_id, terms),
        provider=terms.provider,
        account=terms.account,
        api_url=terms.api_url.rstrip("/"),
        masks_url=terms.masks_url.rstrip("/"),
        shown=terms.shown,
        created_at=now,
    )
    for use, value in kept.items():
        secrets.put(brand_id, secret_name(made, use), value)
    _note(made, ActKind.CALL_LINE_ADDED, now, who)
    return made, kept[Use.BRIDGE]


@transaction.atomic
def end(brand_id: int, number: int, *, now: datetime, who: Who) -> None:
    """End a line, and its secrets with it. Raises `RefusedError` (404).

    Its masked numbers are given back first with their secret: `masking/returning` sees to that.
    """
    found = Line.objects.select_for_update().filter(pk=number, brand_id=brand_id, revoked_at=None)
    line = found.first()
    if line is None:
        raise RefusedError(UNKNOWN)
    line.revoked_at = now
    line.save(update_fields=["revoked_at"])
    held = {Use.MASKS} if _holds(line) else set()
    for use in set(Use) - held:
        secrets.delete(brand_id, secret_name(line, use))
    _note(line, ActKind.CALL_LINE_ENDED, now, who)


def forget_drained() -> None:
    """Destroy the last secret of lines that ended and hold no masked number any more."""
    for line in Line.objects.exclude(revoked_at=None).exclude(masks_url=""):
        if not _holds(line) and secret_of(line, Use.MASKS):
            secrets.delete(line.brand_id, secret_name(line, Use.MASKS))


def _holds(line: Line) -> bool:
    """Has it masked numbers that aren't given back, or requests that may have been done?"""
    return Mask.objects.filter(line=line).exclude(state__in=("released", "refused")).exists()


def live(number: int) -> Line:
    """The line of that number. Raises `RefusedError` (404)."""
    found = Line.objects.filter(pk=number, revoked_at=None).first()
    if found is None:
        raise RefusedError(UNKNOWN)
    return found


def listing(brand_id: int) -> Sequence[Line]:
    """The brand's lines, those that live first."""
    found = Line.objects.filter(brand_id=brand_id)
    return sorted(found, key=lambda each: (each.revoked_at is not None, -each.pk))


def placing(brand_id: int) -> Line | None:
    """The line that the brand's calls are placed through: its newest that can."""
    found = Line.objects.filter(brand_id=brand_id, revoked_at=None).exclude(api_url="")
    return found.order_by("-pk").first()


def masking(brand_id: int) -> Line | None:
    """The line at which the brand's numbers are masked; None: they come from its pool."""
    found = Line.objects.filter(brand_id=brand_id, revoked_at=None).exclude(masks_url="")
    return found.order_by("-pk").first()


def secret_of(line: Line, use: Use) -> bytes:
    """A secret of a line; empty if it has none for this use."""
    return secrets.find(line.brand_id, secret_name(line, use)) or b""


def secret_name(line: Line, use: Use) -> str:
    """Its name in the keyring."""
    return f"calls:{line.pk}:{use}"


def bridge_path(line: Line) -> str:
    """What the provider calls, below the installation's own address."""
    return f"{BRIDGE_PATH}/{line.pk}"


def _made(provider: Provider) -> bytes:
    """Twilio signs with a token of its own; the others get one of ours."""
    if provider == Provider.TWILIO:
        return b""
    made = randomness.token_urlsafe(24).encode()
    return b"orderveil:" + made if provider == Provider.EXOTEL else made


def _partner_of(brand_id: int, terms: Terms) -> int:
    if terms.through is not None:
        return must_run(terms.through, Hop.COMMS).pk
    setup = setups.setup_of(brand_id)
    if setup is None or setup.call_partner_id is None:
        raise RefusedError(_bad("/through", "Whose telephony is it? Nobody is set up for calls."))
    return setup.call_partner_id


def _wrong(terms: Terms, kept: dict[Use, bytes]) -> Problem | None:
    if not kept[Use.BRIDGE]:
        return _bad("/secret", "Twilio signs with the account's auth token: give that.")
    if any(len(value) > _MOST_SECRET or not value.isascii() for value in kept.values()):
        return _bad("/secret", f"A secret has up to {_MOST_SECRET} ASCII characters.")
    if terms.provider == Provider.EXOTEL and b":" not in kept[Use.BRIDGE]:
        return _bad("/secret", "Exotel shows a user name and a password: user:password.")
    if terms.provider == Provider.TWILIO and not settings.URL:
        return _bad("/url", "Twilio signs the address that it calls: set ORDERVEIL_URL.")
    return _wrong_api(terms, kept)


def _wrong_api(terms: Terms, kept: dict[Use, bytes]) -> Problem | None:
    for url, use in ((terms.api_url, Use.PLACES), (terms.masks_url, Use.MASKS)):
        problem = _wrong_place(url, kept.get(use))
        if problem is not None:
            return problem
    if (terms.api_url or terms.masks_url) and not terms.account.isalnum():
        return _bad("/account", "The account's SID is letters and digits.")
    if terms.masks_url and terms.provider != Provider.EXOTEL:
        return _bad("/api", "Only Exotel's masking is spoken here.")
    if not terms.api_url:
        return None
    if terms.provider == Provider.JSON or not settings.URL:
        return _bad("/api", "Calls are placed at Exotel or Twilio, and need ORDERVEIL_URL.")
    is_shown = is_number(terms.shown)
    return None if is_shown else _bad("/shown", "Give the number that both sides see, as +91...")


def _wrong_place(url: str, credentials: bytes | None) -> Problem | None:
    if bool(url) != bool(credentials):
        return _bad("/api", "An address needs its credentials, and credentials an address.")
    if credentials and b":" not in credentials:
        return _bad("/api", "These credentials are two, with a colon between them.")
    if url and not _is_address(url):
        return _bad("/api", "The address is https, public, and has no query.")
    return None


def _is_address(url: str) -> bool:
    try:
        read_url(url, private=settings.WEBHOOK_PRIVATE)
    except EgressError:
        return False
    return "?" not in url


def _bad(pointer: str, detail: str) -> Problem:
    return Problem(
        code="bad_line",
        detail=detail,
        remedy="See docs/calls.md for what each provider needs.",
        pointer=pointer,
        rule=_RULE,
    )


def _note(line: Line, kind: ActKind, now: datetime, who: Who) -> None:
    detail: dict[str, str | int | bool | None] = {
        "line": line.pk,
        "provider": line.provider,
        "through": line.partner_id,
        "places": bool(line.api_url),
        "masks": bool(line.masks_url),
    }
    record(line.brand_id, kind, now=now, who=who, subject=f"line:{line.pk}", detail=detail)


UNKNOWN = Problem(
    code="no_such_line",
    detail="There is no such line.",
    remedy="Use the address that `orderveil calls line add` printed.",
    rule=_RULE,
    status=404,
)
