"""Batches: the good ones are made whatever the bad ones are, and every code was read back."""

import msgspec
import pypdfium2
import pytest
import zxingcpp

from hops.label.printer import printed
from hops.label.samples import AT, COD, SCRIPTS, in_script, label, numbered, privacy
from orderveil.hops.label.batch import CHUNK, render
from orderveil.hops.label.content import Dpi, Symbol
from orderveil.hops.printing import paper
from orderveil.hops.printing.kinds import PrintForm

GOOD = [label(), label(cod=COD), privacy(), *map(in_script, SCRIPTS)]
BAD = {
    "label_overflow": label(lines=("Palm Grove " * 200,)),
    "script_not_printable": label(name="અશોક"),
    "awb_not_printable": label(awb="9" * 90),
    "token_not_printable": label(token=""),
}


def text_of(document, page):
    """The words of a PDF's page."""
    source = pypdfium2.PdfDocument(document)
    try:
        return source[page].get_textpage().get_text_range()
    finally:
        source.close()


@pytest.mark.parametrize("form", PrintForm)
def test_bad_labels_never_lose_good_ones(form):
    """Each bad one has its own problem; the others are made, in their order."""
    mixed = [label(), *BAD.values(), in_script("Tamil"), BAD["label_overflow"], privacy()]
    (made,) = render(mixed, form, Dpi.D203, at=AT)
    assert made.positions == (0, 5, 7)
    assert [made.problems[n].code for n in (1, 2, 3, 4, 6)] == [*BAD, "label_overflow"]
    if form == PrintForm.PDF:
        assert paper.page_count(made.document) == 3
        assert paper.page_count(made.sheet(2)) == 1
    else:
        assert len(printed(made.document)) == 3
        assert len(printed(made.sheet(2))) == 1


@pytest.mark.parametrize("form", PrintForm)
def test_nothing_but_bad_labels_makes_no_document(form):
    """And an empty batch not even a chunk."""
    (made,) = render(BAD.values(), form, Dpi.D203, at=AT)
    assert (made.document, made.positions, len(made.problems)) == (b"", (), len(BAD))
    assert list(render([], form, Dpi.D203, at=AT)) == []


@pytest.mark.parametrize("dpi", Dpi)
@pytest.mark.parametrize("symbol", Symbol)
@pytest.mark.parametrize("form", PrintForm)
def test_every_code_can_be_scanned_from_the_whole_label(form, symbol, dpi):
    """Read from the page as a printer of this resolution draws it, in every script and layout."""
    contents = [msgspec.structs.replace(each, symbol=symbol) for each in GOOD]
    (made,) = render(contents, form, dpi, at=AT)
    if form == PrintForm.PDF:
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
    made = list(render(iter(contents), PrintForm.ZPL, Dpi.D203, at=AT))
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

    chunks = render(counted(), PrintForm.ZPL, Dpi.D203, at=AT)
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
    (made,) = render([label(name=name, lines=(name, f"- {name}"))], PrintForm.PDF, Dpi.D203, at=AT)
    assert text_of(made.document, 0).count(name) == 3


def test_the_same_contents_make_the_same_bytes():
    """At the same time in the metadata."""
    once, again = (list(render(GOOD, PrintForm.PDF, Dpi.D203, at=AT)) for _ in range(2))
    assert once == again
