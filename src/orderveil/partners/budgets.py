"""Volume budgets: how many orders a credential may see in a UTC day. Leased in blocks."""

from collections.abc import Sequence
from datetime import UTC, datetime

from django.db import connection

from orderveil.core.errors import Problem
from orderveil.partners.leases import Leases


class Budgets(Leases):
    """The leases of this process, by credential."""

    def __init__(self) -> None:
        super().__init__("partners_budget", "credential_id")

    def spend(
        self, credential_id: int, limit: int | None, orders: int, now: datetime
    ) -> Problem | None:
        """Take `orders` from the budget, or say why not. Nothing is taken on a refusal."""
        if limit is None or orders == 0:
            return None
        granted = self.take(credential_id, limit, orders, now, least=orders)
        return None if granted == orders else _exhausted(limit)


def spent(credential_ids: Sequence[int], now: datetime) -> dict[int, int]:
    """How much of today's budgets is leased, by credential: at least what was spent."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT credential_id, leased FROM partners_budget"
            " WHERE credential_id = ANY(%s) AND day = %s",
            [list(credential_ids), now.astimezone(UTC).date()],
        )
        return dict(cursor.fetchall())


def _exhausted(limit: int) -> Problem:
    return Problem(
        code="budget_exhausted",
        detail=f"This credential has seen its {limit} orders of today (UTC).",
        remedy="Wait for the next UTC day, or ask the brand for a larger daily limit.",
        rule="budget: orders a credential may see in a day",
        status=429,
    )
