"""How often a person was refused, by day and reason: a number, never what was asked for."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

_COUNT = """
INSERT INTO people_refusal AS known (membership_id, day, code, refused) VALUES (%s, %s, %s, 1)
ON CONFLICT (membership_id, day, code) DO UPDATE SET refused = known.refused + 1
"""
_SUM = """
SELECT code, sum(refused) FROM people_refusal AS refusal
 WHERE membership_id = ANY(%(whose)s) AND EXISTS (
       SELECT FROM unnest(%(whose)s::bigint[], %(first)s::date[], %(last)s::date[])
              AS stay (membership_id, first, last)
        WHERE stay.membership_id = refusal.membership_id AND day BETWEEN first AND last)
 GROUP BY code ORDER BY code
"""
_INSTANT = timedelta(microseconds=1)


def count(membership_id: int, code: str, now: datetime) -> None:
    """One more refusal of this kind today (UTC)."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [membership_id, now.astimezone(UTC).date(), code])


def counted(stays: Collection[tuple[int, datetime, datetime]]) -> dict[str, int]:
    """How often memberships were refused, by reason: (membership, since, until), whole UTC days."""
    told: dict[str, list[Any]] = {
        "whose": [membership for membership, _, _ in stays],
        "first": [since.astimezone(UTC).date() for _, since, _ in stays],
        "last": [(until - _INSTANT).astimezone(UTC).date() for _, _, until in stays],
    }
    with connection.cursor() as cursor:
        cursor.execute(_SUM, told)
        return {code: int(refused) for code, refused in cursor.fetchall()}
