"""Fixtures: a brand, and a real inventory system on this machine."""

import pytest


@pytest.fixture
def system(monkeypatch):
    """An inventory system: a web server on this machine, which this installation may reach."""
    from django.conf import settings  # noqa: PLC0415 - once Django is set up

    from outbox.partner import serving  # noqa: PLC0415

    monkeypatch.setattr(settings, "WEBHOOK_PRIVATE", True)
    with serving(tls=False) as running:
        yield running


@pytest.fixture
def ims(own_doors, system):
    """The doors of a brand whose inventory system is connected."""
    from hops.ims.inventory import Inventory  # noqa: PLC0415

    return Inventory.make(own_doors, system)
