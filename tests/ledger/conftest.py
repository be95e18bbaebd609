"""Fixtures of the ledger's tests."""

import pytest

from ledger import sample


@pytest.fixture
def log(db):
    """A database with one log; its id."""
    sample.new_log()
    return sample.BRAND
