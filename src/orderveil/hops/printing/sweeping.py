"""Forgetting: what printing keeps goes after 90 days, and what opens a hold when the hold ends."""

from datetime import datetime

from django.db import connection

from orderveil.hops.printing.kinds import KEPT

AT_ONCE = 500


def sweep(now: datetime) -> int:
    """Forget batches that are past their days, with their sheets and jobs; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE printing_job SET hold_salt = NULL"
            " WHERE hold_salt IS NOT NULL AND hold_until <= %s",
            [now],
        )
        cursor.execute("DELETE FROM printing_reading WHERE day < %s", [(now - KEPT).date()])
        # A batch has up to 10,000 sheets: a few hundred at once keep the transaction short.
        cursor.execute(
            "DELETE FROM printing_batch WHERE batch_id IN (SELECT batch_id FROM printing_batch"
            " WHERE created_at < %s ORDER BY created_at LIMIT %s)",
            [now - KEPT, AT_ONCE],
        )
        return int(cursor.rowcount)
