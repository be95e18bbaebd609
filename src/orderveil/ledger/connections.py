"""Connections of the ledger's own, beside Django's.

Rules kept here:
- the sequencer has a connection of its own, because it works while no request is under way;
- a connection that stops in the middle of a transaction is ended by the server after
  `IDLE_LIMIT_MS`, so a frozen node can't keep the tree from the others.
"""

from typing import Any

import psycopg
from django.db import connection as django_connection

SEQUENCER = "orderveil_sequencer"
IDLE_LIMIT_MS = 4_000
_NOT_LIBPQ = frozenset(
    {"pool", "prepare_threshold", "server_side_binding", "isolation_level", "assume_role"}
)


def connect(role: str | None = None) -> psycopg.Connection[tuple[Any, ...]]:
    """A new connection to Django's database, autocommit; `role` None is the owner of the tables."""
    settings = django_connection.settings_dict
    extra = {name: value for name, value in settings["OPTIONS"].items() if name not in _NOT_LIBPQ}
    options = [f"-c idle_in_transaction_session_timeout={IDLE_LIMIT_MS}"]
    if role:
        options.append(f"-c role={role}")
    target = {
        "dbname": settings["NAME"],
        "user": settings["USER"],
        "password": settings["PASSWORD"],
        "host": settings["HOST"],
        "port": settings["PORT"],
        "application_name": role,
    }
    wanted = {name: value for name, value in target.items() if value}
    return psycopg.connect(**{**extra, **wanted, "options": " ".join(options)}, autocommit=True)
