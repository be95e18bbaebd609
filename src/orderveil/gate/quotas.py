"""A brand's quota of new orders, at admission.

Rules kept here:
- only new orders count: updates, cancellations and repeats of known ones go through when the
  quota is used up, and what is refused is refused before anything of it is written, so that the
  sender's next try is a first one;
- of a batch as many are admitted as there is room for; each of the others says why;
- a brand without a quota pays one look into this process's memory. With one, orders are counted
  in memory against a leased block (`partners/leases`): which of them are known is looked up only
  when the block does not suffice;
- what was charged and turns out not to be new is given back; after a fault it is not, so that
  the quota can be reached early but never passed.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from orderveil.core.errors import Problem
from orderveil.core.literals import bytea_array
from orderveil.partners.quotas import OrderQuotas, no_more_orders

orders = OrderQuotas()


class Charge:
    """What a delivery was charged, and which of its orders there is no room for."""

    def __init__(self, brand_id: int, limit: int, ids: Sequence[bytes], now: datetime) -> None:
        unique = list(dict.fromkeys(ids))
        self._brand_id, self._now = brand_id, now
        self._taken = orders.take(brand_id, limit, len(unique), now, least=0)
        self.over: frozenset[bytes] = frozenset()
        self.problem: Problem = no_more_orders(limit)
        if self._taken < len(unique):
            known = _known(unique)
            new = [each for each in unique if each not in known]
            self.over = frozenset(new[self._taken :])

    def settle(self, admitted: int) -> None:
        """Give back what was charged beyond these."""
        orders.give_back(self._brand_id, self._taken - admitted, self._now)


def charge(brand_id: int, ids: Sequence[bytes], now: datetime) -> Charge | None:
    """Charge a delivery of these orders; None if the brand has no quota."""
    limit = orders.limit_of(brand_id)
    return None if limit is None else Charge(brand_id, limit, ids, now)


def _known(ids: Sequence[bytes]) -> set[bytes]:
    """Those that were admitted before, erased ones too."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT order_id FROM vault_order WHERE order_id = ANY(%s::bytea[])",
            [bytea_array(ids)],
        )
        return {bytes(row[0]) for row in cursor.fetchall()}
