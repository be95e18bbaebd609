"""Budgets: however many processes spend, the day's total never exceeds the limit."""

import random
import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from orderveil.ledger import store
from orderveil.partners.budgets import Budgets

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
TODAY = NOW.date()
CREDENTIAL = 7


def spend(budgets, orders=1, limit=100, now=NOW, credential=CREDENTIAL):
    """How many orders were let through."""
    return 0 if budgets.spend(credential, limit, orders, now) else orders


def leased(day=TODAY, credential=CREDENTIAL):
    """What the database says was leased."""
    rows = store.query(
        "SELECT leased FROM partners_budget WHERE credential_id = %s AND day = %s",
        [credential, day],
    )
    return rows[0][0] if rows else 0


def test_a_credential_without_a_limit_is_never_refused(db):
    """And nothing is counted for it."""
    assert spend(Budgets(), 10**9, limit=None) == 10**9
    assert leased() == 0


def test_one_process_spends_exactly_the_limit(db):
    """The last order of the day is let through, and the next is refused."""
    budgets = Budgets()
    assert sum(spend(budgets) for _ in range(150)) == 100
    assert leased() == 100


def test_a_refusal_says_when_to_come_back(db):
    """It is a 429 that names the limit and the remedy, and no order."""
    problem = Budgets().spend(CREDENTIAL, 5, 6, NOW)
    assert (problem.code, problem.status) == ("budget_exhausted", 429)
    assert "5 orders" in problem.detail
    assert "UTC" in problem.remedy


def test_a_refusal_takes_nothing(db):
    """A request that is too large leaves the budget to smaller ones."""
    budgets = Budgets()
    assert spend(budgets, 60) == 60
    assert spend(budgets, 41) == 0
    assert spend(budgets, 40) == 40
    assert spend(budgets, 1) == 0


@pytest.mark.parametrize("limit", [0, 1, 2, 19, 20, 21])
def test_small_limits_are_kept_to_the_order(db, limit):
    """Limits below one block, too; and 0 lets nothing through."""
    budgets = Budgets()
    assert sum(spend(budgets, limit=limit) for _ in range(limit + 5)) == limit


def test_processes_share_the_day(db):
    """What one has leased, another can't; together they never pass the limit."""
    many = [Budgets() for _ in range(4)]
    passed = sum(spend(budgets) for _ in range(60) for budgets in many)
    assert passed == 100
    assert leased() == 100


def test_a_lost_lease_is_lost(db):
    """A process that dies takes its block with it: the limit is reached early, never exceeded."""
    passed = 0
    for _ in range(60):
        passed += spend(Budgets())
    assert passed == 20
    assert leased() == 100


def test_many_threads_of_many_processes_never_exceed_the_limit(db):
    """Eight threads over four processes' leases, in random portions, on a real database."""
    many = [Budgets() for _ in range(4)]
    passed = []
    barrier = threading.Barrier(8)

    def run(seed):
        choice = random.Random(seed)
        barrier.wait(timeout=30)
        try:
            for _ in range(80):
                orders = choice.choice([1, 1, 2, 7])
                passed.append(spend(choice.choice(many), orders, limit=500))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(passed) == 8 * 80
    held = sum(left for budgets in many for _, left in budgets._left.values())
    assert sum(passed) + held == leased() <= 500
    rest = sum(spend(budgets, limit=500) for budgets in many for _ in range(500))
    assert sum(passed) + rest == leased() == 500


def test_a_budget_that_is_used_up_is_refused_from_memory(db):
    """The database is not asked again, by whoever asks, until the limit or the day changes."""
    budgets = Budgets()
    assert spend(budgets, 100) == 100
    with CaptureQueriesContext(connection) as asked:
        assert [spend(budgets, count) for count in (1, 5, 1)] == [0, 0, 0]
    assert len(asked) == 0
    assert spend(budgets, 1, limit=101) == 1
    assert spend(budgets, 1, now=NOW + timedelta(days=1)) == 1


def test_what_does_not_fit_once_does_not_fit_again(db):
    """Asking for more than the row had left is refused from memory; for as much, it is not."""
    budgets = Budgets()
    assert spend(budgets, 97) == 97
    assert spend(budgets, 10) == 0
    with CaptureQueriesContext(connection) as asked:
        assert spend(budgets, 4) == 0
    assert len(asked) == 0
    assert spend(budgets, 3) == 3


def test_a_new_day_is_a_new_budget(db):
    """What was left of yesterday's lease is not spent today."""
    budgets = Budgets()
    tomorrow = NOW + timedelta(days=1)
    assert spend(budgets) == 1
    assert sum(spend(budgets, now=tomorrow) for _ in range(150)) == 100
    assert leased() == 5
    assert leased(tomorrow.date()) == 100


def test_the_day_is_the_utc_day(db):
    """A caller's zone does not give it a second budget."""
    budgets = Budgets()
    east = NOW.replace(hour=20).astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert east.date() != NOW.date()
    assert spend(budgets, 100) == 100
    assert spend(budgets, now=east) == 0


def test_a_clock_that_steps_back_does_not_refill(db):
    """Around midnight, two threads' clocks may disagree: leases are lost, none is won."""
    budgets = Budgets()
    midnight = datetime(2026, 11, 24, tzinfo=UTC)
    moments = [midnight, midnight - timedelta(seconds=1)] * 40
    spent = dict.fromkeys(moments, 0)
    for moment in moments:
        spent[moment] += spend(budgets, now=moment)
    assert all(0 < passed <= 100 for passed in spent.values())
    assert spend(budgets, now=midnight) == 0


def test_credentials_do_not_share(db):
    """One partner's appetite leaves another's budget alone."""
    budgets = Budgets()
    assert spend(budgets, 100) == 100
    assert spend(budgets, 100, credential=8) == 100


def test_a_lease_outlives_the_callers_rollback(db):
    """Leasing inside a transaction that may roll back is a fault: it would win orders back."""
    with pytest.raises(RuntimeError), transaction.atomic():
        spend(Budgets())
    assert leased() == 0
