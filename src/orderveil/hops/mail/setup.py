"""Setting up a brand's mail: its server, its signing key, its ways in, its partners' domains.

Rules kept here:
- a partner without a registered domain can write to nobody;
- the signing key is made here, sealed, and never shown; DNS gets its public half;
- every change is an act.
"""

import secrets as randomness
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from django.db import transaction

from orderveil.contacts import setup as setups
from orderveil.core.errors import Problem, RefusedError
from orderveil.gate import contacting
from orderveil.hops.mail.models import Domain, Relay, Route
from orderveil.hops.mail.reading import plain_address
from orderveil.hops.mail.sending import Smarthost, Tls, is_here
from orderveil.keyring import secrets
from orderveil.keyring.mailkeys import new_key
from orderveil.ledger.acts import ActKind, Detail, Who, record
from orderveil.outbox.webhooks import SECRET_BYTES
from orderveil.partners.models import Partner

SELECTOR: Final = "orderveil"
_PASSWORD: Final = "mail:password"  # noqa: S105 - the name of a secret
_KEY: Final = "mail:key"
_RULE: Final = "mail: a relay is the brand's own, and nobody else's"


class Format(StrEnum):
    """What a way in by HTTP speaks."""

    MAILGUN = "mailgun"
    RAW = "raw"


@dataclass(frozen=True, slots=True)
class Record:
    """A DNS record to publish."""

    kind: str
    name: str
    value: str


@transaction.atomic
def set_up(
    brand_id: int,
    domain: str,
    smarthost: Smarthost,
    *,
    through: Partner,
    now: datetime,
    who: Who,
) -> Relay:
    """The brand's aliases, and the server that takes its mail on. Raises `RefusedError`."""
    problem = _wrong(smarthost)
    if problem is not None:
        raise RefusedError(problem)
    contacting.set_mail(brand_id, domain=domain, through=through, now=now, who=who)
    relay = Relay.objects.select_for_update().filter(brand_id=brand_id).first()
    if relay is None:
        relay = Relay(brand_id=brand_id, selector=SELECTOR)
    if secrets.find(brand_id, _KEY) is None:
        key, relay.public_key = new_key()
        secrets.put(brand_id, _KEY, key)
    relay.host, relay.port, relay.tls = smarthost.host, smarthost.port, smarthost.tls.value
    relay.username, relay.changed_at, relay.ended_at = smarthost.username, now, None
    relay.save()
    if smarthost.password:
        secrets.put(brand_id, _PASSWORD, smarthost.password.encode())
    else:
        secrets.delete(brand_id, _PASSWORD)
    detail: Detail = {"what": "relay", "host": relay.host, "tls": relay.tls, "through": through.pk}
    _record(brand_id, detail, now, who)
    return relay


@transaction.atomic
def turn_off(brand_id: int, *, now: datetime, who: Who) -> None:
    """No letter comes in or goes out any more. Raises `RefusedError`."""
    relay = Relay.objects.select_for_update().filter(brand_id=brand_id, ended_at=None).first()
    if relay is None:
        raise RefusedError(NOT_SET_UP)
    contacting.set_mail(brand_id, domain="", through=None, now=now, who=who)
    relay.ended_at = now
    relay.save(update_fields=["ended_at"])
    for route in Route.objects.filter(brand_id=brand_id, revoked_at=None):
        end_route(brand_id, route.pk, now=now, who=who)
    for name in (_PASSWORD, _KEY):
        secrets.delete(brand_id, name)
    _record(brand_id, {"what": "off"}, now, who)


@transaction.atomic
def add_route(
    brand_id: int, kind: Format, *, secret: bytes | None, now: datetime, who: Who
) -> tuple[Route, bytes]:
    """A way in by HTTP and its secret: Mailgun's signing key, or a new one of ours."""
    if (kind == Format.MAILGUN) is (secret is None):
        raise RefusedError(_bad("/secret", "Mailgun's signing key is given; ours is made here."))
    made = Route.objects.create(brand_id=brand_id, format=kind.value, created_at=now)
    key = secret or randomness.token_bytes(SECRET_BYTES)
    secrets.put(brand_id, _route_secret(made), key)
    _record(brand_id, {"what": "route", "route": made.pk, "format": kind.value}, now, who)
    return made, key


@transaction.atomic
def end_route(brand_id: int, number: int, *, now: datetime, who: Who) -> None:
    """Close a way in. Raises `RefusedError` (404)."""
    found = Route.objects.select_for_update().filter(pk=number, brand_id=brand_id, revoked_at=None)
    route = found.first()
    if route is None:
        raise RefusedError(UNKNOWN_ROUTE)
    route.revoked_at = now
    route.save(update_fields=["revoked_at"])
    secrets.delete(brand_id, _route_secret(route))
    _record(brand_id, {"what": "route_ended", "route": number}, now, who)


@transaction.atomic
def set_domains(partner: Partner, domains: Sequence[str], *, now: datetime, who: Who) -> None:
    """The domains that a partner's people write from; none: they can't write. `RefusedError`."""
    wanted = sorted({each.strip().lower() for each in domains})
    if any(plain_address(f"a@{each}") is None for each in wanted):
        raise RefusedError(_bad("/domains", "One of these is no domain."))
    Domain.objects.filter(partner_id=partner.pk).delete()
    Domain.objects.bulk_create(
        Domain(brand_id=partner.brand_id, partner_id=partner.pk, domain=each) for each in wanted
    )
    detail: Detail = {"what": "domains", "partner": partner.pk, "domains": ",".join(wanted)}
    _record(partner.brand_id, detail, now, who)


def may_write_from(partner_id: int, domain: str) -> bool:
    """Is this one of the partner's domains?"""
    return Domain.objects.filter(partner_id=partner_id, domain=domain).exists()


def route_of(number: int, kind: Format) -> Route:
    """A way in that is open. Raises `RefusedError` (404)."""
    found = Route.objects.filter(pk=number, format=kind.value, revoked_at=None).first()
    if found is None:
        raise RefusedError(UNKNOWN_ROUTE)
    return found


def secret_of(route: Route) -> bytes:
    """The secret that its sender proves itself with."""
    return secrets.get(route.brand_id, _route_secret(route))


def relay_of(brand_id: int) -> Relay | None:
    """The brand's way out, if it has one."""
    return Relay.objects.filter(brand_id=brand_id, ended_at=None).first()


def smarthost_of(relay: Relay, domain: str) -> Smarthost:
    """The server with its password."""
    password = secrets.find(relay.brand_id, _PASSWORD) or b""
    return Smarthost(
        *(relay.host, relay.port, Tls(relay.tls), relay.username, password.decode(), domain)
    )


def key_of(relay: Relay) -> bytes:
    """The private key that signs what leaves."""
    return secrets.get(relay.brand_id, _KEY)


def records(relay: Relay, domain: str, *, inbound: str = "") -> list[Record]:
    """What DNS has to say. `inbound`: the name of the server that takes mail in."""
    spf = "v=spf1 include:<your provider's SPF name> -all"
    return [
        Record("MX", domain, f"10 {inbound or '<the server that takes mail in>'}."),
        Record("TXT", domain, spf),
        Record(
            "TXT",
            f"{relay.selector}._domainkey.{domain}",
            f"v=DKIM1; k=rsa; p={relay.public_key}",
        ),
        Record("TXT", f"_dmarc.{domain}", "v=DMARC1; p=reject; adkim=s; aspf=r"),
    ]


def brand_of(domain: str) -> int | None:
    """Whose aliases these are, if its mail is set up."""
    brand_id = setups.brand_of_domain(domain)
    return brand_id if brand_id is not None and relay_of(brand_id) is not None else None


def _wrong(smarthost: Smarthost) -> Problem | None:
    if not smarthost.host or not 0 < smarthost.port < 65536:
        return _bad("/host", "A server has a name and a port.")
    if smarthost.tls == Tls.NONE and not is_here(smarthost.host):
        return _bad("/tls", "Without TLS mail goes to a server on this machine only.")
    if bool(smarthost.username) is not bool(smarthost.password):
        return _bad("/password", "A user name needs a password, and a password a user name.")
    return None


def _record(brand_id: int, detail: Detail, now: datetime, who: Who) -> None:
    subject = f"brand:{brand_id}"
    record(brand_id, ActKind.MAIL_CHANGED, now=now, who=who, subject=subject, detail=detail)


def _route_secret(route: Route) -> str:
    return f"mail:route:{route.pk}"


def _bad(pointer: str, detail: str) -> Problem:
    return Problem(
        code="bad_mail_setup",
        detail=detail,
        remedy="See docs/mail.md for what is needed.",
        pointer=pointer,
        rule=_RULE,
    )


NOT_SET_UP = Problem(
    code="mail_not_set_up",
    detail="This brand's mail is not set up.",
    remedy="Set it up: `orderveil mail setup`.",
    rule=_RULE,
    status=409,
)
UNKNOWN_ROUTE = Problem(
    code="unknown_mail_route",
    detail="There is no such way in for mail.",
    remedy="Use the address that `orderveil mail route` printed.",
    rule=_RULE,
    status=404,
)
