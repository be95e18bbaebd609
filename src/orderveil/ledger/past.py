"""The tree as it was at a moment: a value that nobody chose, and that anybody can compute again.

Rules kept here:
- it is the tree up to the last place that an entry dated before the moment has; the tree only
  grows, so that stays the answer for good, once what was being written then has its place;
- it is a part of the published tree: a consistency proof leads from it to any later checkpoint.
"""

from datetime import datetime, timedelta

from orderveil.core.notes import Checkpoint
from orderveil.core.tiles import hash_from_tiles
from orderveil.ledger import store

MOST_APART = timedelta(days=1)
"""Entries take their places in the order of their times, but for what a transaction takes."""

_LATEST = "SELECT max(at) FROM ledger_leaf WHERE log_id = %(log)s AND at < %(end)s"
_SIZE = """
SELECT max(index) + 1 FROM ledger_leaf
 WHERE log_id = %(log)s AND at < %(end)s AND at >= %(start)s
"""


def head_before(log_id: int, end: datetime) -> Checkpoint | None:
    """The head of the log's tree of everything dated before `end`; None if there is none yet."""
    head = store.published(log_id)
    ((latest,),) = store.query(_LATEST, {"log": log_id, "end": end})
    if head is None or latest is None:
        return None
    params = {"log": log_id, "end": end, "start": latest - MOST_APART}
    ((size,),) = store.query(_SIZE, params)
    if size > head.size:  # placed, and not signed for yet
        return None
    root = hash_from_tiles(store.reader(log_id, [(0, size)]), 0, size)
    return Checkpoint(head.origin, size, root)
