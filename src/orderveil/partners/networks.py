"""From which networks each credential is used: a key that turns up elsewhere may be stolen.

Rules kept here:
- a network is the /24 of an IPv4 address or the /48 of an IPv6 one: what a provider hands out
  together, so that a new address of the same office is no news;
- noting costs two looks into memory; the database hears of a credential's network once per
  process (and again once that knows `MOST_KNOWN` of them), however many addresses it has.
"""

from datetime import datetime
from functools import lru_cache
from ipaddress import IPv4Address, ip_network
from typing import NamedTuple

from django.db import connection

from orderveil.partners.credentials import address_of
from orderveil.partners.models import Credential

MOST_KNOWN = 50_000
_known: set[tuple[int, str]] = set()


class Seen(NamedTuple):
    """A network that nobody has looked at yet, and what was known of the credential before."""

    id: int
    credential_id: int
    network: str
    at: datetime
    known: int
    """How many networks it had been used from before."""
    since: datetime | None
    """When the first of them was seen."""


@lru_cache(maxsize=4_096)
def network_of(address: str | None) -> str | None:
    """The network of an address, as CIDR; None if it is none."""
    source = address_of(address)
    if source is None:
        return None
    prefix = 24 if isinstance(source, IPv4Address) else 48
    return str(ip_network(f"{source}/{prefix}", strict=False))


def note(credential: Credential, address: str | None, now: datetime) -> None:
    """Remember where a credential that proved genuine was used from."""
    network = network_of(address)
    if network is None or (credential.pk, network) in _known:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO partners_network (brand_id, credential_id, network, first_at)"
            " VALUES (%s, %s, %s, %s) ON CONFLICT (credential_id, network) DO NOTHING",
            [credential.brand_id, credential.pk, network, now],
        )
    if len(_known) >= MOST_KNOWN:
        _known.clear()
    _known.add((credential.pk, network))


def unlooked(brand_id: int, limit: int = 500) -> list[Seen]:
    """The brand's networks that were never looked at, oldest first, locked till the commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n.id, n.credential_id, n.network, n.first_at,"
            " (SELECT count(*) FROM partners_network b"
            "   WHERE b.credential_id = n.credential_id AND b.id < n.id),"
            " (SELECT min(b.first_at) FROM partners_network b"
            "   WHERE b.credential_id = n.credential_id AND b.id < n.id)"
            " FROM partners_network n WHERE n.brand_id = %s AND n.looked_at IS NULL"
            " ORDER BY n.id LIMIT %s FOR UPDATE OF n SKIP LOCKED",
            [brand_id, limit],
        )
        return [Seen(*row) for row in cursor.fetchall()]


def looked(ids: list[int], now: datetime) -> None:
    """They were looked at."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE partners_network SET looked_at = %s WHERE id = ANY(%s)", [now, ids])


def forget() -> None:
    """Drop what this process knows: between tests."""
    _known.clear()
