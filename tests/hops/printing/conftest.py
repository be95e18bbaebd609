"""Fixtures of printing: a floor with a printer, and a press that really draws."""

import pytest


@pytest.fixture
def presses(db):
    """The journey's presses, back in their place afterwards."""
    # Imported here: this file is read before Django is set up.
    from orderveil.hops import journey  # noqa: PLC0415
    from orderveil.hops.printing import presses  # noqa: PLC0415

    yield presses
    presses.fill(journey.PRESSES)


@pytest.fixture
def floor(presses):
    """A brand with a floor and a printer, of this moment: the doors' clock is the real one."""
    from orderveil.core.clocks import utc_now  # noqa: PLC0415
    from printfloor import Floor  # noqa: PLC0415

    return Floor.make(now=utc_now())
