"""Find by phone: among a million orders as fast as among ten thousand."""

import time
from collections.abc import Iterator

from bench import filled, people
from bench.figures import Figure, Size, median
from bench.house import House, run_sql, settle
from orderveil.core.personal import Personal
from orderveil.gate.search import By, find

SMALL = 10_000
TIMES = 300

# Rows like the admitted ones: random ids and fingerprints, three orders a phone, sealed bytes.
_FILL = (
    """
CREATE TEMPORARY TABLE made AS
SELECT n, substr(sha256(('order' || n)::bytea), 1, 16) AS order_id
  FROM generate_series({begin}, {end} - 1) AS n
""",
    """
INSERT INTO vault_order (order_id, brand_id, channel_id, shop_order_id, order_number, placed_at,
                         admitted_at, facts, dek_no, identity, contact)
SELECT order_id, {brand}, {channel}, 'made-' || n, '#made-' || n, now(), now(), '{{}}', 1,
       sha256(order_id) || order_id, sha256(order_id) || order_id || order_id
  FROM made
""",
    """
INSERT INTO vault_index (order_id, brand_id, phone, email)
SELECT order_id, {brand}, substr(sha256(('p' || n / 3)::bytea), 1, 16),
       substr(sha256(('e' || n / 3)::bytea), 1, 16)
  FROM made
""",
    """
INSERT INTO vault_parcel (order_id, parcel_no, brand_id, state, changed_at)
SELECT order_id, 1, {brand}, 'placed', now() FROM made
""",
)


def _fill(house: House, begin: int, end: int) -> None:
    values = {"begin": begin, "end": end, "brand": house.brand.pk, "channel": house.channel.pk}
    run_sql(house.url, *(part.format(**values) for part in _FILL))


def _milliseconds(house: House) -> float:
    """The median search, each for another phone that three orders have, all asked before."""
    settle()
    took = []
    for number in (*range(TIMES), *range(TIMES)):
        phone = Personal(people.phone(number * 3))
        began = time.perf_counter()
        found = find(house.brand.pk, By.PHONE, phone)
        took.append((time.perf_counter() - began) * 1e3)
        if len(found) != 3:
            msg = f"{len(found)} orders found, there are 3"
            raise RuntimeError(msg)
    return median(took[TIMES:])


def run(house: House, size: Size) -> Iterator[Figure]:
    """The same searches before and after the tables grew."""
    filled.admitted(house, SMALL)
    small = _milliseconds(house)
    _fill(house, SMALL, size.find_orders)
    yield Figure(
        name="find",
        work=f"find by phone among {size.find_orders:,} orders",
        unit="ms",
        value=_milliseconds(house),
        baseline=small,
        baseline_name=f"among {SMALL:,}",
        at_most=True,
        ratio_budget=1.5,
    )
