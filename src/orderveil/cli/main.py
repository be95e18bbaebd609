"""`orderveil`: every command.

The print agent runs beside a printer, where there is no installation: whatever sets Django up is
imported when another command is asked for.
"""

from collections.abc import MutableMapping

import click

from orderveil import __version__
from orderveil.cli.print_agent import print_agent


class Commands(click.Group):
    """The group of them all."""

    _known: MutableMapping[str, click.Command] | None = None

    @property
    def commands(self) -> MutableMapping[str, click.Command]:
        """By name, as click keeps them."""
        if self._known is None:
            from orderveil.cli.commands import COMMANDS  # noqa: PLC0415 - sets Django up

            every = (*COMMANDS, print_agent)
            self._known = {each.name: each for each in every if each.name is not None}
        return self._known

    @commands.setter
    def commands(self, _none: MutableMapping[str, click.Command]) -> None:
        """Click begins with none."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One command; the agent's without loading the others."""
        is_agent = cmd_name == print_agent.name
        return print_agent if is_agent else super().get_command(ctx, cmd_name)


@click.group(cls=Commands)
@click.version_option(__version__, prog_name="orderveil")
def main() -> None:
    """An order comes in once and is sealed; each system gets only what its job needs."""
