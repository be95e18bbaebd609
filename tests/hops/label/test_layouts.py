"""Where everything stands on a label: nothing outside, nothing over anything else."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hops.label.samples import COD, SCRIPTS, in_script, label, privacy
from orderveil.core.errors import Problem
from orderveil.hops.label.content import Cod, Layout, Sender, Symbol, tidy
from orderveil.hops.label.drawing import Drawing
from orderveil.hops.label.faces import PrinterFace, SetFace
from orderveil.hops.label.layouts import draw

FACES = [SetFace(203), SetFace(300), PrinterFace(203), PrinterFace(300)]
LETTERS = st.characters(min_codepoint=0x20, max_codepoint=0x24F, exclude_categories=["Cc", "Cf"])
WORDS = st.text(LETTERS, max_size=60)


def boxes(drawing, face):
    """Each text's box, and each code's with its quiet zone."""
    for text in drawing.texts:
        above, below = face.extent(text.text, text.points)
        width = face.width(text.text, text.points, text.weight)
        yield text.text, (text.x, text.y - above, text.x + width, text.y + below)
    for placed in drawing.codes:
        quiet = placed.code.quiet
        high = 0 if placed.code.rows == 1 else quiet
        yield (
            placed.code.kind,
            (
                *(placed.x - quiet, placed.y - high),
                *(placed.x + placed.width + quiet, placed.y + placed.height + high),
            ),
        )


def assert_in_order(drawing, face):
    """Inside the label, and apart."""
    found = list(boxes(drawing, face))
    for what, (left, top, right, bottom) in found:
        assert left >= 0, what
        assert top >= 0, what
        assert right <= 4 * face.dpi, what
        assert bottom <= 6 * face.dpi, what
    for (one, a), (other, b) in itertools.combinations(found, 2):
        is_apart = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
        assert is_apart, (one, other)
    for bar in drawing.bars:
        assert bar.x + bar.width <= 4 * face.dpi
        for placed in drawing.codes:
            assert bar.y >= placed.y + placed.height or bar.y + bar.height <= placed.y


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("script", [None, *SCRIPTS])
@pytest.mark.parametrize("layout", Layout)
def test_nothing_lies_over_anything_else(face, script, layout):
    """In each script, layout, resolution and form."""
    content = in_script(script, layout=layout, cod=COD, copy=3) if script else label(layout=layout)
    drawing = draw(content, face)
    assert isinstance(drawing, Drawing)
    assert_in_order(drawing, face)


@given(
    name=WORDS,
    lines=st.lists(WORDS, max_size=4),
    city=WORDS,
    phone=st.text("+0123456789X ", max_size=20),
    layout=st.sampled_from(Layout),
    which=st.integers(0, 3),
    is_cod=st.booleans(),
)
@settings(max_examples=120, deadline=None)
def test_any_text_stays_in_its_place_whole_or_the_label_is_refused(
    name, lines, city, phone, layout, which, is_cod
):
    """Never over the edge, never over its neighbour, never a letter less."""
    face = FACES[which]
    content = label(
        name=name,
        lines=tuple(lines),
        city=city,
        phone=phone,
        layout=layout,
        cod=COD if is_cod else None,
    )
    drawing = draw(content, face)
    if isinstance(drawing, Problem):
        assert drawing.code in {"label_overflow", "script_not_printable"}
        return
    assert_in_order(drawing, face)
    printed = bare("".join(text.text for text in drawing.texts))
    for text in (name, *lines):
        assert bare(text) in printed


def bare(text):
    """Without the spaces at which lines break, and composed."""
    return tidy(text).replace(" ", "")


def texts(content, face=FACES[0]):
    """What stands on the label."""
    drawing = draw(content, face)
    assert isinstance(drawing, Drawing)
    return [text.text for text in drawing.texts]


def test_cash_is_named_only_where_it_is_due():
    """The amount is written as people here write it."""
    assert "\u20b91,25,499.50" in texts(label(cod=COD))
    assert "Rs 1,25,499.50" in texts(label(cod=COD), PrinterFace(203))
    assert "USD 20" in texts(label(cod=Cod("USD", "20")))
    assert "PREPAID" in texts(label())
    said = texts(label(is_prepaid=False))
    assert not {"PREPAID", "COLLECT CASH"} & set(said)


def test_a_reprint_says_so():
    """From the second copy on."""
    assert "copy 2" in texts(label(copy=2))
    assert not any("copy" in each for each in texts(label()))


def test_the_privacy_waybill_leads_to_its_code():
    """It says to scan, and its code is the larger one."""
    said = texts(privacy())
    assert {"Scan for", "delivery details", "A***", "XXXXXX0012"} <= set(said)
    large, small = (draw(each, FACES[0]).codes[1].width for each in (privacy(), label()))
    assert large > 1.5 * small


def test_a_missing_part_leaves_no_caption_behind():
    """No phone, no pincode, no order, no lines: what is withheld is not even named."""
    said = texts(label(phone=None, pincode=None, order=None, name=None, lines=()))
    assert not {"PHONE", "ORDER"} & set(said)
    assert not any(each.startswith("PIN") for each in said)


@pytest.mark.parametrize("layout", [label, privacy])
@pytest.mark.parametrize("face", FACES)
def test_a_virtual_number_says_what_to_key_in(layout, face):
    """On a line of its own: PIN is what India calls its postal codes, too."""
    drawing = draw(layout(phone="+918047100000, PIN 482913"), face)
    texts = [each.text for each in drawing.texts]
    assert "+918047100000" in texts
    assert "then key in 482913" in texts
    assert_in_order(drawing, face)


def test_another_country_is_named():
    """At home it is not."""
    assert "Bengaluru, Karnataka" in texts(label())
    assert "Lyon, France" in texts(label(city="Lyon", state=None, country="France"))


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"name": "W" * 900}, "/name"),
        ({"lines": ("Flat 1", "Palm Grove " * 120, "Near the tank")}, "/lines/1"),
        ({"city": "Thiruvananthapuram " * 60}, "/city"),
        ({"phone": "9" * 80}, "/phone"),
        ({"carrier": "Swiftline " * 40}, "/carrier"),
        ({"order": "T" * 900}, "/order"),
        ({"sender": Sender("K", ("Industrial Estate " * 30,))}, "/sender/lines/0"),
    ],
)
@pytest.mark.parametrize("face", FACES)
def test_too_much_is_refused_and_the_place_is_named(changed, pointer, face):
    """With what to do, and without the text."""
    problem = draw(label(**changed), face)
    assert isinstance(problem, Problem)
    assert (problem.code, problem.pointer) == ("label_overflow", pointer)
    assert problem.remedy
    assert "Palm" not in problem.detail


def test_a_script_without_a_font_is_refused_by_name():
    """And its place is told."""
    problem = draw(label(lines=("Flat 1", "અશોક રોડ")), FACES[0])
    assert (problem.code, problem.pointer) == ("script_not_printable", "/lines/1")
    assert "Gujarati" in problem.detail


@pytest.mark.parametrize("symbol", Symbol)
@pytest.mark.parametrize("face", FACES)
def test_either_symbol_carries_the_token(symbol, face):
    """QR or DataMatrix, whole dots to a module."""
    placed = draw(label(symbol=symbol), face).codes[1]
    assert placed.code.kind == symbol.value
    assert placed.width == placed.height == placed.code.module * placed.code.columns
