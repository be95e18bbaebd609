"""`orderveil init`: the data folder, the database, the keys; and a first brand if one is named."""

import click
from django.conf import settings

from orderveil.cli.server import prepared_database
from orderveil.cli.session import guarded, show, with_json
from orderveil.core.clocks import utc_now
from orderveil.gate.provision import OWN_HOPS, provision_brand
from orderveil.hops.storefront.formats import Format
from orderveil.ledger.acts import machine
from orderveil.partners import registry


@click.command()
@click.option("--brand", "brand_name", help="Make a first brand of this name, too.")
@with_json
@guarded
def init(brand_name: str | None, *, as_json: bool) -> None:
    """Make an installation: data folder, database, keys."""
    settings.HOME.mkdir(mode=0o700, parents=True, exist_ok=True)
    with prepared_database(stay=False):
        made = first_brand(brand_name) if brand_name else {}
    answer = {"home": str(settings.HOME), "brand": brand_name, "channels": made}
    show(answer, _next_steps(brand_name), as_json=as_json)


def first_brand(slug: str) -> dict[str, int]:
    """A brand with a channel per format, and itself as the partner of its own systems."""
    now = utc_now()
    brand = provision_brand(slug, now=now, who=machine())
    registry.add_partner(brand, slug, OWN_HOPS, now=now, own=True)
    return {
        str(each): registry.add_channel(brand, str(each), each, now=now)[0].pk for each in Format
    }


def _next_steps(slug: str | None) -> str:
    if slug is None:
        return f"Ready in {settings.HOME}. Next: `orderveil init --brand NAME`."
    return (
        f"Ready in {settings.HOME}, with the brand {slug}.\n"
        f"It has an import channel for each format ({', '.join(Format)}), and runs the hops\n"
        f"{', '.join(OWN_HOPS)} itself. Next:\n"
        f"  orderveil ingest --brand {slug} --format shopify FILE...\n"
        f"  orderveil view oms ORDER --brand {slug} --reason TEXT\n"
        "  orderveil up"
    )
