"""`orderveil courier`: the carrier accounts of partners, and what is booked with them."""

from collections.abc import Sequence
from typing import Any

import click

from orderveil.cli.choosing import ask, ask_hidden, needs_database, with_brand
from orderveil.cli.output import print_table
from orderveil.cli.session import guarded, show, with_json
from orderveil.core.clocks import utc_now
from orderveil.core.hops import Hop
from orderveil.hops.courier import accounts, hearing, settling
from orderveil.hops.courier.carriers.registry import CARRIERS
from orderveil.hops.courier.rows import Booking
from orderveil.ledger.acts import machine
from orderveil.partners import choice


@click.group()
def courier() -> None:
    """Couriers: carrier accounts and bookings."""


@courier.command()
@click.argument("carrier", type=click.Choice(sorted(CARRIERS)))
@click.option("--partner", "partner_name", help="Whose account it is.")
@click.option("--url", default="", help="Another address than the carrier's own.")
@click.option("--option", "given", multiple=True, metavar="NAME=VALUE", help="Repeatable.")
@click.option("--webhook-secret", is_flag=True, help="Ask for the tracking webhook's secret, too.")
@with_brand
@with_json
@guarded
@needs_database
def connect(
    carrier: str,
    partner_name: str | None,
    url: str,
    given: tuple[str, ...],
    brand_name: str | None,
    *,
    webhook_secret: bool,
    as_json: bool,
) -> None:
    """Book a partner's parcels at CARRIER. Its secrets are asked for, never arguments."""
    partner = choice.partner(choice.brand(brand_name), Hop.COURIER, partner_name)
    options = _options(given)
    told = CARRIERS[carrier]
    secrets = {name: ask_hidden(f"{carrier}: {name}") for name in told.secrets}
    hook = ask_hidden("The tracking webhook's secret").encode() if webhook_secret else None
    now = utc_now()
    made = accounts.connect(
        partner,
        carrier,
        options=options,
        secrets=secrets,
        base_url=url,
        webhook_secret=hook,
        now=now,
        who=machine(),
    )
    waited = settling.catch_up(partner.brand_id, partner.pk, now)
    text = f"Carrier account {made.pk} of {partner.slug} is connected: {carrier}."
    text += " It demands an e-mail: parcels show it an alias." if told.demands_email else ""
    show({"account": made.pk, "queued": waited}, text, as_json=as_json)


def _options(given: Sequence[str]) -> dict[str, str]:
    found = {}
    for each in given:
        name, sign, value = each.partition("=")
        if not sign:
            raise click.BadParameter("write it as NAME=VALUE", param_hint="--option")
        found[name.strip()] = value.strip()
    return found


@courier.command("list")
@with_brand
@with_json
@guarded
@needs_database
def list_(brand_name: str | None, *, as_json: bool) -> None:
    """List the carrier accounts."""
    brand = choice.brand(brand_name)
    found = [
        {
            "account": each.pk,
            "partner": each.partner.slug,
            "carrier": each.carrier,
            "url": each.base_url,
            "options": " ".join(f"{name}={value}" for name, value in each.options.items()),
            "trouble": each.trouble,
            "state": "disconnected" if each.revoked_at else "connected",
        }
        for each in accounts.listing(brand.pk)
    ]
    _table(found, f"{brand.slug} has no carrier account connected.", as_json=as_json)


@courier.command()
@click.argument("number", type=click.IntRange(1))
@with_brand
@with_json
@guarded
@needs_database
def disconnect(number: int, brand_name: str | None, *, as_json: bool) -> None:
    """End carrier account NUMBER; its secrets are deleted."""
    brand = choice.brand(brand_name)
    accounts.disconnect(brand.pk, number, now=utc_now(), who=machine())
    show({"account": number}, f"Carrier account {number} is disconnected.", as_json=as_json)


@courier.command()
@click.option("--after", default="", help="Begin after this reference.")
@with_brand
@with_json
@guarded
@needs_database
def bookings(after: str, brand_name: str | None, *, as_json: bool) -> None:
    """List the bookings that wait, are refused, or are in doubt."""
    brand = choice.brand(brand_name)
    page = settling.listing(brand.pk, after=after, most=200)
    _table([_shown(row) for row in page.bookings], "No booking waits.", as_json=as_json)


def _shown(row: Booking) -> dict[str, Any]:
    why = row.problem
    return {
        "reference": row.reference,
        "partner": row.partner_id,
        "state": str(row.state),
        "why": why.code if why else "",
        "detail": why.detail if why else "",
        "remedy": why.remedy if why else "",
        "next": "" if row.state in settling.LOOKED_AT else row.next_at.isoformat(" ", "seconds"),
    }


@courier.command()
@click.argument("reference")
@with_brand
@with_json
@guarded
@needs_database
def retry(reference: str, brand_name: str | None, *, as_json: bool) -> None:
    """Try booking REFERENCE again now; what may have arrived is looked for first."""
    brand = choice.brand(brand_name)
    row = settling.retry(brand.pk, reference, now=utc_now(), who=machine())
    show(_shown(row), f"{reference} is tried again.", as_json=as_json)


@courier.command()
@click.argument("reference")
@click.option("--there/--not-there", "is_there", required=True, help="What the carrier has.")
@click.option("--carrier", default="", help="Who carries it, where that isn't the account's name.")
@with_brand
@with_json
@guarded
@needs_database
def settle(
    reference: str, carrier: str, brand_name: str | None, *, is_there: bool, as_json: bool
) -> None:
    """Say what was seen at the carrier of REFERENCE; its waybill number is asked for."""
    brand, now = choice.brand(brand_name), utc_now()
    if is_there:
        awb = ask("Waybill number")
        row = settling.it_is_there(
            brand.pk, reference, awb=awb, carrier=carrier, now=now, who=machine()
        )
    else:
        row = settling.it_is_not_there(brand.pk, reference, now=now, who=machine())
    show(_shown(row), f"{reference} is {row.state}.", as_json=as_json)


@courier.command()
@click.option("--days", "back", default=7, show_default=True, type=click.IntRange(1, 90))
@with_brand
@with_json
@guarded
@needs_database
def tracking(back: int, brand_name: str | None, *, as_json: bool) -> None:
    """Count what carriers told: what moved, what is not understood, what was refused."""
    brand = choice.brand(brand_name)
    found = [
        {
            "day": each.day.isoformat(),
            "account": each.account_id,
            "what": str(each.what),
            "code": each.code,
            "times": each.times,
        }
        for each in hearing.days(brand.pk, utc_now(), back=back)
    ]
    _table(found, "No carrier told anything in these days.", as_json=as_json)


def _table(found: Sequence[dict[str, Any]], nothing: str, *, as_json: bool) -> None:
    if as_json or not found:
        show(list(found), nothing, as_json=as_json)
    else:
        print_table(list(found[0]), (list(row.values()) for row in found))
