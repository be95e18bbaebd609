"""Sending before its time: for a person who does not want to wait for the schedule."""

from datetime import datetime

from orderveil.hops.retention import asking
from orderveil.hops.retention.models import Request


def hurry(brand_id: int, partner_id: int, *, now: datetime) -> int:
    """Ask the partner for what waits, whatever the pace, and have what was not sent yet go now.

    How many requests go. Reminders keep their days.
    """
    asking.ask(now, brand_id=brand_id, partner_id=partner_id, at_once=True)
    unsent = Request.objects.filter(
        brand_id=brand_id, partner_id=partner_id, sent_at=None, closed_at=None
    )
    return unsent.update(next_at=now, attempts=0)
