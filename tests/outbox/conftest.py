"""Fixtures of the outbox's tests."""

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

import database
from orderveil.keyring import secrets
from outbox.partner import serving

database.on_leave(secrets.forget)


@pytest.fixture
def django_statements():
    """A context that lists the statements sent on Django's connection."""
    return lambda: CaptureQueriesContext(connection)


@pytest.fixture
def server():
    """A partner's https server on this machine."""
    with serving() as running:
        yield running


@pytest.fixture
def inside(settings_private):
    """A partner's plain http server, in an installation that allows those."""
    with serving(tls=False) as running:
        yield running


@pytest.fixture
def settings_private(monkeypatch):
    """An installation whose partners are inside."""
    monkeypatch.setattr(settings, "WEBHOOK_PRIVATE", True)
