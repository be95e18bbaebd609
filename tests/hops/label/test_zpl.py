"""What goes to a label printer: only our commands, whatever a buyer is called."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from hops.label.printer import UnknownCommandError, printed, unpacked
from hops.label.samples import AT, COD, SCRIPTS, in_script, label, privacy
from orderveil.hops.label.batch import render
from orderveil.hops.label.content import Dpi, tidy
from orderveil.hops.label.graphics import decode, encode, field
from orderveil.hops.label.setting import Picture
from orderveil.hops.label.zpl import escaped
from orderveil.hops.printing.kinds import PrintForm

OURS = {
    "XA",
    "CI",
    "LH",
    "PW",
    "LL",
    "FO",
    "GB",
    "FS",
    "GF",
    "FR",
    "AD",
    "AF",
    "FH",
    "FD",
    "PQ",
    "XZ",
}
NASTY = st.text(
    st.one_of(
        st.sampled_from("^~_\\{}%,:;!|\"'`$#@<>\n\t\x00\x1b"), st.characters(codec="latin-1")
    ),
    max_size=40,
)


def sheets(*contents, dpi=Dpi.D203):
    """Printed labels."""
    (made,) = render(contents, PrintForm.ZPL, dpi, at=AT)
    assert not made.problems
    return printed(made.document)


@given(st.lists(st.tuples(NASTY, NASTY, NASTY), min_size=1, max_size=12))
@settings(max_examples=25, deadline=None)
def test_no_name_becomes_a_command(people):
    """As many labels come out as were made, of our commands, with the texts as they are."""
    contents = [label(name=name, lines=(line,), order=order) for name, line, order in people]
    (made,) = render(contents, PrintForm.ZPL, Dpi.D203, at=AT)
    assert {each.code for each in made.problems.values()} <= {"script_not_printable"}
    for position, sheet in zip(made.positions, printed(made.document), strict=True):
        assert set(sheet.commands) <= OURS
        assert sheet.commands.count("XA") == sheet.commands.count("XZ") == 1
        assert sheet.commands.count("PQ") == 1
        written = "".join(text for *_, text in sheet.texts).replace(" ", "")
        for text in map(tidy, people[position]):
            assert not text.isascii() or text.replace(" ", "") in written


@pytest.mark.parametrize("sign", ["^XA", "~JA", "^FS^XZ", "_5E", "\\&", "^XGR:X.GRF", "~DGR:X"])
def test_commands_in_a_name_are_printed_as_they_stand(sign):
    """A caret is written by its number."""
    (sheet,) = sheets(label(name=f"Asha {sign}"))
    assert f"Asha {sign}" in {text for *_, text in sheet.texts}
    assert not set("^~\\") & set(escaped(sign))


@pytest.mark.parametrize("dpi", Dpi)
@pytest.mark.parametrize("content", [label(), label(cod=COD, copy=2), privacy()])
def test_ascii_is_written_by_the_printer_and_only_codes_are_pictures(content, dpi):
    """Two graphics, the codes; every text in a font that all printers have."""
    (sheet,) = sheets(content, dpi=dpi)
    assert sheet.image.size == (4 * dpi, 6 * dpi)
    assert len(sheet.graphics) == 2
    assert {font for *_, (font, _, _), _ in sheet.texts} <= {"D", "F"}


@pytest.mark.parametrize("script", SCRIPTS)
def test_other_scripts_are_pictures_of_lines(script):
    """Name, address line and place; each with ink in it."""
    (sheet,) = sheets(in_script(script))
    assert len(sheet.graphics) == 2 + 3
    for _, _, picture in sheet.graphics:
        assert Image.eval(picture.convert("L"), lambda v: 255 - v).getbbox()


def test_cash_is_white_on_black():
    """Reversed, and so are no other texts."""
    (sheet,) = sheets(label(cod=COD))
    assert sheet.commands.count("FR") == 2
    assert "Rs 1,25,499.50" in {text for *_, text in sheet.texts}


def test_nothing_stays_in_the_printer():
    """No stored format, graphic or font; each label for itself."""
    (made,) = render([label(), in_script("Tamil")], PrintForm.ZPL, Dpi.D203, at=AT)
    assert len(printed(made.document)) == len(made.labels) == 2
    for stored in (b"^DF", b"~DG", b"~DY", b"^IS", b"^XF", b"~DU", b"^JU", b"^SX"):
        assert stored not in made.document


@given(
    width=st.integers(1, 900),
    rows=st.lists(st.integers(0, 6), min_size=1, max_size=12),
    seed=st.randoms(use_true_random=False),
)
def test_an_independent_reader_unpacks_what_we_pack(width, rows, seed):
    """Runs, fills and repeated rows come out bit for bit, in the printer and in our check."""
    per_row = (width + 7) // 8
    kinds = {
        0: lambda: bytes(per_row),
        1: lambda: b"\xff" * per_row,
        2: lambda: seed.randbytes(per_row),
        3: lambda: seed.randbytes(1) * per_row,
        4: lambda: b"\xf0" + bytes(per_row - 1),
        5: lambda: b"\x0f" * (per_row // 2) + b"\xff" * (per_row - per_row // 2),
        6: lambda: seed.choice([b"\x00\xff", b"\x0f\xf0"])[:1] * per_row,
    }
    bits = b"".join(kinds[kind]() for kind in rows)
    picture = Picture(width, len(rows), bits)
    assert unpacked(encode(picture), len(bits), per_row) == bits
    assert decode(encode(picture), len(bits), per_row) == bits
    assert field(picture).startswith(f"^GFA,{len(bits)},{len(bits)},{per_row},")


@pytest.mark.parametrize("stream", [b"^XA^FO1,1^XZ", b"~JA", b"^XA^XZ^ZZ", b"abc", b"^XA^DFR:X^XZ"])
def test_the_tests_printer_refuses_what_it_does_not_know(stream):
    """Otherwise it would prove nothing."""
    if stream == b"^XA^FO1,1^XZ":
        assert len(printed(stream)) == 1
        return
    with pytest.raises(UnknownCommandError):
        printed(stream)
