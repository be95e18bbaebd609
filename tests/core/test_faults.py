"""Where an exception came from, without what it says."""

from orderveil.core.faults import place_of


def _raise(depth):
    if depth:
        _raise(depth - 1)
    raise ValueError("+91 90000 00001")


def test_the_place_is_the_innermost_line():
    """This file and the line that raised, however deep; nothing of the message."""
    try:
        _raise(3)
    except ValueError as error:
        place = place_of(error)
    file, _, line = place.rpartition(":")
    assert file == __file__
    assert int(line) == _raise.__code__.co_firstlineno + 3
    assert "90000" not in place


def test_what_was_never_raised_has_none():
    """It is said so."""
    assert place_of(ValueError()) == "?"
