"""`orderveil walk`: the sample orders take the whole road, and the picture is drawn."""

from contextlib import ExitStack
from pathlib import Path

import click
import urllib3
from django.conf import settings
from rich.console import Console

from orderveil.cli.server import Address, free_address, prepared_database, running
from orderveil.cli.session import guarded, show, with_json
from orderveil.cli.walking.cast import assemble, dismiss
from orderveil.cli.walking.drawing import draw
from orderveil.cli.walking.road import Road, walk_number
from orderveil.core.clocks import utc_now
from orderveil.gate.keys import brand_keys
from orderveil.gate.prepare import identify
from orderveil.hops.storefront.formats import Format
from orderveil.scams.kept import Kept, keep
from orderveil.scams.page import html
from orderveil.scams.picture import Picture
from orderveil.scams.terminal import render


def walk_against(url: str, console: Console) -> Picture:
    """Walk against the server at `url`; the database is the same installation's."""
    now = utc_now()
    cast = assemble(now)
    try:
        road = Road(url, cast, lambda line: console.print(f"  {line}", highlight=False))
        draft = road.deliver(walk_number(now))
        channel = cast.channels[Format.SHOPIFY]
        order_id = identify(brand_keys(cast.brand.pk), channel.pk, draft)
        road.travel(order_id)
        picture = draw(cast, road, order_id, draft)
    finally:
        dismiss(cast, utc_now())
    keep(Kept(picture, order_id, cast.brand.pk))
    return picture


def _running_server() -> Address | None:
    """The server that `up` runs for this installation at the configured address."""
    host, _, port = settings.BIND.rpartition(":")
    address = Address(host or "127.0.0.1", int(port))
    marker = Path(settings.HOME) / "up.pid"
    if not marker.exists():
        return None
    try:
        answer = urllib3.request("GET", f"{address.url}/readyz", retries=False, timeout=2.0)
    except urllib3.exceptions.HTTPError:
        return None
    return address if answer.status == 200 else None


@click.command()
@click.option("--html", "html_file", type=click.Path(path_type=Path), help="Write the picture.")
@with_json
@guarded
def walk(html_file: Path | None, *, as_json: bool) -> None:
    """Let the sample orders take the whole road, and draw who got what."""
    console = Console(quiet=as_json)
    with ExitStack() as stack:
        stack.enter_context(prepared_database(stay=False))
        address = _running_server()
        if address is None:
            address = free_address()
            stack.enter_context(running(address, workers=1))
        picture = walk_against(address.url, console)
        if html_file is not None:
            html_file.write_text(html(picture), encoding="utf-8")
        if not as_json:
            render(picture, console)
    show(picture, f"Written to {html_file}." if html_file else "", as_json=as_json)
