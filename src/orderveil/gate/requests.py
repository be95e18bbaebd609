"""Privacy requests that a shop passes on: sealed like an order's notes, and queued.

The request's own data key stands beside the orders' keys, so a re-key carries it along.
"""

import os
from datetime import datetime, timedelta

from django.db import connection, transaction

from orderveil.core.fields import Compartment, Field
from orderveil.core.personal import Personal
from orderveil.gate.inserting import check_epoch, survives_rekey
from orderveil.gate.prepare import RANDOM_BYTES, seal_values
from orderveil.keyring import epochs
from orderveil.ledger.acts import ActKind, Who, record
from orderveil.outbox.events import EventKind, emit

TERM = timedelta(days=30)
"""Shopify: finish within 30 days of the webhook. RULES: a source's term, not a law's."""

DEK_NO = 1


@survives_rekey
@transaction.atomic(durable=True)
def receive(
    brand_id: int,
    channel_id: int,
    kind: str,
    payload: Personal,
    *,
    delivery_id: str | None,
    now: datetime,
) -> bool:
    """Seal and queue a request; False if this delivery is known already."""
    with connection.cursor() as cursor:
        if delivery_id:
            cursor.execute(
                "INSERT INTO vault_delivery (channel_id, delivery_id, received_at)"
                " VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
                [channel_id, delivery_id, now],
            )
            if not cursor.rowcount:
                return False
        request_id = os.urandom(16)
        epoch = epochs.current(brand_id)
        values = {Compartment.NOTES: {Field.FREE_TEXT.value: payload.reveal()}}
        sealed, wrapped = seal_values(
            values, brand_id, request_id, DEK_NO, epoch, os.urandom(RANDOM_BYTES)
        )
        cursor.execute(
            "INSERT INTO vault_dek (order_id, dek_no, brand_id, epoch_id, wrapped)"
            " VALUES (%s, %s, %s, %s, %s)",
            [request_id, DEK_NO, brand_id, epoch.id, wrapped],
        )
        check_epoch(cursor, epoch.id)
        cursor.execute(
            "INSERT INTO vault_request"
            " (request_id, brand_id, channel_id, kind, received_at, due_at, sealed)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [
                request_id,
                brand_id,
                channel_id,
                kind,
                now,
                now + TERM,
                sealed[Compartment.NOTES],
            ],
        )
    record(
        brand_id,
        ActKind.PRIVACY_REQUEST_RECEIVED,
        now=now,
        who=Who(system="storefront"),
        subject=f"request:{request_id.hex()}",
        detail={"kind": kind, "channel": channel_id},
    )
    emit(
        brand_id,
        EventKind.PRIVACY_REQUESTED,
        now=now,
        detail={"kind": kind.replace("/", "."), "request": f"r{request_id.hex()}"},
    )
    return True
