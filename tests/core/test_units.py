import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderveil.core.units import without_unit


@pytest.mark.parametrize(
    ("line", "rest"),
    [
        ("Flat 7-B, Neelkurinji Residency", "Neelkurinji Residency"),
        ("Flat B Rose Villa", "Rose Villa"),
        ("H.No 12, Sector 21", "Sector 21"),
        ("#45 Jacaranda Road", "Jacaranda Road"),
        ("A-204, Tower C, Marigold Heights", "Tower C, Marigold Heights"),
        ("3rd Floor, Clock House", "Clock House"),
        ("12/4, 3rd Cross, 14th Main", "3rd Cross, 14th Main"),
        ("Main Road Flat 12", "Main Road"),
        ("फ्लैट १२, गुलमोहर सोसायटी", "गुलमोहर सोसायटी"),
        ("\uff26\uff4c\uff41\uff54 \uff11\uff12, Rose Court", "Rose Court"),
        ("15", ""),
    ],
)
def test_the_unit_goes(line, rest):
    """Flat, door and floor are gone, whatever script they are written in."""
    assert without_unit(line) == rest


@pytest.mark.parametrize(
    "line",
    ["Sector-21", "Road No. 12", "NH 48, Km 12", "3rd Cross", "House of Books", "Gate House Lane"],
)
def test_the_way_there_stays(line):
    """Numbers of streets and sectors are no unit, and neither is a building's name."""
    assert without_unit(line) == line


@given(st.text("AbF1२-/#., ", max_size=30))
def test_a_number_stays_only_with_its_place(line):
    """Where no word names a part of the town, no digit is left."""
    assert not any(char.isdigit() for char in without_unit(line))


@given(st.text(max_size=60))
def test_nothing_is_added(line):
    """What is left was there."""
    assert set(without_unit(line)) <= {*line, ",", " "}
