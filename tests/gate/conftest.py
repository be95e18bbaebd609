"""Fixtures of the gate's tests."""

import pytest


@pytest.fixture
def scene(db):
    """A brand with a channel, partners and an open road."""
    from scene import Scene  # noqa: PLC0415 - models, which need Django set up

    return Scene.make()


@pytest.fixture
def desk(db):
    """A brand with people and a courier, whose scene's clock is now."""
    from desk import Desk  # noqa: PLC0415

    return Desk.make()
