"""Writing one new order in one round trip, on the wire: what a webhook's answer waits for.

Rules kept here:
- all or nothing, and only if the order is new and the epoch it is sealed under lives; otherwise
  nothing is written, and the caller finds out why in a transaction;
- the shop's delivery id is part of the same statement.
"""

from datetime import datetime

from orderveil.core.fields import Compartment
from orderveil.core.literals import text_array
from orderveil.gate import wire
from orderveil.gate.inserting import ORDER_COLUMNS, PARCEL_COLUMNS, WHOLE_ORDER, state_of
from orderveil.gate.prepare import SealedDraft
from orderveil.ledger.acts import ActKind, Who, prepare
from orderveil.outbox.events import EventKind

_SEALED_VALUES = ", ".join(f"%({name})s" for name in Compartment)

_ONE = f"""
WITH o AS (
    INSERT INTO vault_order ({ORDER_COLUMNS})
    SELECT %(order)s, %(brand)s, %(channel)s, %(shop_id)s, %(number)s, %(placed)s, %(updated)s,
           %(at)s, %(facts)s, %(cancelled)s, 1, {_SEALED_VALUES}
     WHERE EXISTS (SELECT 1 FROM keyring_epoch WHERE id = %(epoch)s AND destroyed_at IS NULL)
    ON CONFLICT (order_id) DO NOTHING
    RETURNING order_id
), d AS (
    INSERT INTO vault_dek (order_id, dek_no, brand_id, epoch_id, wrapped)
    SELECT order_id, 1, %(brand)s, %(epoch)s, %(wrapped)s FROM o
), i AS (
    INSERT INTO vault_index (order_id, brand_id, phone, email)
    SELECT order_id, %(brand)s, %(phone)s, %(email)s FROM o
), p AS (
    INSERT INTO vault_parcel ({PARCEL_COLUMNS})
    SELECT order_id, n, %(brand)s, false, state, %(at)s, nullif(shop_parcel_id, ''), carrier, awb
      FROM o, unnest(%(states)s, %(parcel_ids)s, %(carriers)s, %(awbs)s)
              WITH ORDINALITY AS parcel (state, shop_parcel_id, carrier, awb, n)
), r AS (
    INSERT INTO ledger_record (order_id, at, entry_id, log_id, kind, entry)
    SELECT order_id, %(at)s, %(entry_id)s, %(brand)s, '{ActKind.ORDER_ADMITTED}', %(entry)s FROM o
), q AS (
    INSERT INTO ledger_pending (log_id, entry_id, leaf, order_id, at)
    SELECT %(brand)s, %(entry_id)s, %(leaf)s, order_id, %(at)s FROM o
), e AS (
    INSERT INTO outbox_event (brand_id, kind, order_id, detail, created_at, next_at)
    SELECT %(brand)s, '{EventKind.ORDER_ADMITTED}', order_id, '{{}}', %(at)s, %(at)s FROM o
), l AS (
    INSERT INTO vault_delivery (channel_id, delivery_id, received_at)
    SELECT %(channel)s, %(delivery)s, %(at)s FROM o WHERE %(delivery)s IS NOT NULL
    ON CONFLICT DO NOTHING
)
SELECT count(*) FROM o
"""  # noqa: S608 - names of ours


def insert_one(
    draft: SealedDraft,
    brand_id: int,
    channel_id: int,
    *,
    now: datetime,
    who: Who,
    delivery_id: str | None,
) -> bool:
    """True if the order is new and now stored, durably; False if nothing was written."""
    act = prepare(
        brand_id,
        ActKind.ORDER_ADMITTED,
        now=now,
        who=who,
        order_id=draft.order_id,
        detail={"channel": channel_id},
    )
    parcels = draft.parcels or WHOLE_ORDER
    params: dict[str, wire.Value] = {
        "order": draft.order_id,
        "brand": wire.number(brand_id),
        "channel": wire.number(channel_id),
        "shop_id": draft.shop_order_id.encode(),
        "number": wire.text(draft.order_number),
        "placed": wire.moment(draft.placed_at),
        "updated": wire.moment(draft.source_updated_at),
        "at": wire.moment(now),
        "facts": draft.facts,
        "cancelled": wire.moment(now if draft.cancelled else None),
        "epoch": wire.number(draft.epoch_id),
        "wrapped": draft.wrapped,
        "phone": draft.phone,
        "email": draft.email,
        "states": wire.text(text_array(state_of(draft, each) for each in parcels)),
        "parcel_ids": wire.text(text_array(each.shop_parcel_id for each in parcels)),
        "carriers": wire.text(text_array(each.carrier for each in parcels)),
        "awbs": wire.text(text_array(each.awb for each in parcels)),
        "entry_id": act.entry_id.bytes,
        "entry": act.entry,
        "leaf": act.leaf,
        "delivery": wire.text(delivery_id),
    }
    for name in Compartment:
        params[name] = draft.compartments.get(name)
    return wire.shared.run(_ONE, params, (wire.read_int64,)) == [(1,)]
