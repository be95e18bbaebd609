"""`orderveil up`: server, worker and embedded database in one, until it is told to stop."""

import os
import signal
import threading
from pathlib import Path

import click
from django.conf import settings
from rich.console import Console

from orderveil.cli.demo import check_demo_is_apart, check_demo_stays_home, say_who, seed_demo
from orderveil.cli.server import Address, bind_address, free_address, prepared_database, running
from orderveil.cli.session import guarded, show, with_json
from orderveil.cli.walk import walk_against
from orderveil.partners.models import Brand
from orderveil.people.first import first_run_link
from orderveil.policy import versions
from orderveil.policy.prose import warnings
from orderveil.scams.terminal import render

TEND_SECONDS = 0.5


def _told_to_stop() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _say_where(address: Address, console: Console) -> None:
    console.print(f"\nOrderveil is up at [bold]{address.people_url}[/bold]", highlight=False)
    for path, what in (
        ("/", "the desk, for people"),
        ("/v1/openapi.json", "the machine API"),
        ("/readyz", "ready?"),
        ("/metrics", "Prometheus"),
    ):
        console.print(f"  {address.people_url}{path:<18} {what}", highlight=False)
    for brand in Brand.objects.all():
        for line in warnings(versions.policies(brand.pk).table):
            console.print(f"  ! {brand.slug}: {line}", highlight=False)
    console.print("Stop it with Ctrl-C.")


@click.command()
@click.option(
    "--walk", type=click.Choice(["no", "first", "only"]), default="no", help="Walk first, or only."
)
@click.option("--demo", is_flag=True, help="With invented people of each role; loopback only.")
@with_json
@guarded
def up(walk: str, *, demo: bool, as_json: bool) -> None:
    """Run the whole installation here."""
    console = Console(quiet=as_json)
    settings.DEMO = settings.DEMO or demo
    marker = Path(settings.HOME) / "up.pid"
    with prepared_database():
        address = free_address() if walk == "only" else bind_address()
        check_demo_stays_home(address)
        check_demo_is_apart()
        stop = _told_to_stop()
        with running(address, workers=1 if walk == "only" else None) as family:
            if walk != "no":
                console.print("The walk: sample orders take the whole road over HTTP.")
                picture = walk_against(address.url, console)
                render(picture, console)
                if as_json:
                    show(picture, "", as_json=True)
            if walk == "only":
                return
            found = seed_demo() if settings.DEMO else None
            marker.write_text(str(os.getpid()))
            try:
                _say_where(address, console)
                if found:
                    say_who(found, address.people_url, console)
                link = first_run_link(address.people_url)
                if link:
                    console.print("\nNobody is here yet. This link, once, makes you the owner:")
                    console.print(link, highlight=False, markup=False, soft_wrap=True)
                if as_json:
                    show({"url": address.url, "first_run": link}, "", as_json=True)
                while not stop.wait(TEND_SECONDS):
                    for name in family.tend():
                        console.print(f"The {name} died and is started again.")
            finally:
                marker.unlink(missing_ok=True)
