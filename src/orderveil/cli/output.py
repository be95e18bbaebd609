"""What commands print: tables for people; nothing from an order reaches a terminal as a command."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from orderveil.scams.answers import printable

WIDTH_ELSEWHERE = 200
"""Columns when the output goes to a file or another program."""


def print_table(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A table on standard output; None is an empty cell."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for head in heads:
        table.add_column(head, overflow="fold")
    for row in rows:
        table.add_row(*(Text("" if cell is None else printable(str(cell))) for cell in row))
    Console(width=None if sys.stdout.isatty() else WIDTH_ELSEWHERE).print(table)


@contextmanager
def progress(what: str) -> Iterator[Progress]:
    """A progress bar on standard error, if that is a terminal."""
    console = Console(stderr=True)
    with Progress(
        TextColumn(what),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        # Both are the same terminal: then lines go above the bar. Else stdout stays what it is.
        redirect_stdout=sys.stdout.isatty(),
        disable=not console.is_terminal,
    ) as bar:
        yield bar
