"""Batches: the good ones are made whatever the bad ones are, and every code was read back."""

import msgspec
import pypdfium2
import pytest
import zxingcpp

from hops.label.printer import printed
from hops.label.samples import AT, COD, SCRIPTS, TOKEN, in_script, label, privacy
from orderveil.hops.label import batch, checking, layouts
from orderveil.hops.label.batch import CHUNK, Form, render
from orderveil.hops.label.content import Dpi, Symbol
from orderveil.hops.printing import paper

GOOD = [label(), label(cod=COD), privacy(), *map(in_script, SCRIPTS)]
BAD = {
    "label_overflow": label(lines=("Palm Grove " * 200,)),
    "script_not_printable": label(name="અશોક"),
    "awb_not_printable": label(awb="9" * 90),
    "token_not_printable": label(token=""),
}


def numbered(count):
    """Labels that can be told apart."""
    for n in range(count):
        yield label(awb=f"SLX44{n:011}", token=f"{TOKEN}{n:06}", name=f"Asha {n}")


def text_of(document, page):
    """The words of a PDF's page."""
    source = pypdfium2.PdfDocument(document)
    try:
        return source[page].get_textpage().get_text_range()
    finally:
        source.close()


@pytest.mark.parametrize("form", Form)
def test_bad_labels_never_lose_good_ones(form):
    """Each bad one has its own problem; the others are made, in their order."""
    mixed = [label(), *BAD.values(), in_script("Tamil"), BAD["label_overflow"], privacy()]
    (made,) = render(mixed, form, Dpi.D203, at=AT)
    assert made.positions == (0, 5, 7)
    assert [made.problems[n].code for n in (1, 2, 3, 4, 6)] == [*BAD, "label_overflow"]
    if form == Form.PDF:
        assert paper.page_count(made.document) == 3
        assert paper.page_count(made.sheet(2)) == 1
    else:
        assert len(printed(made.document)) == 3
        assert len(printed(made.sheet(2))) == 1


@pytest.mark.parametrize("form", Form)
def test_nothing_but_bad_labels_makes_no_document(form):
    """And an empty batch not even a chunk."""
    (made,) = render(BAD.values(), form, Dpi.D203, at=AT)
    assert (made.document, made.positions, len(made.problems)) == (b"", (), len(BAD))
    assert list(render([], form, Dpi.D203, at=AT)) == []


@pytest.mark.parametrize("dpi", Dpi)
@pytest.mark.parametrize("symbol", Symbol)
@pytest.mark.parametrize("form", Form)
def test_every_code_can_be_scanned_from_the_whole_label(form, symbol, dpi):
    """Read from the page as a printer of this resolution draws it, in every script and layout."""
    contents = [msgspec.structs.replace(each, symbol=symbol) for each in GOOD]
    (made,) = render(contents, form, dpi, at=AT)
    if form == Form.PDF:
        pages = paper.drawn(made.document, range(len(contents)), dpi)
    else:
        pages = [sheet.image.convert("L") for sheet in printed(made.document)]
    for content, page in zip(contents, pages, strict=True):
        assert page.size == (4 * dpi, 6 * dpi)
        found = {each.text for each in zxingcpp.read_barcodes(page)}
        assert found == {content.awb, content.token}


def test_chunks_keep_the_order_and_the_places():
    """A batch of more than two chunks, a bad label in the second."""
    contents = list(numbered(2 * CHUNK + 7))
    contents[CHUNK + 3] = BAD["awb_not_printable"]
    made = list(render(iter(contents), Form.ZPL, Dpi.D203, at=AT))
    assert len(made) == 3
    assert [n for each in made for n in each.positions] == [
        n for n in range(len(contents)) if n != CHUNK + 3
    ]
    assert list(made[1].problems) == [CHUNK + 3]
    for each in made:
        for position, one in zip(each.positions, each.labels, strict=True):
            assert f"Asha {position}^FS".encode() in one


def test_contents_are_taken_chunk_by_chunk():
    """The first chunk is handed out before the seventh is asked for."""
    taken = 0

    def counted():
        nonlocal taken
        for each in numbered(10 * CHUNK):
            taken += 1
            yield each

    chunks = render(counted(), Form.ZPL, Dpi.D203, at=AT)
    next(chunks)
    assert taken <= 6 * CHUNK
    chunks.close()


@pytest.mark.parametrize(
    "name",
    [
        "#panic()",
        "*bold* _it_",
        "$x^2$",
        "@ref <lab>",
        "`raw` \\ \\u{41}",
        '#read("/etc/passwd")',
        "= H",
    ],
)
def test_no_name_becomes_markup(name):
    """What typst would run is printed as it stands."""
    (made,) = render([label(name=name, lines=(name, f"- {name}"))], Form.PDF, Dpi.D203, at=AT)
    assert text_of(made.document, 0).count(name) == 3


def test_the_same_contents_make_the_same_bytes():
    """At the same time in the metadata."""
    once, again = (list(render(GOOD, Form.PDF, Dpi.D203, at=AT)) for _ in range(2))
    assert once == again


def crossed(monkeypatch, change):
    """Drawings spoilt between drawing and setting."""

    def spoilt(content, face):
        drawing = layouts.draw(content, face)
        return change(drawing) if content.name == "Asha 1" else drawing

    monkeypatch.setattr(batch, "draw", spoilt)


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


@pytest.mark.parametrize("form", Form)
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
    (made,) = render(numbered(3), form, Dpi.D203, at=AT)
    assert made.positions == (0, 2)
    assert made.problems[1].code == "label_code_unreadable"


def test_a_page_on_which_the_codes_are_missing_is_found(monkeypatch):
    """A page is looked at as it will be printed: the bits may be right and the page wrong."""
    drawn = list(
        paper.drawn(next(render(numbered(1), Form.PDF, Dpi.D203, at=AT)).document, [0], 203)
    )
    drawn[0].paste(255, (0, 150, 812, 400))  # as if the waybill's code had not been set
    monkeypatch.setattr(
        checking.paper, "drawn", lambda _document, wanted, _dpi: drawn * len(wanted)
    )
    (made,) = render(numbered(1), Form.PDF, Dpi.D203, at=AT)
    assert made.document == b""
    assert made.problems[0].code == "label_code_unreadable"


def test_a_page_too_many_is_found(monkeypatch):
    """The pages are counted: as many as labels."""
    monkeypatch.setattr(checking.paper, "page_count", lambda _document: 99)
    (made,) = render(numbered(2), Form.PDF, Dpi.D203, at=AT)
    assert set(made.problems) == {0, 1}
