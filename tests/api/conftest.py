"""Fixtures of the machine API's tests."""

import pytest


@pytest.fixture
def doors(db):
    """A brand whose shop is on Shopify."""
    return _made("shopify")


@pytest.fixture
def own_doors(db):
    """A brand whose shop sends the project's own format."""
    return _made("orderveil")


def _made(format_):
    # Imported here: this file is read before Django is set up.
    from doors import Doors  # noqa: PLC0415

    return Doors.make(format_=format_)
