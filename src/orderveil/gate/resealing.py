"""A stored order under its key: locked, opened, sealed anew, fenced.

Rules kept here:
- every writer locks the order's row first, then its key's;
- no key row is ever updated: a new one is inserted and the old one deleted, and that waits for
  the disclosures in flight.
"""

import os
from collections.abc import Mapping
from typing import Any

from django.db import connection

from orderveil.core.fields import Compartment
from orderveil.core.sealing import SealBrokenError
from orderveil.gate.inserting import check_epoch
from orderveil.gate.keys import brand_keys
from orderveil.gate.opening import open_compartments
from orderveil.gate.prepare import (
    RANDOM_BYTES,
    Values,
    fingerprints,
    seal_values,
)
from orderveil.keyring import epochs

MOST_LOOKS = 10

_COMPARTMENTS = tuple(Compartment)


def locked(brand_id: int, order_id: bytes) -> dict[str, Any] | None:
    """The order's row and its key, locked against every other writer; None if there is none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM vault_order WHERE order_id = %s AND brand_id = %s FOR UPDATE",
            [order_id, brand_id],
        )
        found = cursor.fetchone()
        if found is None:
            return None
        row = dict(zip((column.name for column in cursor.description), found, strict=True))
        key = _locked_key(cursor, order_id) if row["erased_at"] is None else None
    return row | {"epoch_id": key[0] if key else None, "wrapped": key[1] if key else None}


def _locked_key(cursor: Any, order_id: bytes) -> tuple[int, bytes]:
    """(epoch id, wrapped key) of a locked order that is not erased: it has one, and keeps it."""
    for _ in range(MOST_LOOKS):
        cursor.execute(
            "SELECT epoch_id, wrapped FROM vault_dek WHERE order_id = %s FOR UPDATE", [order_id]
        )
        key: tuple[int, bytes] | None = cursor.fetchone()
        if key is not None:
            return key
        # A re-key moved it while this waited: it stands in a new row.
    raise SealBrokenError("An order without its key")


def fence(cursor: Any, order_id: bytes) -> None:
    """Before a locked order's parcels change: no disclosure of how they were comes afterwards.

    The key's row is replaced by its like: that waits for the disclosures in flight, and whoever
    read before and comes to lock the row finds it gone, and asks again.
    """
    _locked_key(cursor, order_id)
    cursor.execute(
        "WITH gone AS (DELETE FROM vault_dek WHERE order_id = %s"
        " RETURNING order_id, dek_no, brand_id, epoch_id, wrapped)"
        " INSERT INTO vault_dek (order_id, dek_no, brand_id, epoch_id, wrapped)"
        " SELECT * FROM gone",
        [order_id],
    )


def opened(brand_id: int, order_id: bytes, row: Mapping[str, Any]) -> Values:
    """Every compartment of a locked order."""
    if row["wrapped"] is None:
        return {}
    return open_compartments(
        brand_id,
        order_id,
        row["dek_no"],
        row["epoch_id"],
        row["wrapped"],
        {name: row[name] for name in _COMPARTMENTS},
    )


def reseal(
    brand_id: int, order_id: bytes, row: Mapping[str, Any], values: Values, purged: int
) -> None:
    """Seal `values` under a new data key and drop the old one; whatever is not in them is gone."""
    dek_no = row["dek_no"] + 1
    epoch = epochs.current(brand_id)
    sealed, wrapped = seal_values(
        values, brand_id, order_id, dek_no, epoch, os.urandom(RANDOM_BYTES)
    )
    phone, email = fingerprints(brand_keys(brand_id), values)
    columns = ", ".join(f"{name} = %s" for name in _COMPARTMENTS)
    with connection.cursor() as cursor:
        # The delete waits for disclosures in flight, which hold the key row.
        cursor.execute("DELETE FROM vault_dek WHERE order_id = %s", [order_id])
        cursor.execute(
            "INSERT INTO vault_dek (order_id, dek_no, brand_id, epoch_id, wrapped)"
            " VALUES (%s, %s, %s, %s, %s)",
            [order_id, dek_no, brand_id, epoch.id, wrapped],
        )
        check_epoch(cursor, epoch.id)
        cursor.execute(
            f"UPDATE vault_order SET dek_no = %s, purged = %s, {columns} WHERE order_id = %s",  # noqa: S608
            [dek_no, purged, *[sealed.get(name) for name in _COMPARTMENTS], order_id],
        )
        cursor.execute(
            "UPDATE vault_index SET phone = %s, email = %s WHERE order_id = %s",
            [phone, email, order_id],
        )
