"""`orderveil`: every command."""

import click

from orderveil.cli import session  # noqa: F401 - sets Django up before the commands are imported

# isort: split
from orderveil import __version__
from orderveil.cli.up import up
from orderveil.cli.walk import walk


@click.group()
@click.version_option(__version__, prog_name="orderveil")
def main() -> None:
    """An order comes in once and is sealed; each system gets only what its job needs."""


for command in (up, walk):
    main.add_command(command)
