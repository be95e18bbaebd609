"""The picture in a terminal: what each hop got, which scams that leaves possible, the ledger.

Rules kept here:
- it reads at 80, 120 and 200 columns: hops that don't fit beside each other stand in panels below;
- nothing depends on colour, and nothing from an order is read as markup or as an escape sequence.
"""

from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from orderveil.core.hops import Hop
from orderveil.core.scam_needs import TITLE_OF, Scam
from orderveil.scams.answers import printable
from orderveil.scams.dots import Level
from orderveil.scams.marks import ASCII, LEGEND, SHORT_HEADS, UNICODE, Marks
from orderveil.scams.picture import HopColumn, Picture

_HEAD_WIDTH = 15  # "billing_address"
_GAP = 2
_LEAST_CELL = 12
_SCAM_WIDTH = 22
_LEDGER_SIZES = {
    "no.": 5,
    "at (UTC)": 8,
    "kind": 10,
    "hop": 10,
    "partner": 12,
    "what": 0,  # what is left
    "entry": 8,
}
_BOTH_SIDES = 120  # columns needed to set today and now beside each other


def render(picture: Picture, console: Console) -> None:
    """Prints `picture` to `console`, as wide as that is."""
    marks = ASCII if console.options.ascii_only else UNICODE
    console.print(_title(picture, marks))
    panels = _panels(picture.columns, console.width)
    room = (console.width - _HEAD_WIDTH) // len(panels[0]) - _GAP
    for columns in panels:
        console.print(_fields(picture, columns, marks, room))
    console.print(_legend(picture, marks))
    console.print()
    sides = ("today", "now")
    for shown in [sides] if console.width >= _BOTH_SIDES else [(side,) for side in sides]:
        console.print(_scams(picture, shown, marks))
    console.print(_headline(picture, marks))
    console.print()
    console.print(_ledger(picture, marks, console.width))
    console.print(_verdict(picture, marks))


def _title(picture: Picture, marks: Marks) -> Text:
    names = f" {marks.dash} order {picture.order} {marks.dash} policy {picture.policy}"
    return Text.assemble((marks.text(picture.brand), "bold"), marks.text(names))


def _panels(columns: Sequence[HopColumn], width: int) -> list[Sequence[HopColumn]]:
    at_once = max(1, (width - _HEAD_WIDTH) // (_LEAST_CELL + _GAP))
    count = -(-len(columns) // at_once)
    each = -(-len(columns) // count)
    return [columns[start : start + each] for start in range(0, len(columns), each)]


def _table(*, padding: tuple[int, int, int, int] = (0, 1, 0, 0)) -> Table:
    return Table(box=box.SIMPLE_HEAD, padding=padding, pad_edge=False, show_edge=False)


def _fields(picture: Picture, columns: Sequence[HopColumn], marks: Marks, room: int) -> Padding:
    table = _table()
    table.add_column("", width=_HEAD_WIDTH, no_wrap=True)
    for column in columns:
        table.add_column(Text(marks.fit(column.title, room), "bold"), width=room, no_wrap=True)
    for row in picture.rows:
        cells = [row.cells[column.hop] for column in columns]
        table.add_row(
            row.field.value,
            *(Text(marks.fit(marks.cell(one), room), marks.style(one)) for one in cells),
        )
    table.add_section()
    table.add_row("asked while", *(Text(marks.fit(_when(c), room), "dim") for c in columns))
    table.add_row("held today", *(_dot(c.dot_today, marks) for c in columns))
    table.add_row(Text("holds now", "bold"), *(_dot(c.dot, marks) for c in columns))
    return Padding(table, (1, 0, 0, 0))


def _when(column: HopColumn) -> str:
    state = column.asked_in_state
    return f"{state}: refused" if column.refusal else state


def _dot(level: int, marks: Marks) -> Text:
    style = ("dim", "green", "yellow", "red", "bold red")[level]
    return Text(f"{marks.dots[level]} {Level(level).word}", style)


def _legend(picture: Picture, marks: Marks) -> Padding:
    lines = [", ".join(f"{letter} {word}" for letter, word in LEGEND)]
    lines.append(f"no letter: whole, {marks.absent} withheld or not there, {marks.refused} refused")
    lines += [
        f"{marks.refused} {column.title}: {column.refusal}"
        for column in picture.columns
        if column.refusal
    ]
    return Padding(Text(marks.text("\n".join(lines)), "dim"), (1, 0, 0, 0))


def _scams(picture: Picture, sides: Sequence[str], marks: Marks) -> Padding:
    table = _table(padding=(0, 0, 0, 0))
    heading = " | ".join(f"{side} ({picture.scams[side].policy})" for side in sides)
    table.title = Text(f"Who alone holds enough to stage it: {marks.text(heading)}", "bold")
    table.title_justify = "left"
    table.add_column("", width=_SCAM_WIDTH, no_wrap=True)
    for nth, _ in enumerate(sides):
        if nth:
            table.add_column(marks.bar, width=1)
        for hop in Hop:
            table.add_column(SHORT_HEADS[hop], width=3, no_wrap=True)
        table.add_column("sum", width=3, justify="right", no_wrap=True)
    for scam in Scam:
        row: list[Text | str] = [TITLE_OF[scam]]
        for nth, side in enumerate(sides):
            row += [marks.bar] if nth else []
            row += _lights(picture, side, scam, marks)
        table.add_row(*row)
    return Padding(table, (0, 0, 1, 0))


def _lights(picture: Picture, side: str, scam: Scam, marks: Marks) -> list[Text | str]:
    hops = picture.scams[side].scams[scam]
    shown: list[Text | str] = [
        Text(marks.lit, "bold red") if hop in hops else Text(marks.unlit, "dim") for hop in Hop
    ]
    return [*shown, Text(str(len(hops)), "bold")]


def _headline(picture: Picture, marks: Marks) -> Text:
    was, now = picture.scams["today"].together, picture.scams["now"].together
    channel = "publishes" if picture.published_channel else "does not publish"
    rest = f"Two hops in collusion add {was} today, {now} now. The brand {channel} its own channel."
    return Text.assemble((f"{picture.headline}.", "bold"), "\n", (marks.text(rest), "dim"))


def _ledger(picture: Picture, marks: Marks, width: int) -> Table:
    sizes = dict(_LEDGER_SIZES)
    sizes["what"] = max(8, width - sum(sizes.values()) - _GAP * (len(sizes) - 1) - 1)
    table = _table()
    table.title, table.title_justify = Text("The ledger's entries for this order", "bold"), "left"
    for head, size in sizes.items():
        table.add_column(head, width=size, no_wrap=True)
    for line in picture.ledger:
        parts = (str(line.index), f"{line.at:%H:%M:%S}", line.kind, line.hop, line.partner)
        told = (*parts, printable(line.what), line.entry_id[-8:])
        shown = zip(told, sizes.values(), strict=True)
        table.add_row(*(Text(marks.fit(text, size)) for text, size in shown))
    return table


def _verdict(picture: Picture, marks: Marks) -> Text:
    mark, word = (marks.yes, "verified") if picture.verified else (marks.no, "NOT VERIFIED")
    style = "green" if picture.verified else "bold red"
    return Text(f"{mark} {word}: {marks.text(picture.sentence)}", style)
