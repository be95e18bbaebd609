"""Idempotency keys (draft-ietf-httpapi-idempotency-key-header).

Rules kept here:
- a key belongs to one credential and one request: its method, path and body digest;
- the digest and the status are kept for a day, bodies never: a replay answers the first status
  and says that it is a replay;
- a key whose first request is still under way answers 409; one that was lost with its process is
  free again after a minute, which is safe because every such operation recognises its own work.
"""

import hashlib
from datetime import datetime, timedelta

from django.db import connection

from orderveil.core.errors import Problem, RefusedError

KEPT = timedelta(days=1)
LOST_AFTER = timedelta(minutes=1)
MOST_CHARACTERS = 255


def digest_of(method: str, path: str, body: bytes) -> bytes:
    """What a key stands for."""
    head = f"{method} {path}\n".encode()
    return hashlib.sha256(head + body).digest()


def begin(credential_id: int, key: str, digest: bytes, now: datetime) -> int | None:
    """None: go on. A status: this was done, and ended with it. Raises `RefusedError`."""
    if not key or len(key) > MOST_CHARACTERS:
        raise RefusedError(_problem("bad_key", "An idempotency key has 1 to 255 characters.", 400))
    row: list[int | bytes] = [credential_id, hashlib.sha256(key.encode()).digest()]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO api_idempotency (credential_id, key_hash, digest, created_at)"
            " VALUES (%s, %s, %s, %s) ON CONFLICT (credential_id, key_hash) DO UPDATE"
            " SET created_at = excluded.created_at, digest = excluded.digest, status = NULL"
            " WHERE api_idempotency.created_at < %s"
            "    OR (api_idempotency.status IS NULL AND api_idempotency.created_at < %s)"
            " RETURNING 1",
            [*row, digest, now, now - KEPT, now - LOST_AFTER],
        )
        if cursor.fetchone():
            return None
        cursor.execute(
            "SELECT digest, status FROM api_idempotency WHERE credential_id = %s AND key_hash = %s",
            row,
        )
        known, status = cursor.fetchone()
    if bytes(known) != digest:
        raise RefusedError(_problem("key_reused", "This key was used for another request.", 422))
    if status is None:
        raise RefusedError(_problem("in_progress", "The first request is still under way.", 409))
    return int(status)


def finish(credential_id: int, key: str, status: int) -> None:
    """Keep how it ended; a fault (5xx) frees the key instead."""
    row: list[int | bytes] = [credential_id, hashlib.sha256(key.encode()).digest()]
    with connection.cursor() as cursor:
        if status >= 500:
            cursor.execute(
                "DELETE FROM api_idempotency WHERE credential_id = %s AND key_hash = %s", row
            )
        else:
            cursor.execute(
                "UPDATE api_idempotency SET status = %s WHERE credential_id = %s AND key_hash = %s",
                [status, *row],
            )


def sweep(now: datetime) -> int:
    """Forget keys older than a day; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM api_idempotency WHERE created_at < %s", [now - KEPT])
        return int(cursor.rowcount)


def _problem(code: str, detail: str, status: int) -> Problem:
    return Problem(
        code=f"idempotency_{code}",
        detail=detail,
        remedy="Use a fresh key for each request, and the same one only to repeat it.",
        rule="api: idempotency keys",
        status=status,
    )
