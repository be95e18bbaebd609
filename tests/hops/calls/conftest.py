"""Fixtures: a brand whose pool number is answered over real HTTP."""

import pytest


@pytest.fixture
def telephone(db, monkeypatch):
    """A brand with a pool, a care number, a parcel on its way, and the machine door on a socket."""
    from django.conf import settings  # noqa: PLC0415 - once Django is set up

    from hops.calls.telephone import Telephone  # noqa: PLC0415
    from wireserver import serving  # noqa: PLC0415

    monkeypatch.setattr(settings, "WEBHOOK_PRIVATE", True)
    with serving() as url:
        monkeypatch.setattr(settings, "URL", url)
        yield Telephone.make(url)
