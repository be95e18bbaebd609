"""Handing out sheets: once, recorded first, and never lost without a trace."""

import pytest

from orderveil.hops.printing import jobs, reports
from scene import rows, together


@pytest.fixture
def floor(db):
    """A brand with a floor and a printer."""
    from printfloor import Floor  # noqa: PLC0415 - Django is set up by now

    return Floor.make()


def states(batch):
    """Each position's state."""
    return dict(
        rows(
            "SELECT position, state FROM printing_sheet WHERE batch_id = %s ORDER BY 1",
            [batch.batch_id],
        )
    )


def test_a_job_hands_out_what_waits(floor):
    """The printer gets each sheet once, drawn from what the gate gave, and then nothing."""
    batch = floor.begin(floor.parcels(3))
    handed = jobs.lease(floor.printer, now=floor.scene.now)
    assert [each.positions for each in handed.documents] == [(1,), (2,), (3,)]
    assert states(batch) == {1: "handed", 2: "handed", 3: "handed"}
    assert jobs.lease(floor.printer, now=floor.scene.now) is None
