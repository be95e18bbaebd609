"""The first migration: the roles and rights every later one counts on."""

from importlib import import_module

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction
from django.db.migrations.loader import MigrationLoader

import database
from orderveil.cli.postgres import as_owner

pytestmark = pytest.mark.usefixtures("owner")
FIRST = ("keyring", "0001_initial")


@pytest.fixture
def owner(db):
    """Django's connections are the owner's, as in a migration."""
    with as_owner():
        yield


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


def test_another_postgresql_gets_the_roles_from_an_owner_who_may_create_them(db):
    """An owner with CREATEROLE and no more makes the roles, twice over, and can take them."""
    text = import_module("orderveil.keyring.migrations.0001_initial").ROLES
    text = text.replace("orderveil_", f"{db}_")
    with database.server().connect() as admin:
        admin.execute(f"CREATE ROLE {db}_owner CREATEROLE")
        admin.execute(f"CREATE DATABASE {db}_other OWNER {db}_owner")
    try:
        with database.server().connect(f"{db}_other") as link:
            link.execute(f"SET SESSION AUTHORIZATION {db}_owner")
            link.execute(text)
            link.execute(text)
            link.execute("CREATE TABLE later (n int)")
            link.execute(f"SET ROLE {db}_app")
            assert link.execute("SELECT current_user").fetchone() == (f"{db}_app",)
            assert link.execute("INSERT INTO later VALUES (1)").rowcount == 1
    finally:
        with database.server().connect() as admin:
            admin.execute(f"DROP DATABASE {db}_other")
            admin.execute(f"DROP ROLE IF EXISTS {db}_app, {db}_sequencer, {db}_owner")
