"""The first migration: the roles and rights every later one counts on."""

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction
from django.db.migrations.loader import MigrationLoader

FIRST = ("keyring", "0001_initial")


def as_role(role, text):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {role}")
        cursor.execute(text)


def test_every_app_of_ours_comes_after_it(db):
    """Tables are made after the default rights are set, so none is born closed."""
    graph = MigrationLoader(connection).graph
    ours = {app.label for app in apps.get_app_configs() if app.name.startswith("orderveil.")}
    nodes = [node for node in graph.nodes if node[0] in ours]
    assert FIRST in nodes
    assert [node for node in nodes if FIRST not in graph.forwards_plan(node)] == []


def test_the_application_may_use_tables_made_later(db):
    """A new table is open to the application's role and closed to the sequencer's."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE later (id bigserial PRIMARY KEY, n int)")
    as_role("orderveil_app", "INSERT INTO later (n) VALUES (1)")
    with pytest.raises(ProgrammingError):
        as_role("orderveil_sequencer", "SELECT * FROM later")


def test_the_sequencer_reads_secrets_and_writes_none(db):
    """It signs checkpoints; it may neither store keys nor see epochs."""
    as_role("orderveil_sequencer", "SELECT * FROM keyring_secret")
    for forbidden in ("DELETE FROM keyring_secret", "SELECT * FROM keyring_epoch"):
        with pytest.raises(ProgrammingError):
            as_role("orderveil_sequencer", forbidden)


def test_models_and_migrations_agree(db):
    """Nothing in the models waits for a migration."""
    call_command("makemigrations", "keyring", check=True, dry_run=True, verbosity=0)
