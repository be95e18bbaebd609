"""`orderveil channel`: the ways in for orders, and their webhook secrets."""

from datetime import timedelta

import click

from orderveil.cli.choosing import ask_hidden, needs_database, overlap_option, with_brand, words
from orderveil.cli.output import print_table
from orderveil.cli.session import guarded, show, with_json
from orderveil.core.clocks import utc_now
from orderveil.hops.storefront.formats import Format
from orderveil.partners import channels, choice, registry
from orderveil.partners.models import Channel


@click.group()
def channel() -> None:
    """Channels: add, list, rotate, revoke."""


@channel.command()
@click.argument("name")
@click.option(
    "--format", "format_name", type=words(Format), required=True, help="Whose JSON it is."
)
@click.option("--secret-from-stdin", is_flag=True, help="The shop made the secret: read it.")
@with_brand
@with_json
@guarded
@needs_database
def add(
    name: str, format_name: str, brand_name: str | None, *, secret_from_stdin: bool, as_json: bool
) -> None:
    """Add a way in for orders; its webhook secret is shown this once."""
    brand = choice.brand(brand_name)
    given = ask_hidden("The shop's webhook secret").encode() if secret_from_stdin else None
    made, secret = registry.add_channel(brand, name, format_name, now=utc_now(), secret=given)
    path = f"/v1/channels/{made.pk}"
    # What the shop made it knows already, so it isn't repeated.
    shown = None if given else secret.decode()
    text = f"Webhooks of {name} go to {path}."
    if shown:
        text += f" Their secret, shown this once:\n{shown}"
    show({"channel": made.pk, "path": path, "secret": shown}, text, as_json=as_json)


@channel.command("list")
@with_brand
@with_json
@guarded
@needs_database
def list_(brand_name: str | None, *, as_json: bool) -> None:
    """List the channels and their webhook addresses."""
    brand = choice.brand(brand_name)
    rows = [
        {
            "channel": each.pk,
            "name": each.name,
            "format": each.format,
            "path": f"/v1/channels/{each.pk}",
            "state": "revoked" if each.revoked_at else "open",
        }
        for each in Channel.objects.filter(brand=brand).order_by("pk")
    ]
    if as_json or not rows:
        show(rows, f"{brand.slug} has no channels yet.", as_json=as_json)
    else:
        print_table(list(rows[0]), (list(row.values()) for row in rows))


@channel.command()
@click.argument("name")
@overlap_option
@click.option("--secret-from-stdin", is_flag=True, help="The shop made the secret: read it.")
@with_brand
@with_json
@guarded
@needs_database
def rotate(
    name: str,
    overlap: timedelta,
    brand_name: str | None,
    *,
    secret_from_stdin: bool,
    as_json: bool,
) -> None:
    """Give channel NAME a new webhook secret; the old one stays good for a while."""
    found = registry.channel(choice.brand(brand_name), name)
    given = ask_hidden("The shop's webhook secret").encode() if secret_from_stdin else None
    made = channels.rotate(found, overlap=overlap, now=utc_now(), secret=given)
    shown = None if given else made.decode()
    text = f"The secret of {name} is replaced."
    if shown:
        text = f"The new webhook secret of {name}, shown this once:\n{shown}"
    show({"channel": found.pk, "secret": shown}, text, as_json=as_json)


@channel.command()
@click.argument("name")
@with_brand
@with_json
@guarded
@needs_database
def revoke(name: str, brand_name: str | None, *, as_json: bool) -> None:
    """Close channel NAME: its webhooks are refused within seconds."""
    found = registry.channel(choice.brand(brand_name), name)
    registry.revoke_channel(found, now=utc_now())
    show({"channel": found.pk}, f"The channel {name} is closed.", as_json=as_json)
