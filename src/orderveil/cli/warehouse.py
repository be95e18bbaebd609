"""`orderveil warehouse`: where items lie in a partner's warehouse."""

from pathlib import Path
from typing import Any

import click

from orderveil.cli.choosing import needs_database, with_brand
from orderveil.cli.output import print_table
from orderveil.cli.session import guarded, show, with_json
from orderveil.core.clocks import utc_now
from orderveil.core.hops import Hop
from orderveil.hops.wms import lists
from orderveil.hops.wms.locations import LocationsAnswer, set_locations
from orderveil.ledger.acts import machine
from orderveil.partners import choice, registry

MOST_SHOWN = 20


@click.group()
def warehouse() -> None:
    """Warehouses: locations."""


@warehouse.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--partner", "partner_name", required=True, help="Whose warehouse it is.")
@with_brand
@with_json
@guarded
@needs_database
def locations(file: Path, partner_name: str, brand_name: str | None, *, as_json: bool) -> None:
    """Set where items lie, from a table (sku,location,barcode) or a JSON file."""
    brand = choice.brand(brand_name)
    partner = choice.must_run(registry.partner(brand, partner_name), Hop.WMS)
    body = file.read_bytes()
    rows = lists.read_json(body) if file.suffix == ".json" else lists.read_csv(body)
    report = set_locations(partner, rows, now=utc_now(), who=machine())
    show(report, _sentence(report), as_json=as_json)
    if report.refused and not as_json:
        print_table(("item", "why", "remedy"), map(_row, report.refused[:MOST_SHOWN]))
    if report.refused:
        raise click.exceptions.Exit(1)


def _sentence(report: LocationsAnswer) -> str:
    told = f"{report.written} set, {report.removed} taken off, {report.unchanged} unchanged"
    return f"{told}, {len(report.refused)} refused."


def _row(each: Any) -> tuple[int, str, str]:
    return each.item, each.problem.detail, each.problem.remedy
