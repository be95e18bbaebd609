"""`orderveil print-agent`: beside one printer of the floor. It needs no installation here."""

import json
import signal
import threading
from pathlib import Path
from types import FrameType

import click

from orderveil.core.errors import OrderveilError
from orderveil.hops.printing.agent import files
from orderveil.hops.printing.agent.line import Line
from orderveil.hops.printing.agent.printers import printer_at
from orderveil.hops.printing.agent.working import Agent

_server = click.option("--server", required=True, metavar="URL", help="https://desk.brand.example")
_state = click.option(
    "--state",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("print-agent"),
    show_default=True,
    help="The agent's own folder: its token, its journal, what it holds sealed.",
)
_ca = click.option(
    "--ca",
    "ca_file",
    type=click.Path(exists=True, dir_okay=False),
    help="Certificates to trust instead of the system's.",
)

_json = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")


@click.group("print-agent")
def print_agent() -> None:
    """The print agent: enrol it once, then let it run beside its printer."""


@print_agent.command()
@_server
@_state
@_ca
@_json
def enrol(server: str, state: Path, ca_file: str | None, *, as_json: bool) -> None:
    """Become a printer of the floor, with the one-time link: it is asked for, or piped in."""
    link = click.prompt("One-time link", hide_input=True, err=True).strip()
    try:
        made = Line(server, ca_file=ca_file).enrol(link)
        files.write_token(state, made.token)
    except OrderveilError as error:
        raise click.ClickException(error.diagnostics()) from None
    text = f"Enrolled as device {made.device}. Its token is in {state.name}/token."
    click.echo(json.dumps({"device": made.device}) if as_json else text)


@print_agent.command()
@_server
@click.option("--printer", required=True, metavar="URL", help="raw://host:9100 or cups://queue")
@click.option("--no-counter", is_flag=True, help="Do not ask the printer what it has printed.")
@_state
@_ca
@_json
def run(
    server: str,
    printer: str,
    state: Path,
    ca_file: str | None,
    *,
    no_counter: bool,
    as_json: bool,
) -> None:
    """Take the printer's jobs, print them sheet by sheet, and report each."""
    stop = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    try:
        with files.only_one(files.own_folder(state)):
            token = files.read_token(state)
            line = Line(server, token, ca_file=ca_file)
            where = printer_at(printer)
            say = _say_in_json if as_json else _say
            agent = Agent.over(state, line, where, token, say, counts=not no_counter)
            say("The agent runs. Ctrl+C ends it.")
            agent.run(stop)
    except OrderveilError as error:
        raise click.ClickException(error.diagnostics()) from None


def _say(line: str) -> None:
    click.echo(line, err=True)


def _say_in_json(line: str) -> None:
    click.echo(json.dumps({"said": line}))
