"""`orderveil inventory`: which inventory system a partner's messages are forwarded to."""

import click

from orderveil.cli.choosing import ask_hidden, needs_database, with_brand
from orderveil.cli.output import print_table
from orderveil.cli.session import guarded, show, with_json
from orderveil.core.clocks import utc_now
from orderveil.hops.ims import upstreams
from orderveil.ledger.acts import machine
from orderveil.partners import choice, registry


@click.group()
def inventory() -> None:
    """Inventory systems: connect, list, disconnect."""


@inventory.command()
@click.argument("url")
@click.option("--partner", "partner_name", required=True, help="Whose inventory system it is.")
@click.option(
    "--path", "paths", multiple=True, required=True, help="Only what lies below it; repeatable."
)
@click.option(
    "--method", "methods", multiple=True, required=True, type=click.Choice(upstreams.METHODS)
)
@click.option("--header", default="", help="The header of its secret, which is asked for.")
@with_brand
@with_json
@guarded
@needs_database
def connect(
    url: str,
    partner_name: str,
    paths: tuple[str, ...],
    methods: tuple[str, ...],
    header: str,
    brand_name: str | None,
    *,
    as_json: bool,
) -> None:
    """Forward a partner's checked messages to its inventory system at URL."""
    partner = registry.partner(choice.brand(brand_name), partner_name)
    secret = ask_hidden("The inventory system's secret").encode() if header else None
    made = upstreams.connect(
        partner,
        url,
        prefixes=paths,
        methods=methods,
        header=header,
        secret=secret,
        now=utc_now(),
        who=machine(),
    )
    path = "/v1/hops/ims/forward"
    text = f"Inventory system {made.pk} of {partner_name} is connected: send to {path}{paths[0]}."
    show({"inventory": made.pk, "path": path}, text, as_json=as_json)


@inventory.command("list")
@with_brand
@with_json
@guarded
@needs_database
def list_(brand_name: str | None, *, as_json: bool) -> None:
    """List the inventory systems."""
    brand = choice.brand(brand_name)
    rows = [
        {
            "inventory": each.pk,
            "partner": each.partner.slug,
            "url": each.base_url,
            "paths": " ".join(each.prefixes),
            "methods": " ".join(each.methods),
            "header": each.header,
            "mode": each.partner.mode,
            "state": "disconnected" if each.revoked_at else "connected",
        }
        for each in upstreams.listing(brand.pk)
    ]
    if as_json or not rows:
        show(rows, f"{brand.slug} has no inventory system connected.", as_json=as_json)
    else:
        print_table(list(rows[0]), (list(row.values()) for row in rows))


@inventory.command()
@click.argument("number", type=click.IntRange(1))
@with_brand
@with_json
@guarded
@needs_database
def disconnect(number: int, brand_name: str | None, *, as_json: bool) -> None:
    """End inventory system NUMBER; its secret is deleted."""
    brand = choice.brand(brand_name)
    upstreams.disconnect(brand.pk, number, now=utc_now(), who=machine())
    show({"inventory": number}, f"Inventory system {number} is disconnected.", as_json=as_json)
