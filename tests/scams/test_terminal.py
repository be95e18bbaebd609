"""The picture in a terminal."""

import io

import pytest
from rich.cells import cell_len
from rich.console import Console

from orderveil.core.fields import Field
from orderveil.core.hops import Hop
from orderveil.core.scam_needs import TITLE_OF
from orderveil.scams.picture import TITLES
from orderveil.scams.terminal import render
from scams.sample_views import picture, problem


class _Stream(io.StringIO):
    def __init__(self, encoding):
        super().__init__()
        self._encoding = encoding

    @property
    def encoding(self):
        return self._encoding


def drawn(shown, *, width=120, encoding="utf-8", **more):
    stream = _Stream(encoding)
    console = Console(file=stream, width=width, **{"no_color": True, "_environ": {}} | more)
    render(shown, console)
    return stream.getvalue()


def line(text, start):
    return next(one for one in text.splitlines() if one.startswith(start))


@pytest.mark.parametrize("width", [80, 120, 200])
def test_it_fits_the_width_and_names_everything(width):
    """No line is too long, and every hop, field and scam is there at every width."""
    shown = picture()
    text = drawn(shown, width=width)
    assert max(cell_len(one) for one in text.splitlines()) <= width
    assert all(title in text for title in TITLES.values())
    assert all(title in text for title in TITLE_OF.values())
    assert all(f"\n{row.field.value} " in text for row in shown.rows)
    assert shown.headline in text


@pytest.mark.parametrize(("width", "panels"), [(80, 3), (120, 2), (200, 1)])
def test_hops_that_do_not_fit_stand_in_panels_below(width, panels):
    """A field's row appears once in each panel."""
    rows = [one for one in drawn(picture(), width=width).splitlines() if one.startswith("phone ")]
    assert len(rows) == panels


def test_a_cell_is_what_the_hop_got_or_why_not():
    """Whole bare, virtual with its letter, absent a point, refused a cross."""
    text = drawn(picture(), width=240)
    phone = line(text, "phone ")
    assert "V +918000000042" in phone
    assert "+919000000001" not in text
    assert "✕" in phone
    assert "Asha Verma" in line(text, "name ")
    assert line(text, "ip ").split()[1:] == ["·", "·", "✕"] + ["·"] * 8


def test_the_dots_say_their_level_in_a_word():
    """Today and now stand under each column."""
    text = drawn(picture(), width=240)
    assert line(text, "held today").split()[2:6] == ["○", "none", "●", "all"]
    assert line(text, "holds now").split()[2:6] == ["○", "none", "◑", "some"]


def test_the_lights_are_marks_not_colours():
    """Brushing now: three hops lit, eight not, and the sum; all without colour."""
    now = drawn(picture(), width=80).split("now (balanced@1)")[1]
    brushing = line(now, "Brushing")
    assert brushing.count("●") == 3
    assert brushing.count("·") == 8
    assert brushing.split()[-1] == "3"


def test_a_refusal_is_told_under_the_table():
    """The column is crossed out, and its sentence stands in the legend."""
    text = drawn(picture(answers={Hop.COURIER: problem()}), width=240)
    assert "✕ Courier: The parcel is delivered" in text
    assert "packed: refused" in text


def test_the_ledger_and_its_verdict_are_printed():
    """Every entry by number and hop; verified or not in words."""
    text = drawn(picture())
    assert "40 " in text
    assert "00000111" in text
    assert "✓ verified: All 12 entries" in text
    assert "✗ NOT VERIFIED: No." in drawn(picture(verified=False, sentence="No."))


def test_markup_and_escape_sequences_in_values_are_inert():
    """A name can neither colour the terminal, move its cursor, nor turn its text around."""
    name = "[bold]A[/bold]\x1b[2J\u202e<b>\r\n"
    text = drawn(picture(whole={Field.NAME: name}), width=240, force_terminal=True)
    assert "\x1b[2J" not in text
    assert "\u202e" not in text
    assert "[bold]A" in text


def test_a_dumb_ascii_terminal_gets_ascii():
    """Nothing that the stream can't encode is printed, values included."""
    shown = picture(whole={Field.NAME: "आशा वर्मा"})
    text = drawn(shown, width=80, encoding="ascii", _environ={"TERM": "dumb"})
    assert text.isascii()
    assert "2/4 some" in text
    assert "ok verified" in text


def test_wide_letters_do_not_break_the_table():
    """Columns are measured in cells of the terminal, not in characters."""
    text = drawn(picture(whole={Field.NAME: "山田太郎" * 6, Field.LINE1: "प्रकाश मार्ग"}), width=120)
    assert max(cell_len(one) for one in text.splitlines()) <= 120
