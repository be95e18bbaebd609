"""Lines set together stand where they would stand alone."""

import pytest
from PIL import ImageChops

from hops.label.samples import AT, COD, SCRIPTS, in_script, label, privacy
from orderveil.hops.label import setting
from orderveil.hops.label.drawing import Lines, Text
from orderveil.hops.label.faces import SetFace
from orderveil.hops.label.layouts import draw
from orderveil.hops.printing import paper

LONG = (
    "Survey Number 114/2B, Old Mahabalipuram Road Service Lane, Opposite to the School Playground"
)


@pytest.mark.parametrize(
    "content",
    [label(lines=(LONG, "Flat 2", LONG)), label(cod=COD), *map(in_script, SCRIPTS), privacy()],
)
def test_setting_lines_together_changes_no_dot(monkeypatch, content):
    """It is faster, and nothing else."""
    drawing = draw(content, SetFace(203))

    def drawn():
        return paper.drawn(setting.as_pdf([drawing], 203, at=AT), [0], 203)[0]

    together = drawn()
    monkeypatch.setattr(setting, "_joined", list)
    assert ImageChops.difference(together, drawn()).getbbox() is None


def line(y, text="x", **changed):
    """A line at the left."""
    told = {"x": 10, "y": y, "points": 10.0, "weight": 400, "is_white": False, "is_rtl": False}
    return Text(**(told | changed), text=text)


def test_only_even_lines_of_one_kind_are_set_together():
    """Another column, size, weight, colour, direction or distance stands alone."""
    even = [line(10, "a"), line(30, "b"), line(50, "c")]
    assert list(setting._joined(even)) == [Lines(10, 10, 10.0, 400, False, 20, "a\nb\nc")]
    for other in (
        *(line(31), line(5), line(30, x=11), line(30, points=9.0), line(30, weight=700)),
        *(line(30, is_white=True), line(30, is_rtl=True)),
    ):
        three = [line(-10), line(10), other]
        told = list(setting._joined(three))
        assert told[0] == Lines(10, -10, 10.0, 400, False, 20, "x\nx"), other
        assert told[1:] == [other]
