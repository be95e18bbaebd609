"""Months: whole, in UTC."""

from datetime import UTC, datetime, timedelta

import pytest

from orderveil.hops.support.centre_audit import months
from orderveil.hops.support.centre_audit.months import Month


def test_a_month_ends_where_the_next_begins():
    """Over the year's end, too."""
    december = Month(2026, 12)
    assert (december.next, december.before) == (Month(2027, 1), Month(2026, 11))
    assert december.end == datetime(2027, 1, 1, tzinfo=UTC) == december.next.start
    assert Month(2027, 1).before == december


def test_a_month_is_over_when_it_is_settled():
    """An hour after its end."""
    end = datetime(2026, 12, 1, 1, tzinfo=UTC)
    assert not Month(2026, 11).is_over(end - timedelta(seconds=1))
    assert Month(2026, 11).is_over(end)


@pytest.mark.parametrize("text", ["2026-13", "2026-00", "2026-1", "1999-01", "2026-10 ", "x", ""])
def test_what_is_no_month(text):
    """Only the one spelling."""
    assert months.read(text) is None
    assert months.read("2026-10") == Month(2026, 10)
    assert str(Month(2026, 3)) == "2026-03"


def test_the_last_months():
    """The newest first."""
    found = [str(each) for each in months.until(datetime(2027, 2, 3, tzinfo=UTC), 4)]
    assert found == ["2027-02", "2027-01", "2026-12", "2026-11"]
