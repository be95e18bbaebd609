"""Fixtures of the alerts' tests."""

import pytest


@pytest.fixture
def desk(db):
    """A brand with people, at NOW."""
    from incidents.watch import make_desk  # noqa: PLC0415 - models, which need Django set up

    return make_desk()
