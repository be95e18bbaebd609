"""Opening what the statement returned: unwrap the data key, open only the asked compartments."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from django.db import connection

from orderveil.core.fields import Compartment
from orderveil.core.orders import Facts
from orderveil.core.sealing import SealedOrder
from orderveil.gate.compose import Opened
from orderveil.gate.wire import Row
from orderveil.keyring import epochs
from orderveil.keyring.providers import KeyringError

_facts = msgspec.json.Decoder(Facts)
_parcels = msgspec.json.Decoder(list[dict[str, Any]])


def open_compartments(
    brand_id: int,
    order_id: bytes,
    dek_no: int,
    epoch_id: int,
    wrapped: bytes,
    sealed: Mapping[Compartment, bytes | None],
) -> dict[Compartment, dict[str, str]]:
    """The values of the compartments that are there, under the order's data key."""
    try:
        epoch = epochs.key_of(epoch_id)
    except KeyringError:
        moved = _moved(order_id, dek_no, epoch_id)
        if moved is None:
            raise
        epoch, wrapped = epochs.key_of(moved[0]), moved[1]
    key = SealedOrder.unwrap(epoch.key, wrapped, brand_id, order_id, dek_no, epoch.id)
    return {name: key.open(name, blob) for name, blob in sealed.items() if blob is not None}


def _moved(order_id: bytes, dek_no: int, epoch_id: int) -> tuple[int, bytes] | None:
    """(epoch id, wrapped key) if a re-key moved the data key and destroyed `epoch_id` since."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT epoch_id, wrapped FROM vault_dek"
            " WHERE order_id = %s AND dek_no = %s AND epoch_id <> %s",
            [order_id, dek_no, epoch_id],
        )
        row: tuple[int, bytes] | None = cursor.fetchone()
    return row


def open_row(brand_id: int, row: Row, compartments: Sequence[Compartment]) -> Opened:
    """One row of the statement as an `Opened` order."""
    order_id, number, placed_at, facts, dek_no, epoch_id, wrapped, parcels, *blobs = row
    sealed = dict(zip(compartments, blobs, strict=True))
    return Opened(
        order_id=order_id,
        order_number=number,
        placed_at=placed_at,
        facts=_facts.decode(facts) if facts else Facts(),
        parcels=_parcels.decode(parcels),
        values=open_compartments(brand_id, order_id, dek_no, epoch_id, wrapped, sealed)
        if any(blob is not None for blob in blobs)
        else {},
    )
