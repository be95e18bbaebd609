"""The sequencer: gives every committed entry one place in its log's tree, and signs for it.

Rules kept here:
- one writer per log: the tree head's row, held FOR UPDATE. A node that dies lets go of it at
  once, a frozen one after `connections.IDLE_LIMIT_MS`; then any other node goes on;
- work is taken from `ledger_pending` by deleting it, never as "ids above a cursor": an id drawn
  early by a transaction that commits late is found whenever it comes;
- indexes, leaves, tiles and head change in one transaction; a checkpoint is signed in a second
  one, of the head as committed. If a crash comes between, the next round publishes it.
"""

import logging
from datetime import datetime
from threading import Event
from typing import Any

import psycopg
from django.db import Error as DjangoError
from django.db import connection as django_connection
from psycopg import Connection

from orderveil.core import tiles
from orderveil.core.clocks import utc_now
from orderveil.core.errors import OrderveilError
from orderveil.core.merkle import EMPTY_ROOT
from orderveil.ledger import checkpoints
from orderveil.ledger.connections import SEQUENCER, connect
from orderveil.ledger.store import TILES

BATCH = 10_000
IDLE_SECONDS = 0.25
RETRY_SECONDS = 1.0

logger = logging.getLogger(__name__)
Link = Connection[tuple[Any, ...]]

_TAKE = """
WITH taken AS (
    DELETE FROM ledger_pending WHERE id IN (
        SELECT id FROM ledger_pending WHERE log_id = %(log)s ORDER BY id LIMIT %(batch)s)
    RETURNING id, entry_id, leaf, order_id, at
), numbered AS (
    SELECT *, %(size)s + row_number() OVER (ORDER BY id) - 1 AS index FROM taken
), placed AS (
    INSERT INTO ledger_leaf (entry_id, log_id, index, order_id, at)
    SELECT entry_id, %(log)s, index, order_id, at FROM numbered
)
SELECT count(*), string_agg(leaf, ''::bytea ORDER BY index) FROM numbered
"""
_STORE = """
INSERT INTO ledger_tile (log_id, level, n, hashes)
SELECT %s, * FROM unnest(%s::smallint[], %s::bigint[], %s::bytea[])
ON CONFLICT (log_id, level, n) DO UPDATE SET hashes = excluded.hashes
"""
_WITH_WORK = """
SELECT log_id FROM ledger_log AS log
 WHERE EXISTS (SELECT FROM ledger_pending WHERE log_id = log.log_id)
    OR NOT EXISTS (SELECT FROM ledger_head AS head
                    WHERE head.log_id = log.log_id AND head.published_size = head.size)
 ORDER BY log_id
"""


def sequence(link: Link, log_id: int, now: datetime, *, seed: bytes, wait: bool = True) -> int:
    """Places up to `BATCH` pending entries of a log and publishes its checkpoint.

    `link` is an autocommit connection as `orderveil_sequencer`; `seed` is the signing key. With
    `wait=False` a log that another node is working on is left alone. Returns how many were placed.
    """
    placed = append(link, log_id, wait=wait)
    if placed is None:
        return 0
    publish(link, log_id, now, seed=seed)
    return placed


def append(link: Link, log_id: int, *, wait: bool = True) -> int | None:
    """The first transaction: tree and indexes. Returns how many; None: another node has the log."""
    with link.transaction():
        head = _lock_head(link, log_id, wait=wait)
        if head is None:
            return None
        taken = link.execute(
            _TAKE, {"log": log_id, "batch": BATCH, "size": head}, binary=True
        ).fetchone()
        if taken is None or not taken[0]:
            return 0
        _grow(link, log_id, head, taken[1])
        return int(taken[0])


def publish(link: Link, log_id: int, now: datetime, *, seed: bytes) -> None:
    """The second transaction: signs the committed head, if it is not signed already."""
    with link.transaction():
        row = link.execute(
            "SELECT origin, size, root FROM ledger_head JOIN ledger_log USING (log_id)"
            " WHERE log_id = %s AND published_size IS DISTINCT FROM size"
            " FOR UPDATE OF ledger_head",
            [log_id],
        ).fetchone()
        if row is None:
            return
        origin, size, root = row
        link.execute(
            "UPDATE ledger_head SET checkpoint = %s, published_size = size, published_at = %s"
            " WHERE log_id = %s",
            [checkpoints.make(origin, size, root, seed, now), now, log_id],
        )


def drain(now: datetime) -> int:
    """Places everything that is pending now in every log. Returns how many entries."""
    seed = checkpoints.signing_seed()
    total = 0
    with connect(SEQUENCER) as link:
        for log_id in _logs_with_work(link):
            while placed := sequence(link, log_id, now, seed=seed):
                total += placed
    return total


def run(stop: Event, *, idle_seconds: float = IDLE_SECONDS) -> None:
    """Sequences every log until `stop` is set, through restarts of database and key provider.

    Several nodes may run it: they share the logs by the locks on their heads.
    """
    while not stop.is_set():
        try:
            seed = checkpoints.signing_seed()
            # This thread needs Django's connection for the key only.
            django_connection.close()
            with connect(SEQUENCER) as link:
                _run_on(link, seed, stop, idle_seconds)
        except (psycopg.Error, DjangoError, OrderveilError) as error:
            logger.warning("sequencer: interrupted (%s), trying again", type(error).__name__)
            stop.wait(RETRY_SECONDS)


def _run_on(link: Link, seed: bytes, stop: Event, idle_seconds: float) -> None:
    while not stop.is_set():
        busy = False
        for log_id in _logs_with_work(link):
            busy |= sequence(link, log_id, utc_now(), seed=seed, wait=False) == BATCH
        if not busy:
            stop.wait(idle_seconds)


def _logs_with_work(link: Link) -> list[int]:
    return [log_id for (log_id,) in link.execute(_WITH_WORK)]


def _lock_head(link: Link, log_id: int, *, wait: bool) -> int | None:
    """The size of the tree, its head locked; None if it is locked already and we don't wait."""
    link.execute(
        "INSERT INTO ledger_head (log_id, size, root) VALUES (%s, 0, %s)"
        " ON CONFLICT (log_id) DO NOTHING",
        [log_id, EMPTY_ROOT],
    )
    lock = "SELECT size FROM ledger_head WHERE log_id = %s FOR UPDATE"
    row = link.execute(lock if wait else f"{lock} SKIP LOCKED", [log_id]).fetchone()
    return None if row is None else int(row[0])


def _grow(link: Link, log_id: int, size: int, leaves: bytes) -> None:
    """Stores the tiles and the head of the tree of `size` followed by `leaves`."""
    edge = tiles.edge(size)
    rows = link.execute(
        TILES, [[level for level, _, _ in edge], [n for _, n, _ in edge], log_id], binary=True
    )
    known = {(level, n): hashes for level, n, hashes in rows}
    changed = tiles.grow(known, size, leaves)
    link.execute(
        _STORE,
        [
            log_id,
            [level for level, _ in changed],
            [n for _, n in changed],
            list(changed.values()),
        ],
    )
    known.update(changed)
    new_size = size + len(leaves) // 32
    link.execute(
        "UPDATE ledger_head SET size = %s, root = %s WHERE log_id = %s",
        [
            new_size,
            tiles.hash_from_tiles(lambda level, n: known[level, n], 0, new_size),
            log_id,
        ],
    )
