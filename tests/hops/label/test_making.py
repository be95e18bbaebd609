"""A chunk: nothing is handed out that was not read back."""

import msgspec
import pytest

from hops.label.samples import AT, numbered
from orderveil.hops.label import checking, layouts, making
from orderveil.hops.label.content import Dpi
from orderveil.hops.label.making import Chunk, make
from orderveil.hops.printing import paper
from orderveil.hops.printing.kinds import PrintForm


def chunk(count, form=PrintForm.PDF):
    """So many labels, from the first."""
    return Chunk(tuple(numbered(count)), 0, form, Dpi.D203, AT)


def crossed(monkeypatch, change):
    """Drawings spoilt between drawing and setting."""

    def spoilt(content, face):
        drawing = layouts.draw(content, face)
        return change(drawing) if content.name == "Asha 1" else drawing

    monkeypatch.setattr(making, "draw", spoilt)


def with_bits(drawing, of):
    """The waybill's bits changed, its text as it was."""
    waybill, token = drawing.codes
    code = waybill.code
    spoilt = type(code)(
        *(code.kind, code.text, code.columns, code.rows, of(code.bits), code.module)
    )
    return msgspec.structs.replace(
        drawing, codes=[msgspec.structs.replace(waybill, code=spoilt), token]
    )


@pytest.mark.parametrize("form", PrintForm)
@pytest.mark.parametrize(
    "of",
    [
        lambda bits: bytes(255 - bit for bit in bits),
        lambda bits: bits[:40] + b"\x00" + bits[41:60] + b"\xff\xff" + bits[62:],
        lambda bits: b"\xff" * len(bits),
    ],
)
def test_a_code_that_says_something_else_is_not_handed_out(monkeypatch, form, of):
    """Its neighbours are."""
    crossed(monkeypatch, lambda drawing: with_bits(drawing, of))
    made = make(chunk(3, form))
    assert made.positions == (0, 2)
    assert made.problems[1].code == "label_code_unreadable"


def test_a_page_on_which_the_codes_are_missing_is_found(monkeypatch):
    """A page is looked at as it will be printed: the bits may be right and the page wrong."""
    drawn = paper.drawn(make(chunk(1)).document, [0], 203)
    drawn[0].paste(255, (0, 150, 812, 400))  # as if the waybill's code had not been set
    monkeypatch.setattr(
        checking.paper, "drawn", lambda _document, wanted, _dpi: drawn * len(wanted)
    )
    made = make(chunk(1))
    assert made.document == b""
    assert made.problems[0].code == "label_code_unreadable"


def test_a_page_too_many_is_found(monkeypatch):
    """The pages are counted: as many as labels."""
    monkeypatch.setattr(checking.paper, "page_count", lambda _document: 99)
    made = make(chunk(2))
    assert set(made.problems) == {0, 1}
