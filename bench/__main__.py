"""`python -m bench`: run the benchmarks, print the table, keep the figures."""

import argparse
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from rich.console import Console

from bench import report
from bench.figures import FULL, QUICK, Figure
from bench.house import FOLDER, house, installation, point_django_here
from bench.machine import describe

ROWS = {
    "admit": "bench.admit",
    "webhook": "bench.webhook",
    "view": "bench.view",
    "views": "bench.views",
    "find": "bench.find",
    "shred": "bench.shred",
    "proof": "bench.proof",
    "desk": "bench.desk",
    "labels": "bench.labels",
    "bookings": "bench.bookings",
    "detect": "bench.detect",
    "calls": "bench.calls",
}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds, smaller tables")
    parser.add_argument("--only", action="append", choices=ROWS, help="one row; may be repeated")
    parser.add_argument("--out", type=Path, help="the JSON file (default: var/bench/<date>.json)")
    parser.add_argument(
        "--markdown",
        nargs="?",
        const="latest",
        metavar="JSON",
        help="measure nothing: put the latest (or this) file's figures into docs/performance.md",
    )
    return parser.parse_args()


def _latest(asked: str) -> Path:
    return max(FOLDER.glob("*.json")) if asked == "latest" else Path(asked)


def _measure(arguments: argparse.Namespace) -> None:
    size = QUICK if arguments.quick else FULL
    home, console = point_django_here(), Console(stderr=True)
    figures: list[Figure] = []
    with installation(home):
        machine = describe(home)
        try:
            for name in arguments.only or ROWS:
                console.print(f"{name} ...")
                with house() as place:
                    figures += import_module(ROWS[name]).run(place, size)
        finally:  # a row that breaks loses none of those before it
            date = datetime.now(UTC)
            report.show(figures, machine)
            out = arguments.out or FOLDER / f"{date:%Y-%m-%d-%H%M%S}.json"
            report.write(out, figures, machine | {"quick": size.quick}, f"{date:%Y-%m-%d}")
            console.print(f"Kept in {out}.")


def main() -> None:
    """Exit status 0 whatever was measured: a missed budget is a figure, not a failure."""
    arguments = _arguments()
    if arguments.markdown:
        report.into_document(*report.read(_latest(arguments.markdown)))
    else:
        _measure(arguments)


main()
