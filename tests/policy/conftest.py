"""Fixtures of the policy's tests."""

import pytest


@pytest.fixture
def desk(db):
    """A brand with people; `balanced` is in force as version 1."""
    from desk import Desk  # noqa: PLC0415 - models, which need Django set up

    return Desk.make()
