"""The table on the screen, the JSON file, and the table in docs/performance.md."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.figures import Figure

DOCUMENT = Path("docs/performance.md")
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
_HEADS = ("work", "must reach", "measured", "baseline", "ratio", "")


def spell(value: float | None, unit: str) -> str:
    """A figure as people read it: "41,200 orders/s", "0.84 ms"."""
    if value is None:
        return ""
    digits = f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
    return f"{digits} {unit}"


def _budget(figure: Figure) -> str:
    sign = "<=" if figure.at_most else ">="
    parts = []
    if figure.budget is not None:
        parts.append(f"{sign} {spell(figure.budget, figure.unit)}")
    if figure.ratio_budget is not None:
        parts.append(f"{sign} {figure.ratio_budget:g}x")
    return ", ".join(parts)


def _cells(figure: Figure) -> tuple[str, ...]:
    baseline = spell(figure.baseline, figure.unit)
    return (
        figure.work,
        _budget(figure),
        spell(figure.value, figure.unit) + (f" ({figure.note})" if figure.note else ""),
        f"{baseline}: {figure.baseline_name}" if baseline else "",
        f"{figure.ratio:.2f}x" if figure.ratio is not None else "",
        figure.verdict,
    )


def show(figures: Iterable[Figure], machine: dict[str, Any]) -> None:
    """Print the table."""
    table = Table(*_HEADS, title="Budgets (ratio: measured / baseline)")
    for figure in figures:
        style = "red" if figure.verdict == "MISSED" else None
        table.add_row(*_cells(figure), style=style)
    console = Console()
    console.print(table)
    console.print(
        f"{machine['cpu']}, {machine['cores']} cores, which the server, PostgreSQL and the load"
        f" generator share; {machine['memory_gib']} GiB; fsync {machine['fsync_ms']} ms;"
        f" PostgreSQL {machine['postgresql']}, Python {machine['python']}.",
        highlight=False,
    )


def write(place: Path, figures: Sequence[Figure], machine: dict[str, Any], date: str) -> None:
    """The JSON file: everything measured, and what measured it."""
    rows = [
        asdict(figure) | {"ratio": figure.ratio, "verdict": figure.verdict} for figure in figures
    ]
    place.parent.mkdir(parents=True, exist_ok=True)
    document = {"date": date, "machine": machine, "figures": rows}
    place.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def read(place: Path) -> tuple[list[Figure], dict[str, Any], str]:
    """What `write` wrote."""
    document = json.loads(place.read_text(encoding="utf-8"))
    figures = []
    for row in document["figures"]:
        del row["ratio"], row["verdict"]
        figures.append(Figure(**row))
    return figures, document["machine"], document["date"]


def into_document(figures: Iterable[Figure], machine: dict[str, Any], date: str) -> None:
    """Rewrite the table between the markers of docs/performance.md."""
    packages = ", ".join(f"{name} {version}" for name, version in machine["packages"].items())
    told = (
        f"Measured on {date}: {machine['cpu']}, {machine['cores']} cores,"
        f" {machine['memory_gib']} GiB, Linux {machine['kernel']}, fsync {machine['fsync_ms']} ms,"
        f" Python {machine['python']}, PostgreSQL {machine['postgresql']}; {packages}."
    )
    lines = [
        told,
        "",
        f"| {' | '.join(_HEADS)} |",
        "|---" * len(_HEADS) + "|",
        *(f"| {' | '.join(_cells(figure))} |" for figure in figures),
    ]
    text = DOCUMENT.read_text(encoding="utf-8")
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    table = "\n".join(lines)
    DOCUMENT.write_text(f"{head}{BEGIN}\n{table}\n{END}{tail}", encoding="utf-8")
