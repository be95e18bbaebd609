"""Fixtures of the warehouse's tests."""

import pytest


@pytest.fixture
def floor(db):
    """A brand's own warehouse: a station, a printer, two items with places."""
    from hops.wms.floor import Floor  # noqa: PLC0415 - models, which need Django set up

    return Floor.make()
