"""`orderveil demo`: how to sign in as each of the demo's people, with the code of this moment.

Rules kept here:
- a demo has an installation to itself, with samples only: its people run every brand there;
- it is reached from this machine only.
"""

import os
import shlex
import sys
from pathlib import Path

import click
from django.conf import settings
from django.urls import reverse
from rich.console import Console

from orderveil.cli.demoing.cast import Troupe, invite_everyone, titles, troupe, with_station
from orderveil.cli.demoing.contacts import set_up_contacts
from orderveil.cli.demoing.floor import station_link
from orderveil.cli.demoing.orders import deliver_orders
from orderveil.cli.server import LOOPBACK, Address
from orderveil.cli.session import guarded, show, with_json
from orderveil.cli.walking.cast import sample_brand
from orderveil.core.clocks import utc_now
from orderveil.core.errors import OrderveilError, Problem, RefusedError
from orderveil.partners.models import Brand


def check_demo_stays_home(address: Address) -> None:
    """Raises `OrderveilError` if a demo would be reached from elsewhere."""
    if settings.DEMO and (address.host not in LOOPBACK or settings.URL):
        msg = "A demo is for this machine only: it prints how to sign in as anybody."
        raise OrderveilError(
            msg, remedy="Bind to 127.0.0.1 and leave ORDERVEIL_URL unset, or start without demo."
        )


def check_demo_is_apart() -> None:
    """Raises `RefusedError` beside a real brand: a demo's platform operator would run that, too."""
    real = Brand.objects.filter(is_sample=False).order_by("pk").first() if settings.DEMO else None
    if real is not None:
        raise RefusedError(_beside(real.slug))


def seed_demo() -> Troupe:
    """The demo's brand, orders and people; what is there already stays."""
    now = utc_now()
    brand, _, _ = sample_brand(now)
    set_up_contacts(brand, now)
    deliver_orders(brand, now)
    found = invite_everyone(brand, now)
    return with_station(found, station_link(brand, found.station, now))


def say_who(found: Troupe, url: str, console: Console) -> None:
    """How to sign in as each, and where."""
    console.print(f"\nA demo with invented people. Sign in at [bold]{url}[/bold]", highlight=False)
    console.print(f"  password of all: [bold]{found.password}[/bold]", highlight=False)
    for player in found.players:
        code = player.code()
        words = f"  {player.email:<34} code now {code[:3]} {code[3:]}  {titles()[player.role]}"
        console.print(words, highlight=False)
    if found.station:
        console.print("This link, once, makes a browser the warehouse's packing station:")
        console.print(f"  {_at(url, found)}", highlight=False, markup=False, soft_wrap=True)
    console.print("A code is good once, for about a minute. The next ones:")
    console.print(f"  {_next_codes()}", highlight=False, markup=False, soft_wrap=True)


def _at(url: str, found: Troupe) -> str:
    return url + reverse("device_enrol", kwargs={"link": found.station}) if found.station else ""


def _next_codes() -> str:
    """`orderveil demo` as it is to be typed here."""
    program = Path(sys.argv[0])
    home = os.environ.get("ORDERVEIL_HOME")
    told = f"ORDERVEIL_HOME={shlex.quote(home)} " if home else ""
    return f"{told}{program if program.name == 'orderveil' else 'orderveil'} demo"


@click.command()
@with_json
@guarded
def demo(*, as_json: bool) -> None:
    """Say how to sign in as each of the demo's people."""
    found = troupe()
    if found is None:
        msg = f"There is no demo in {settings.HOME.name}/ here."
        raise OrderveilError(msg, remedy="Start one with `make run`, or set ORDERVEIL_HOME to its.")
    told = [{"role": p.role, "email": p.email, "code": p.code()} for p in found.players]
    url = f"http://localhost:{settings.BIND.rpartition(':')[2]}"
    if as_json:
        answer = {"password": found.password, "people": told, "station": _at(url, found)}
        show(answer, "", as_json=True)
    else:
        say_who(found, url, Console())


def _beside(slug: str) -> Problem:
    return Problem(
        code="demo_beside_brand",
        detail=f"The installation in {settings.HOME.name}/ has a brand that is no sample: {slug}.",
        remedy="Give the demo a folder of its own (ORDERVEIL_HOME=var-demo; DATABASE_URL, if it is"
        " set, a database of its own), or start without a demo.",
        rule="demo: only samples share an installation with a demo's people",
        status=409,
    )
