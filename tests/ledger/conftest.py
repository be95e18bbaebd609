"""Fixtures of the ledger's tests."""

import pytest

from ledger import sample


@pytest.fixture
def log(db):
    """A database with one log; its id."""
    sample.new_log()
    return sample.BRAND


@pytest.fixture
def desk(db):
    """A brand with people."""
    from desk import Desk  # noqa: PLC0415 - models, which need Django set up

    return Desk.make()


@pytest.fixture
def order(desk):
    """An order that wms was shown, and whose phone a person of support was."""
    from ledger.shown import shown_order  # noqa: PLC0415 - likewise

    return shown_order(desk)
