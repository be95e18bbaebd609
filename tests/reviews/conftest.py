"""Fixtures of the reviews' tests."""

import pytest


@pytest.fixture
def desk(db):
    """A brand with people of its own."""
    from desk import Desk  # noqa: PLC0415 - models, which need Django set up

    return Desk.make()
