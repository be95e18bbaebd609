"""Events are written with what they tell of, and carry ids and codes only."""

import uuid

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from orderveil.core.personal import Personal
from orderveil.outbox import pump
from orderveil.outbox.events import EventKind, NewEvent, _is_id_or_code, emit, emit_many
from outbox.samples import BRAND, NOW, ORDER, rows


def test_an_event_of_a_rolled_back_change_does_not_exist(db):
    """An event goes with the transaction it was written in."""

    with transaction.atomic():
        emit(BRAND, EventKind.ORDER_ADMITTED, now=NOW, order_id=ORDER)
        transaction.set_rollback(True)
    assert rows("outbox_event") == []


def test_an_event_comes_back_as_it_was_written(db):
    """Brand, kind, order, parcel, detail and time survive the table."""
    emit(
        BRAND,
        EventKind.PARCEL_SHIPPED,
        now=NOW,
        order_id=ORDER,
        parcel_no=2,
        detail={"from": "packed", "n": 3, "cod": False, "by": None},
    )
    seen = []
    pump.work(seen.append, NOW)
    (event,) = seen
    assert (event.brand_id, event.kind) == (BRAND, EventKind.PARCEL_SHIPPED)
    assert (event.order_id, event.parcel_no, event.created_at) == (ORDER, 2, NOW)
    assert event.detail == {"from": "packed", "n": 3, "cod": False, "by": None}


def test_a_batch_of_a_thousand_is_one_statement(db, django_statements):
    """A thousand events are written by one statement, and all arrive."""
    batch = [NewEvent(EventKind.ORDER_ADMITTED, number.to_bytes(16)) for number in range(1000)]
    with django_statements() as statements:
        assert emit_many(BRAND, batch, now=NOW) == 1000
    assert len(statements) == 1
    assert [bytes(row[0]) for row in rows("outbox_event", "order_id")] == [
        event.order_id for event in batch
    ]


def test_an_empty_batch_writes_nothing(db):
    """No events, no rows, no statement."""
    assert emit_many(BRAND, [], now=NOW) == 0
    assert rows("outbox_event") == []


@pytest.mark.parametrize(
    "detail",
    [
        {"note": "leave at the gate"},
        {"email": "asha@example.com"},
        {"phone": "+919000000001"},
        {"phone": "9000000001"},
        {"phone": 9000000001},
        {"phone": "90000-00001"},
        {"name": Personal("Asha Invented")},
        {"items": ["a"]},
        {"Asha Invented": 1},
        {"name": "Äsha"},
        {"empty": ""},
        {"long": "a" * 65},
        {"ratio": 1.5},
    ],
)
def test_a_detail_that_is_not_ids_and_codes_is_refused(detail):
    """Free text, emails, phones, personal values and nested data never enter an event."""
    with pytest.raises(ValueError, match="ids and codes only") as caught:
        emit(BRAND, EventKind.ORDER_UPDATED, now=NOW, detail=detail)
    assert "Asha" not in str(caught.value)
    assert "90000" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "is_date"),
    [
        ("2026-11-25", True),
        ("2026-13-01", False),
        ("2026-11-32", False),
        ("1998-00-00", False),
        ("9000-00-0001", False),
    ],
)
def test_a_day_is_told_from_a_phone(text, is_date):
    """A date has the characters of a phone; only what can be a day of this century passes."""
    assert _is_id_or_code(text) == is_date


@settings(max_examples=50)
@given(st.uuids().filter(lambda each: not each.hex.isdecimal()))
def test_any_uuid_is_an_id(each: uuid.UUID):
    """An id that is a UUID is always taken for one, never for a phone."""
    assert _is_id_or_code(str(each))
    assert _is_id_or_code(each.hex)
