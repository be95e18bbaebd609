"""Fixtures of the ledger's tests."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ledger import sample


@pytest.fixture
def log(db):
    """A database with one log; its id."""
    sample.new_log()
    return sample.BRAND


@pytest.fixture
def django_queries():
    """A context manager that counts the statements on Django's connection."""
    return lambda: CaptureQueriesContext(connection)
