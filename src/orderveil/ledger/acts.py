"""Acts: everything but a disclosure that is worth proving later.

Rules kept here:
- an act is written in the caller's transaction, with the thing it is about: both or neither;
- an act that changes what is lawful bumps the log's `rev`, so that a disclosure decided under
  the old law finds it changed and is decided again;
- the subject and the detail hold ids, counts, digests and words of ours, never personal data.
"""

import getpass
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction

from orderveil.core.actors import Actor
from orderveil.core.errors import OrderveilError
from orderveil.core.merkle import leaf_hash
from orderveil.core.notes import is_name
from orderveil.ledger.act_kinds import ActKind
from orderveil.ledger.entries import ActEntry, Entry, Who, encode, new_id, new_salt
from orderveil.ledger.rows import Rows, make_rows

__all__ = [
    "ActKind",
    "Detail",
    "Prepared",
    "Who",
    "by",
    "create_log",
    "machine",
    "prepare",
    "prepare_bulk",
    "record",
    "record_bulk",
    "seal_entry",
]

Detail = Mapping[str, str | int | bool | None]


class Prepared(NamedTuple):
    """An entry ready to be inserted: its id, its bytes, its leaf hash."""

    entry_id: UUID
    entry: bytes
    leaf: bytes


def seal_entry(entry: Entry) -> Prepared:
    """The entry's id, bytes and leaf. After this nothing about it can change."""
    raw = encode(entry)
    return Prepared(entry.id, raw, leaf_hash(raw))


def prepare(
    log_id: int,
    kind: ActKind,
    *,
    now: datetime,
    who: Who,
    subject: str = "",
    detail: Detail | None = None,
    order_id: bytes | None = None,
    rows: Rows | None = None,
) -> Prepared:
    """An act's entry, inserted nowhere: for callers that insert many in one round trip.

    Whoever inserts it owes three things: the entry (into `ledger_record` if it has an order, else
    into `ledger_entry`), its row in `ledger_pending`, and, if `kind.changes_law`, the bump.
    """
    return seal_entry(
        ActEntry(
            kind=kind,
            id=new_id(now),
            log=log_id,
            at=now,
            who=who,
            subject=subject,
            order=order_id.hex() if order_id else None,
            rows=len(rows.rows) if rows else 0,
            rows_root=rows.root if rows else None,
            detail=dict(detail or {}),
            salt=new_salt(),
        )
    )


def prepare_bulk(
    log_id: int,
    kind: ActKind,
    orders: Sequence[tuple[bytes, int]],
    *,
    now: datetime,
    who: Who,
    detail: Detail | None = None,
) -> tuple[Prepared, Rows]:
    """One act on many (order_id, parcel_no): its head for `ledger_entry`, its rows for COPY.

    The columns of a row in `ledger_record`: order_id, at, entry_id, parcel_no, log_id, kind,
    position, salt.
    """
    rows = make_rows(orders)
    return prepare(log_id, kind, now=now, who=who, detail=detail, rows=rows), rows


def record(
    log_id: int,
    kind: ActKind,
    *,
    now: datetime,
    who: Who,
    subject: str = "",
    detail: Detail | None = None,
    order_id: bytes | None = None,
) -> UUID:
    """Writes an act in the caller's transaction; returns the entry's id.

    Raises OrderveilError if the log does not exist.
    """
    made = prepare(
        log_id, kind, now=now, who=who, subject=subject, detail=detail, order_id=order_id
    )
    by = [who.person, who.partner]
    with _together(), connection.cursor() as cursor:
        if order_id is None:
            cursor.execute(
                "INSERT INTO ledger_entry"
                " (entry_id, log_id, at, kind, subject, person, by_partner, entry)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
                [made.entry_id, log_id, now, kind.value, subject, *by, made.entry],
            )
        else:
            cursor.execute(
                "INSERT INTO ledger_record"
                " (order_id, at, entry_id, log_id, kind, person, by_partner, entry)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
                [order_id, now, made.entry_id, log_id, kind.value, *by, made.entry],
            )
        _queue(cursor, log_id, made, now, order_id)
        _bump(cursor, log_id, kind)
    return made.entry_id


def record_bulk(
    log_id: int,
    kind: ActKind,
    orders: Sequence[tuple[bytes, int]],
    *,
    now: datetime,
    who: Who,
    detail: Detail | None = None,
) -> UUID:
    """Writes one act on many orders in the caller's transaction; returns the entry's id."""
    made, rows = prepare_bulk(log_id, kind, orders, now=now, who=who, detail=detail)
    with _together(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_entry (entry_id, log_id, at, kind, person, by_partner, entry)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [made.entry_id, log_id, now, kind.value, who.person, who.partner, made.entry],
        )
        with cursor.copy(
            "COPY ledger_record (order_id, at, entry_id, parcel_no, log_id, kind, position, salt)"
            " FROM STDIN"
        ) as copy:
            for position, row in enumerate(rows.rows):
                copy.write_row(
                    [
                        row.order_id,
                        now,
                        made.entry_id,
                        row.parcel_no,
                        log_id,
                        kind.value,
                        position,
                        row.salt,
                    ]
                )
        _queue(cursor, log_id, made, now, None)
        _bump(cursor, log_id, kind)
    return made.entry_id


def by(actor: Actor) -> Who:
    """A person at the desk, by their pseudonym."""
    return Who(person=actor.person)


def machine() -> Who:
    """Whoever runs a command on this machine, by the name of their account."""
    return Who(person=f"machine:{getpass.getuser()}")


def create_log(log_id: int, origin: str, now: datetime) -> None:
    """A new log in the caller's transaction. Does nothing if it exists with this origin.

    `origin` names the log in its checkpoints ("shop.example/ledger"): no spaces, no plus.
    Raises OrderveilError if it is not such a name, or the log has another one.
    """
    if not is_name(origin):
        msg = "a log's origin has no spaces, no plus and no control characters"
        raise OrderveilError(msg, remedy="Take a host name and a path, without the scheme.")
    with _together(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_log (log_id, origin, created_at) VALUES (%s, %s, %s)"
            " ON CONFLICT (log_id) DO NOTHING",
            [log_id, origin, now],
        )
        cursor.execute(
            "INSERT INTO ledger_law (log_id) VALUES (%s) ON CONFLICT (log_id) DO NOTHING",
            [log_id],
        )
        cursor.execute("SELECT origin FROM ledger_log WHERE log_id = %s", [log_id])
        if cursor.fetchone() != (origin,):
            msg = f"log {log_id} has another origin"
            raise OrderveilError(msg, remedy="A log keeps its first origin for good.")


def _together() -> AbstractContextManager[None]:
    """The caller's transaction; one of our own if there is none. Never half an act."""
    return transaction.atomic(savepoint=False)


def _queue(cursor: Any, log_id: int, made: Prepared, now: datetime, order: bytes | None) -> None:
    cursor.execute(
        "INSERT INTO ledger_pending (log_id, entry_id, leaf, order_id, at)"
        " SELECT log_id, %s, %s, %s, %s FROM ledger_log WHERE log_id = %s",
        [made.entry_id, made.leaf, order, now, log_id],
    )
    _must_exist(cursor, log_id)


def _bump(cursor: Any, log_id: int, kind: ActKind) -> None:
    if kind.changes_law:
        cursor.execute("UPDATE ledger_law SET rev = rev + 1 WHERE log_id = %s", [log_id])
        _must_exist(cursor, log_id)


def _must_exist(cursor: Any, log_id: int) -> None:
    if cursor.rowcount != 1:
        msg = f"log {log_id} does not exist"
        raise OrderveilError(msg, remedy="Create it first (acts.create_log).")
