"""Does paper agree with the ledger? Per printer of the floor and day of UTC.

Rules kept here:
- a sheet counts on the day it was handed out; what the printer counted itself, on the day it was
  read: the sheets of a midnight stand on both sides of it, and are made up for on the next day;
- the printer should have counted what was reported as printed, and of what is in doubt nothing, all
  or some: anything else is a difference, and somebody should look.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
from django.db import connection

from orderveil.hops.printing.kinds import DOUBT_AFTER
from orderveil.hops.printing.progress import IN_DOUBT
from orderveil.ledger import counting

SLACK_SHEETS = 2
"""What a printer may be ahead or behind: a calibration feeds a label, a reading comes between."""


class DeviceDay(msgspec.Struct, frozen=True):
    """One printer's day, in sheets."""

    device_id: int
    day: date
    disclosed: int
    """Rows to which the ledger's entries of its jobs commit."""
    handed: int
    unrecorded: int
    """Of the handed: those whose process ended before it noted its entries. They are in doubt."""
    printed: int
    failed: int
    in_doubt: int
    """Nobody knows: those asked for again are among them."""
    counted: int | None
    """What the printer says it printed; None: it does not say."""
    moved_at: datetime | None
    """When it was last handed anything, or last counted something new."""

    @property
    def pending(self) -> int:
        """Handed a moment ago: nobody expects a word of them yet."""
        return self.handed - self.printed - self.failed - self.in_doubt

    @property
    def difference(self) -> int:
        """Sheets the printer counted beyond what is explained (more: positive; fewer: negative)."""
        if self.counted is None:
            return 0
        most = self.printed + self.in_doubt + self.pending
        if self.counted > most:
            return self.counted - most
        return min(0, self.counted - self.printed)

    @property
    def is_off(self) -> bool:
        """Should somebody look?"""
        return abs(self.difference) > SLACK_SHEETS or (
            self.disclosed < self.handed - self.unrecorded
        )


_DAYS = f"""
WITH entries AS (
    SELECT device_id, (handed_at AT TIME ZONE 'UTC')::date AS day, array_agg(entry) AS entries
      FROM printing_job CROSS JOIN unnest(disclosures) AS entry
     WHERE device_id = ANY(%(devices)s) AND handed_at >= %(since)s GROUP BY 1, 2
), sheets AS (
    SELECT job.device_id, (job.handed_at AT TIME ZONE 'UTC')::date AS day,
           count(*) FILTER (WHERE sheet.handed_at IS NOT NULL) AS handed,
           count(*) FILTER (WHERE sheet.handed_at IS NOT NULL
                              AND job.disclosures IS NULL) AS unrecorded,
           count(*) FILTER (WHERE sheet.state = 'printed') AS printed,
           count(*) FILTER (WHERE sheet.state = 'failed'
                              AND sheet.handed_at IS NOT NULL) AS failed,
           count(*) FILTER (WHERE sheet.again_in IS NOT NULL OR {IN_DOUBT}) AS in_doubt,
           max(job.handed_at) AS last_handed_at
      FROM printing_job AS job JOIN printing_sheet AS sheet ON sheet.job_id = job.job_id
     WHERE job.device_id = ANY(%(devices)s) AND job.handed_at >= %(since)s
     GROUP BY 1, 2
)
SELECT device_id, day, entries, coalesce(handed, 0), coalesce(unrecorded, 0),
       coalesce(printed, 0), coalesce(failed, 0), coalesce(in_doubt, 0), after - before,
       greatest(read_at, last_handed_at)
  FROM sheets
  FULL JOIN entries USING (device_id, day)
  FULL JOIN (SELECT device_id, day, before, after, read_at FROM printing_reading
              WHERE device_id = ANY(%(devices)s) AND day >= %(first)s) AS reading
      USING (device_id, day)
 ORDER BY day DESC, device_id
"""  # noqa: S608 - conditions of ours


def days_of(
    brand_id: int, device_ids: Sequence[int], *, days: int, now: datetime
) -> list[DeviceDay]:
    """Each of these printers' last days on which anything was handed or counted, latest first."""
    first = now.astimezone(UTC).date() - timedelta(days=days - 1)
    params: dict[str, Any] = {
        "devices": list(device_ids),
        "since": datetime(first.year, first.month, first.day, tzinfo=UTC),
        "first": first,
        "doubt": now - DOUBT_AFTER,
    }
    with connection.cursor() as cursor:
        cursor.execute(_DAYS, params)
        rows = cursor.fetchall()
    entries = {entry for row in rows for entry in row[2] or ()}
    committed = counting.committed_rows(brand_id, entries)
    return [
        DeviceDay(device_id, day, sum(committed.get(each, 0) for each in its or ()), *counts)
        for device_id, day, its, *counts in rows
    ]


def differences(brand_id: int, *, now: datetime) -> list[DeviceDay]:
    """Of today and yesterday: the brand's printers whose paper and ledger do not agree.

    A printer that was handed or counted something in the last minutes is looked at later.
    """
    found = days_of(brand_id, printers_of(brand_id, now), days=2, now=now)
    return [
        each
        for each in found
        if each.is_off and (each.moved_at is None or now - each.moved_at >= DOUBT_AFTER)
    ]


def printers_of(brand_id: int, now: datetime) -> list[int]:
    """The brand's printers that were handed or counted anything today or yesterday."""
    first = now.astimezone(UTC).date() - timedelta(days=1)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT job.device_id FROM printing_job AS job"
            " JOIN printing_batch AS batch USING (batch_id)"
            " WHERE batch.brand_id = %s AND job.device_id IS NOT NULL AND job.handed_at >= %s"
            " UNION SELECT device_id FROM printing_reading WHERE brand_id = %s AND day >= %s"
            " ORDER BY 1",
            [brand_id, datetime(first.year, first.month, first.day, tzinfo=UTC), brand_id, first],
        )
        return [row[0] for row in cursor.fetchall()]
