"""PDFs joined and taken apart."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

import orderveil
from orderveil.hops.printing import paper

AT = datetime(2026, 3, 1, tzinfo=UTC)
TEMPLATE = """#let data = json(bytes(sys.inputs.data))
#set page(width: 100pt, height: 50pt, margin: 5pt)
#set text(font: "Noto Sans", size: 10pt)
#context [#metadata(measure(data.at(0)).width.pt()) <width>]
#for each in data { page(each) }
"""


@pytest.fixture
def template(tmp_path):
    """A page for each text."""
    path = tmp_path / "t.typ"
    path.write_text(TEMPLATE)
    return path


def test_documents_are_joined_in_their_order(template):
    """Three documents of one and two pages make one of four."""
    parts = [paper.pdf(template, texts, at=AT) for texts in (["a"], ["b", "c"], ["d"])]
    whole = paper.join(parts)
    assert paper.page_count(whole) == sum(map(paper.page_count, parts))


def test_pages_can_be_taken_out(template):
    """A damaged sheet is printed again alone."""
    whole = paper.pdf(template, ["a", "b", "c"], at=AT)
    count = paper.page_count(whole)
    assert paper.page_count(paper.pages(whole, [count - 1])) == 1


def test_the_same_data_makes_the_same_bytes(template):
    """Nothing of the time or the machine is in it."""
    assert paper.pdf(template, ["x"], at=AT) == paper.pdf(template, ["x"], at=AT)


def test_setting_can_be_asked(template):
    """The width of a text, as it will be set."""
    assert 5 < paper.asked(template, ["W"], "width") < 12


def test_parts_begin_at_their_bookmarks(tmp_path):
    """A part may go on on a second page."""
    path = tmp_path / "parts.typ"
    path.write_text("= One\n#pagebreak()\nmore\n#pagebreak()\n= Two")
    assert paper.begun_pages(paper.pdf(path, [], at=AT)) == [range(2), range(2, 3)]


def test_nothing_else_opens_pdfs():
    """PDFium serves one thread at a time, and its lock is here."""
    house = Path(orderveil.__file__).parent
    found = [path for path in house.rglob("*.py") if "pypdfium2" in path.read_text()]
    assert found == [Path(paper.__file__)]
