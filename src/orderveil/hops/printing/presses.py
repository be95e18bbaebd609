"""How each kind of sheet is made: a table that the journey fills with what the hops can draw.

Rules kept here:
- a press discloses through the gate, and draws from what the gate gave: printing itself sees
  neither;
- what is drawn goes to whoever fetches it, and is stored nowhere.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from orderveil.core.errors import Problem
from orderveil.gate.asking import Caller
from orderveil.gate.bulk import Wanted
from orderveil.hops.printing.kinds import Kind, PrintForm


@dataclass(frozen=True, slots=True)
class Sheet:
    """One parcel's paper in a batch. `position` counts from 1; `copy_no` stands on the paper."""

    position: int
    order_id: bytes
    parcel_no: int
    copy_no: int


@dataclass(frozen=True, slots=True)
class Shown:
    """What the gate gave for one sheet: the ledger's entry, and what the drawing needs."""

    disclosure: str
    content: Any
    """Whatever the press's own `draw` takes: a View, or a View with its layout and token."""


@dataclass(frozen=True, slots=True)
class Format:
    """What is drawn."""

    form: PrintForm
    dpi: int
    apart: bool
    """True: a document per sheet, for a printer's agent. False: as few documents as there can be,
    which are given out as one file: for PDF exactly one."""
    brand_id: int
    at: datetime
    """For what a document says of itself."""


@dataclass(frozen=True, slots=True)
class Document:
    """Drawn sheets, in their order. `pages`: how many the printer will count."""

    positions: tuple[int, ...]
    pages: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Drawn:
    """What came of drawing: documents, and why the other sheets could not be drawn."""

    documents: tuple[Document, ...]
    failed: Mapping[int, Problem]
    """By position."""


Disclose = Callable[[Caller, Sequence[Wanted], datetime], Sequence[Shown | Problem] | Problem]
"""(caller, wanted, now) -> for each wanted, in their order, what the gate gave or why not; or one
Problem of the caller's own. Recorded before it is opened."""
Draw = Callable[[Sequence[tuple[Sheet, Any]], Format], Drawn]
"""((sheet, content) of each, format) -> documents and failures: each position in exactly one."""


@dataclass(frozen=True, slots=True)
class Press:
    """How one kind of sheet is made."""

    disclose: Disclose
    draw: Draw
    forms: frozenset[PrintForm]
    """What it can draw."""


_presses: dict[Kind, Press] = {}


def fill(presses: Mapping[Kind, Press]) -> None:
    """Set what can be printed: the journey does, when it is imported."""
    _presses.clear()
    _presses.update(presses)


def press_for(kind: Kind, form: PrintForm) -> Press | Problem:
    """The press of a kind; a Problem if nothing draws it in this form."""
    press = _presses.get(kind)
    return press if press and form in press.forms else _nothing_draws(kind, form)


def _nothing_draws(kind: Kind, form: PrintForm) -> Problem:
    return Problem(
        code="cannot_be_printed",
        detail=f"Nothing here draws a {kind} as {form}.",
        remedy="Ask for another form, or fetch the views and print them yourself.",
        pointer="/form",
        rule="printing: a kind of sheet has the forms that its hop draws",
    )
