"""Fixtures of the partners' tests."""

import pytest

import database


@pytest.fixture
def brand(db):
    """A brand in a database of its own; what this process knows of its law goes with it."""
    from orderveil.gate import law  # noqa: PLC0415 - needs Django set up
    from partners import sample  # noqa: PLC0415 - likewise

    database.on_leave(law.forget)
    return sample.new_brand()


@pytest.fixture
def partner(brand):
    """A courier of that brand."""
    from partners import sample  # noqa: PLC0415 - needs Django set up

    return sample.new_partner(brand)


@pytest.fixture
def desk(db):
    """A brand with people, and seats on the hops whose parcels are assigned."""
    from desk import Desk  # noqa: PLC0415 - models, which need Django set up

    return Desk.make()
