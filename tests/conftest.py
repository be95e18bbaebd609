"""Fixtures for every test: a home of its own for the process, and `db`, a fresh database."""

import random

import hypothesis
import psycopg_pool.base
import pytest

import database


def pytest_configure(config):
    """Django is set up before anything is collected, because models are imported then."""
    database.point_django_here()
    # A busy machine is no defect: no test is judged by the time it takes.
    # The same examples every time, so that a red run means a changed fact.
    hypothesis.settings.register_profile(
        "house",
        deadline=None,
        derandomize=True,
        suppress_health_check=[
            hypothesis.HealthCheck.too_slow,
            hypothesis.HealthCheck.filter_too_much,
        ],
    )
    hypothesis.settings.load_profile("house")
    # A pool's threads draw their jitter at any time; from the shared generator, Hypothesis would
    # take it for a draw of the strategy at work and fail the test.
    psycopg_pool.base.random = random.Random().random


def pytest_unconfigure(config):
    """The cluster goes with the run."""
    database.shut_down()


@pytest.fixture
def db():
    """A migrated database of the test's own; its name. Transactions really commit."""
    with database.fresh_database() as name:
        yield name
