"""How often a person was refused, by day and reason: a number, never what was asked for."""

from collections.abc import Collection
from datetime import UTC, datetime

from django.db import connection

_COUNT = """
INSERT INTO people_refusal AS known (membership_id, day, code, refused) VALUES (%s, %s, %s, 1)
ON CONFLICT (membership_id, day, code) DO UPDATE SET refused = known.refused + 1
"""
_SUM = """
SELECT code, sum(refused) FROM people_refusal
 WHERE membership_id = ANY(%s) AND day >= %s AND day < %s GROUP BY code ORDER BY code
"""


def count(membership_id: int, code: str, now: datetime) -> None:
    """One more refusal of this kind today (UTC)."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [membership_id, now.astimezone(UTC).date(), code])


def counted(memberships: Collection[int], start: datetime, end: datetime) -> dict[str, int]:
    """How often these memberships were refused from one UTC day to another, by reason."""
    days = [start.astimezone(UTC).date(), end.astimezone(UTC).date()]
    with connection.cursor() as cursor:
        cursor.execute(_SUM, [list(memberships), *days])
        return {code: int(refused) for code, refused in cursor.fetchall()}
