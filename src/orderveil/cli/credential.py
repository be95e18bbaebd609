"""`orderveil credential`: the keys with which partners' systems ask."""

from datetime import datetime, timedelta
from typing import Any

import click

from orderveil.cli.choosing import MOMENT, hop_option, needs_database, overlap_option, with_brand
from orderveil.cli.output import print_table
from orderveil.cli.session import guarded, show, with_json
from orderveil.core.clocks import utc_now
from orderveil.core.hops import Hop
from orderveil.partners import choice, credentials, registry
from orderveil.partners.models import Credential


@click.group()
def credential() -> None:
    """Credentials: add, list, rotate, revoke."""


@credential.command()
@click.option("--partner", "partner_name", required=True, help="Whose it is.")
@hop_option
@click.option("--channel", "channel_name", help="Storefront only: the channel it posts orders to.")
@click.option("--network", "networks", multiple=True, metavar="CIDR", help="Only from here.")
@click.option("--daily-limit", type=click.IntRange(1), help="Orders it may see in a UTC day.")
@click.option("--expires", type=MOMENT, help="When it ends.")
@with_brand
@with_json
@guarded
@needs_database
def add(
    partner_name: str,
    hop: str,
    channel_name: str | None,
    networks: tuple[str, ...],
    daily_limit: int | None,
    expires: datetime | None,
    brand_name: str | None,
    *,
    as_json: bool,
) -> None:
    """Issue a credential; its token is shown this once."""
    brand = choice.brand(brand_name)
    made, token = credentials.issue(
        registry.partner(brand, partner_name),
        Hop(hop),
        now=utc_now(),
        expires_at=expires,
        networks=list(networks),
        daily_limit=daily_limit,
        channel=registry.channel(brand, channel_name) if channel_name else None,
    )
    text = f"Credential {made.pk} of {partner_name} for {hop}. Its token, shown this once:\n{token}"
    show({"credential": made.pk, "token": token}, text, as_json=as_json)


@credential.command("list")
@with_brand
@with_json
@guarded
@needs_database
def list_(brand_name: str | None, *, as_json: bool) -> None:
    """List the credentials, their limits and last use; never their tokens."""
    brand = choice.brand(brand_name)
    found = Credential.objects.filter(brand=brand).select_related("partner", "channel")
    rows = [_row(each, utc_now()) for each in found.order_by("pk")]
    if as_json or not rows:
        show(rows, f"{brand.slug} has issued no credentials yet.", as_json=as_json)
        return
    print_table(
        [head.replace("_", " ") for head in rows[0]],
        ([_cell(value) for value in row.values()] for row in rows),
    )


def _row(each: Credential, now: datetime) -> dict[str, Any]:
    return {
        "credential": each.pk,
        "partner": each.partner.slug,
        "hop": each.hop,
        "state": _state(each, now),
        "expires_at": each.expires_at,
        "networks": each.networks,
        "daily_limit": each.daily_limit,
        "channel": each.channel.name if each.channel else None,
        "last_used_at": each.last_used_at,
    }


def _state(each: Credential, now: datetime) -> str:
    if each.revoked_at is not None:
        return "revoked"
    return "expired" if each.expires_at is not None and each.expires_at <= now else "in force"


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return ", ".join(value) if isinstance(value, list) else value


@credential.command()
@click.argument("number", type=click.IntRange(1))
@overlap_option
@with_json
@guarded
@needs_database
def rotate(number: int, overlap: timedelta, *, as_json: bool) -> None:
    """Give credential NUMBER a new secret; the old one stays good for a while."""
    token = credentials.rotate(number, overlap=overlap, now=utc_now())
    text = f"The new token of credential {number}, shown this once:\n{token}"
    show({"credential": number, "token": token}, text, as_json=as_json)


@credential.command()
@click.argument("number", type=click.IntRange(1))
@with_json
@guarded
@needs_database
def revoke(number: int, *, as_json: bool) -> None:
    """Revoke credential NUMBER: nothing that begins after this is answered."""
    credentials.revoke(number, now=utc_now())
    show({"credential": number}, f"Credential {number} is revoked.", as_json=as_json)
