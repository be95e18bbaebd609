"""The marks with which a terminal draws the picture, and what they mean.

Rules kept here:
- every mark reads without colour; an ASCII set stands ready for terminals that have no more;
- a value in any form but whole carries its form's letter, because a virtual number looks like a
  real one.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from rich.cells import cell_len

from orderveil.core.forms import SHOWS_NOTHING, Form
from orderveil.core.hops import Hop
from orderveil.scams.answers import Cell

LETTERS: Mapping[Form, str] = {
    Form.SHORT: "S",
    Form.MASKED: "M",
    Form.COARSE: "C",
    Form.STOCK: "K",
    Form.VIRTUAL: "V",
    Form.HASHED: "H",
    Form.SENT: "N",
    Form.TOKEN: "T",
}
LEGEND: tuple[tuple[str, str], ...] = (
    ("S", "short"),
    ("M", "masked"),
    ("C", "coarse"),
    ("K", "stock-keeping only"),
    ("V", "virtual"),
    ("H", "hashed"),
    ("N", "sent by us, held masked"),
    ("T", "token"),
)
STYLES: Mapping[Form, str] = {
    Form.WHOLE: "bold",
    Form.IF_COD: "bold",
    Form.ABSENT: "dim",
    Form.REFUSED: "red",
}
SHORT_HEADS: Mapping[Hop, str] = {
    Hop.STOREFRONT: "sto",
    Hop.OMS: "oms",
    Hop.IMS: "ims",
    Hop.WMS: "wms",
    Hop.LABEL: "lab",
    Hop.COURIER: "cou",
    Hop.COMMS: "com",
    Hop.SUPPORT: "sup",
    Hop.MARKETING: "mkt",
    Hop.REPORTS: "rep",
    Hop.RETENTION: "ret",
}


@dataclass(frozen=True, slots=True)
class Marks:
    """One set of marks."""

    absent: str
    refused: str
    lit: str
    unlit: str
    dots: tuple[str, str, str, str, str]
    yes: str
    no: str
    dash: str
    more: str
    bar: str
    ascii: bool = False

    def text(self, value: str) -> str:
        """`value` as this terminal can print it."""
        return value.encode("ascii", "replace").decode() if self.ascii else value

    def fit(self, value: str, width: int) -> str:
        """`value` in at most `width` columns of the terminal, cut with a mark if it must be."""
        value = self.text(value)
        if cell_len(value) <= width:
            return value
        room, kept = width - len(self.more), ""
        for char in value:
            if cell_len(kept + char) > room:
                break
            kept += char
        return kept.rstrip() + self.more

    def cell(self, one: Cell) -> str:
        """A cell: its value with its form's letter, or the mark of why not."""
        if one.value is None:
            return self.refused if one.form is Form.REFUSED else self.absent
        letter = LETTERS.get(one.form)
        return f"{letter} {one.value}" if letter else one.value

    def style(self, one: Cell) -> str:
        """The colour of a cell; it adds nothing that the mark does not say."""
        shown = one.value is not None or one.form in SHOWS_NOTHING
        return STYLES.get(one.form, "") if shown else "dim"


UNICODE = Marks("·", "✕", "●", "·", ("○", "◔", "◑", "◕", "●"), "✓", "✗", "—", "…", "│")
ASCII = Marks(
    ".", "x", "#", ".", ("0/4", "1/4", "2/4", "3/4", "4/4"), "ok", "NO", "-", "~", "|", ascii=True
)
