"""Purges at the command line."""

from datetime import timedelta

from orderveil.core.clocks import utc_now
from orderveil.hops.retention.models import Purge
from orderveil.partners.models import Partner
from scene import rows


def waiting(shop, count=2):
    """Parcels that a courier of the shop must delete."""
    shop("partner", "add", "swift", "--hop", "courier")
    partner = Partner.objects.get(slug="swift")
    now = utc_now()
    for number in range(count):
        Purge.objects.create(
            brand_id=partner.brand_id,
            order_id=bytes([number]) * 16,
            parcel_no=1,
            partner=partner,
            why="delivered",
            started_at=now,
            days=20,
            is_agreed=True,
            due_at=now + timedelta(days=20),
        )


def test_listed_sent_and_confirmed(shop):
    """From what waits to the receipt, each step in the list; the receipt once."""
    assert "Nothing is to be deleted" in shop("purge", "list").output
    waiting(shop)
    (row,) = shop.json("purge", "list")
    assert (row["partner"], row["not_asked"], row["asked"]) == ("swift", 2, 0)
    assert shop.json("purge", "send") == {"requests": 1, "attempts": 1}
    (one,) = shop.json("purge", "list", "--partner", "swift")
    assert (one["confirmed"], one["error"], one["sent"]) == ("0/2", "no_mail", None)
    assert "2 of 2" in shop("purge", "confirm", one["request"]).output
    assert "It was so already" in shop("purge", "confirm", one["request"]).output
    assert shop.json("purge", "list")[0]["confirmed"] == 2
    assert rows("SELECT count(*) FROM ledger_entry WHERE kind = 'purge_confirmed'") == [(1,)]


def test_a_request_that_is_none_is_refused(shop):
    """With a sentence, and the exit code of a refusal."""
    told = shop("purge", "confirm", "purge_nothing", exit_code=1)
    assert "no purge request" in told.output
