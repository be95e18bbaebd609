"""Fixtures: a brand whose mail goes through our door and leaves by its server."""

import pytest


@pytest.fixture
def post(db):
    """A brand with an alias for a parcel on its way, the SMTP door, and the brand's server."""
    from hops.mail.post import posting  # noqa: PLC0415 - once Django is set up

    with posting() as made:
        yield made
