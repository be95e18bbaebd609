"""Narrowing a credential: fewer orders a day, fewer networks, an earlier end. Never wider.

What a process has leased of the larger limit it may still spend that day: at most a twentieth.
"""

from collections.abc import Sequence
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network, ip_network

from django.db import transaction

from orderveil.core.errors import Problem, RefusedError
from orderveil.ledger.acts import ActKind, Who, record
from orderveil.partners.credentials import checked_network
from orderveil.partners.models import Credential
from orderveil.partners.registry import missing

Network = IPv4Network | IPv6Network


@transaction.atomic
def narrow(
    brand_id: int,
    credential_id: int,
    *,
    now: datetime,
    who: Who,
    daily_limit: int | None = None,
    networks: Sequence[str] = (),
    expires_at: datetime | None = None,
    reason: str = "",
) -> Credential:
    """The credential with less; what is None or empty stays. Raises `RefusedError`.

    From its commit on no disclosure is decided under the wider terms.
    """
    found = Credential.objects.select_for_update()
    one = found.filter(pk=credential_id, brand_id=brand_id, revoked_at=None).first()
    if one is None:
        raise missing("credential", str(credential_id), "See `orderveil credential list`.")
    narrower = [checked_network(text) for text in networks]
    _check_limit(one, daily_limit)
    _check_networks(one, narrower)
    _check_end(one, expires_at, now)
    before = (one.daily_limit, list(one.networks), one.expires_at)
    one.daily_limit = one.daily_limit if daily_limit is None else daily_limit
    one.networks = narrower or one.networks
    one.expires_at = expires_at or one.expires_at
    if before == (one.daily_limit, one.networks, one.expires_at):
        raise RefusedError(_wider("Nothing of it is smaller than it was."))
    one.save(update_fields=["daily_limit", "networks", "expires_at"])
    record(
        brand_id,
        ActKind.CREDENTIAL_NARROWED,
        now=now,
        who=who,
        subject=f"credential:{credential_id}",
        detail={
            "daily_limit": one.daily_limit,
            "networks": ",".join(one.networks),
            "expires_at": one.expires_at.isoformat() if one.expires_at else None,
            "reason": reason,
        },
    )
    return one


def _check_limit(one: Credential, limit: int | None) -> None:
    if limit is None:
        return
    if limit < 0 or (one.daily_limit is not None and limit > one.daily_limit):
        raise RefusedError(_wider(f"Its daily limit is {one.daily_limit or 'none'} now."))


def _check_networks(one: Credential, wanted: Sequence[str]) -> None:
    now_allowed = [ip_network(text) for text in one.networks]
    for text in wanted:
        if now_allowed and not any(_inside(ip_network(text), wide) for wide in now_allowed):
            raise RefusedError(_wider(f"{text} is not inside the networks it has now."))


def _inside(one: Network, wide: Network) -> bool:
    if isinstance(one, IPv4Network):
        return isinstance(wide, IPv4Network) and one.subnet_of(wide)
    return isinstance(wide, IPv6Network) and one.subnet_of(wide)


def _check_end(one: Credential, end: datetime | None, now: datetime) -> None:
    if end is None:
        return
    if end <= now:
        raise RefusedError(_wider("That moment is over already."))
    if one.expires_at is not None and end > one.expires_at:
        raise RefusedError(_wider("It ends earlier than that now."))


def _wider(detail: str) -> Problem:
    return Problem(
        code="not_narrower",
        detail=detail,
        remedy="Give a smaller daily limit, networks inside its own, or an earlier end; or keep it"
        " as it is; or revoke it.",
        rule="narrowing never widens",
    )
