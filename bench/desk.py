"""The order desk's pages among a million orders: what a person waits for."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY as RECORDS_OF,
)
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY as RECORDS
from django.db import connection
from django.test import Client

from bench import filled
from bench.figures import Figure, Size, median
from bench.house import House, run_sql, settle
from orderveil.core.hops import Hop
from orderveil.core.roles import Role
from orderveil.gate.keys import ref_key
from orderveil.ledger.acts import Who
from orderveil.partners import registry
from orderveil.people import budgets, memberships

TIMES = 60
BUDGET_MS = 200
_BEGAN = datetime(1970, 1, 1, tzinfo=UTC)

# As orders lie after a season: each changed at its own moment, nine of ten closed or delivered.
_SPREAD = """
UPDATE vault_parcel SET
       changed_at = now() - (get_byte(order_id, 0) * 256 + get_byte(order_id, 1)) * interval '40 s',
       state = CASE WHEN get_byte(order_id, 2) < 128 THEN 'closed'
                    WHEN get_byte(order_id, 2) < 230 THEN 'delivered'
                    WHEN get_byte(order_id, 2) < 253 THEN 'shipped' ELSE 'undelivered' END
"""
_PLAIN = """
SELECT order_number, placed_at, facts FROM vault_order
 WHERE brand_id = %s AND erased_at IS NULL ORDER BY admitted_at DESC, order_id DESC LIMIT 50
"""
_MIDDLE = "SELECT {column}, order_id FROM {table} WHERE brand_id = %s{only} ORDER BY 1 DESC, 2 DESC"


_SIGNS = (b'<td data-label="Order"', b'class="hoproad"')
"""A row of a list, an order's road: what an empty or refused page has not."""


class _Person:
    """Somebody of support at the desk, with no end to what they may be shown."""

    def __init__(self, house: House) -> None:
        who = Who(system="bench")
        self.brand_id = house.brand.pk
        self.own = registry.add_partner(
            house.brand, "house", [Hop.SUPPORT], now=house.now, own=True
        )
        member = memberships.join(
            house.brand.pk, "bench@people.example", "Bench", Role.SUPPORT, now=house.now, who=who
        )
        memberships.accept(member, now=house.now)
        memberships.change(member, Role.SUPPORT, now=house.now, who=who, views_per_day=10**8)
        budgets.PER_MINUTE[budgets.Spending.VIEWS] = 10**8  # faster than any human, on purpose
        self.client = Client(headers={"host": "localhost"})
        self.client.force_login(member.person)
        session = self.client.session
        session[RECORDS_OF] = str(member.person_id)
        session[RECORDS] = [{"method": "mfa", "type": "totp", "at": time.time()}]
        session.save()

    def ref(self, order: bytes) -> str:
        """The name under which this person knows an order."""
        return ref_key(self.brand_id, self.own.pk, self.own.ref_generation).make(order)

    def after(self, table: str, column: str, count: int, only: str = "") -> str:
        """The address of the page that begins after that many rows."""
        sql = _MIDDLE.format(table=table, column=column, only=only)
        at, order = _rows(f"{sql} OFFSET {count} LIMIT 1", self.brand_id)[0]
        micros = (at - _BEGAN) // timedelta(microseconds=1)
        return f"after={micros}.{self.ref(bytes(order))}"

    def get(self, path: str) -> Callable[[], None]:
        """A request for that page."""

        def ask() -> None:
            answer = self.client.get(path)
            is_page = any(sign in answer.content for sign in _SIGNS)
            if answer.status_code != 200 or not is_page:
                msg = f"{path} answered {answer.status_code}"
                raise RuntimeError(msg)

        return ask


def _rows(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def _measure(work: Callable[[], object]) -> tuple[float, dict[str, float]]:
    """p95 in milliseconds of the work done again and again, and what else was seen of it.

    The first three, which warm up, are not counted.
    """
    took, spent = [], 0.0
    for number in range(TIMES + 3):
        began, busy = time.perf_counter(), time.process_time()
        work()
        if number >= 3:
            took.append((time.perf_counter() - began) * 1e3)
            spent += (time.process_time() - busy) * 1e3
    took.sort()
    detail = {"p50_ms": median(took), "cpu_ms_each": spent / TIMES}
    return took[int(TIMES * 0.95)], {name: round(value, 1) for name, value in detail.items()}


def run(house: House, size: Size) -> Iterator[Figure]:
    """Whole answers by Django's client: session, guard, budget, list, record, open, draw."""
    count = size.find_orders
    filled.admitted(house, count)
    run_sql(house.url, _SPREAD)
    settle()
    person = _Person(house)
    plain, _ = _measure(lambda: _rows(_PLAIN, house.brand.pk))
    deep = person.after("vault_order", "admitted_at", count // 2)
    late = person.after("vault_parcel", "changed_at", count // 200, " AND state = 'undelivered'")
    some = person.ref(bytes(_rows("SELECT order_id FROM vault_order LIMIT 1")[0][0]))
    pages = {
        "first page": "/desk/orders/",
        "deep page": f"/desk/orders/?{deep}",
        "by a rare state": "/desk/orders/?state=undelivered",
        "deep, by a rare state": f"/desk/orders/?state=undelivered&{late}",
        "by a common state": "/desk/orders/?state=delivered",
        "one order": f"/desk/orders/{some}/",
    }
    for name, path in pages.items():
        value, detail = _measure(person.get(path))
        yield Figure(
            name="desk",
            work=f"desk, {count:,} orders: {name}, p95",
            unit="ms",
            value=value,
            baseline=plain,
            baseline_name="plain SELECT of 50 rows, no HTTP",
            budget=BUDGET_MS,
            at_most=True,
            note=f"p50 {detail['p50_ms']:.0f} ms, {detail['cpu_ms_each']:.0f} ms of them ours",
            detail=detail,
        )
