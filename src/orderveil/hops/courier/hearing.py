"""What carriers told that moved nothing: counted per account and day, so that somebody can look.

Rules kept here:
- codes and counts only: a carrier's own code, or one of ours; never a waybill number or a text;
- an account has a bounded number of codes a day, whatever it sends.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from django.db import connection, transaction

from orderveil.hops.courier.models import CarrierAccount

MOST_CODES = 100
"""Of one account on one day; what comes beyond is counted as `other`."""
OTHER = "other"
KEPT = timedelta(days=90)


class What(StrEnum):
    """What was counted."""

    WEBHOOK = "webhook"
    """A delivery: `genuine`, `forged` or `unreadable`. And `poll`: the carrier was asked."""
    MOVED = "moved"
    """A parcel came into this state."""
    NO_STATE = "no_state"
    """A carrier's code that stands for no state of ours: a hub's scan, or one that is not known."""
    UNKNOWN_PARCEL = "unknown_parcel"
    """A waybill number that none of the partner's parcels has."""
    UNMOVED = "unmoved"
    """A scan that names a state which its parcel can't take now."""
    REFUSED = "refused"
    """A move that was refused; the problem's code."""


Counts = Counter[tuple[What, str]]


class Heard(NamedTuple):
    """How often an account told one thing on one day."""

    account_id: int
    day: date
    what: What
    code: str
    times: int


def add(account: CarrierAccount, counts: Mapping[tuple[What, str], int], now: datetime) -> None:
    """Add to the account's day."""
    if not counts:
        return
    day = now.date()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT what, code FROM courier_heard WHERE account_id = %s AND day = %s",
            [account.pk, day],
        )
        bounded = _bounded(counts, {(What(what), code) for what, code in cursor.fetchall()})
        told = sorted(bounded.items())
        cursor.execute(
            "INSERT INTO courier_heard AS h (account_id, day, what, code, count)"
            " SELECT %s, %s, * FROM unnest(%s::text[], %s::text[], %s::bigint[])"
            " ON CONFLICT (account_id, day, what, code)"
            " DO UPDATE SET count = h.count + excluded.count",
            [
                *(account.pk, day),
                [what.value for (what, _), _ in told],
                [code for (_, code), _ in told],
                [count for _, count in told],
            ],
        )


def _bounded(counts: Mapping[tuple[What, str], int], seen: set[tuple[What, str]]) -> Counts:
    kept = Counts()
    for key, count in counts.items():
        if key not in seen and len(seen) >= MOST_CODES:
            key = (key[0], OTHER)  # noqa: PLW2901 - counted under another name
        else:
            seen.add(key)
        kept[key] += count
    return kept


def days(brand_id: int, now: datetime, *, back: int = 7) -> list[Heard]:
    """What the brand's accounts told in the last days, the newest first."""
    accounts = CarrierAccount.objects.filter(brand_id=brand_id).values_list("pk", flat=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT account_id, day, what, code, count FROM courier_heard"
            " WHERE account_id = ANY(%s) AND day > %s ORDER BY day DESC, account_id, what, code",
            [list(accounts), now.date() - timedelta(days=back)],
        )
        return [Heard(row[0], row[1], What(row[2]), *row[3:]) for row in cursor.fetchall()]


def sweep(now: datetime) -> int:
    """Forget old days; how many rows that were."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM courier_heard WHERE day < %s", [(now - KEPT).date()])
        return int(cursor.rowcount)
