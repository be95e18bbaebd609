"""`orderveil demo`: how to sign in as each of the demo's people, with the code of this moment."""

import click
from django.conf import settings
from rich.console import Console

from orderveil.cli.demoing.cast import Troupe, invite_everyone, titles, troupe
from orderveil.cli.demoing.orders import deliver_orders
from orderveil.cli.server import LOOPBACK, Address
from orderveil.cli.session import guarded, show, with_json
from orderveil.cli.walking.cast import assemble, dismiss
from orderveil.core.clocks import utc_now
from orderveil.core.errors import OrderveilError


def check_demo_stays_home(address: Address) -> None:
    """Raises `OrderveilError` if a demo would be reached from elsewhere."""
    if settings.DEMO and (address.host not in LOOPBACK or settings.URL):
        msg = "A demo is for this machine only: its passwords are published."
        raise OrderveilError(
            msg, remedy="Bind to 127.0.0.1 and leave ORDERVEIL_URL unset, or start without demo."
        )


def seed_demo() -> Troupe:
    """The demo's brand, orders and people; what is there already stays."""
    now = utc_now()
    cast = assemble(now)
    dismiss(cast, now)
    deliver_orders(cast.brand, now)
    return invite_everyone(cast.brand, now)


def say_who(found: Troupe, url: str, console: Console) -> None:
    """How to sign in as each, and where."""
    console.print(f"\nA demo with invented people. Sign in at [bold]{url}[/bold]", highlight=False)
    console.print(f"  password of all: [bold]{found.password}[/bold]", highlight=False)
    for player in found.players:
        code = player.code()
        words = f"  {player.email:<34} code now {code[:3]} {code[3:]}  {titles()[player.role]}"
        console.print(words, highlight=False)
    console.print("A code is good once, for about a minute: `orderveil demo` shows the next ones.")


@click.command()
@with_json
@guarded
def demo(*, as_json: bool) -> None:
    """Say how to sign in as each of the demo's people."""
    found = troupe()
    if found is None:
        msg = "There is no demo here."
        raise OrderveilError(msg, remedy="Start one with `orderveil up --demo`.")
    told = [{"role": p.role, "email": p.email, "code": p.code()} for p in found.players]
    if as_json:
        show({"password": found.password, "people": told}, "", as_json=True)
    else:
        say_who(found, f"http://localhost:{settings.BIND.rpartition(':')[2]}", Console())
