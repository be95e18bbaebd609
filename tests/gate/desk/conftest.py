"""Fixtures of the desk's tests."""

import pytest

from orderveil.core.hops import Hop


@pytest.fixture
def centre(desk):
    """The seat of an outsourced centre."""
    return desk.scene.new_seat(Hop.SUPPORT, "centre")
