"""Options and inputs that several commands share.

Rule kept here: a value that is personal or secret comes from a hidden prompt or from standard
input, never from the arguments, which every process of the machine can read.
"""

import functools
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import click

from orderveil.cli.session import F, database
from orderveil.core.errors import OrderveilError
from orderveil.core.hops import Hop


def with_brand(command: F) -> F:
    """The `--brand` option."""
    return click.option(
        "--brand", "brand_name", help="Which brand; may be left out with only one."
    )(command)


def needs_database(command: F) -> F:
    """Run the command with the installation's database; put below `guarded`."""

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        with database():
            return command(*args, **kwargs)

    return run  # type: ignore[return-value]


def words(vocabulary: type[StrEnum]) -> click.Choice[str]:
    """A choice among the words of a vocabulary."""
    return click.Choice([str(word) for word in vocabulary])


hop_option: Callable[[F], F] = click.option(
    "--hop", type=words(Hop), required=True, help="The hop it is for."
)


class Hours(click.ParamType[timedelta]):
    """A number of hours, from none to thirty days."""

    name = "hours"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        """That long."""
        if isinstance(value, timedelta):
            return value
        return timedelta(hours=click.IntRange(0, 720).convert(value, param, ctx))


overlap_option: Callable[[F], F] = click.option(
    "--overlap-hours",
    "overlap",
    type=Hours(),
    default=24,
    show_default=True,
    help="How long the old secret stays good beside the new one; 0: not at all.",
)


class Moment(click.ParamType[datetime]):
    """A day or a time in ISO 8601; without an offset it is UTC."""

    name = "time"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """The aware moment in UTC."""
        if isinstance(value, datetime):
            return value
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            self.fail("write a day or a time, as in 2026-11-23 or 2026-11-23T10:30", param, ctx)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


MOMENT = Moment()


def ask_hidden(what: str) -> str:
    """A value from a prompt that doesn't show it, or the next line of standard input."""
    return _ask(what, hide=True)


def ask(what: str) -> str:
    """A personal value from a prompt, or the next line of standard input."""
    return _ask(what, hide=False)


def _ask(what: str, *, hide: bool) -> str:
    if sys.stdin.isatty():
        given: str = click.prompt(what, hide_input=hide, err=True)
        return given
    line = sys.stdin.readline().strip()
    if not line:
        msg = f"Nothing came on standard input for: {what}."
        raise OrderveilError(msg, remedy="Run the command in a terminal, or pipe the value in.")
    return line
