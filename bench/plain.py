"""The baseline's rows: the same values in the same shapes, unsealed, and nothing recorded.

Twin tables are logged, have the columns, sizes and indexes of the product's, and are filled by
binary COPY too. What the product adds to an order (its data key, its ledger row) has a twin as
well, so the difference is the work of sealing, not the number of rows.
"""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from orderveil.core.fields import FIELDS_OF, Compartment
from orderveil.core.orders import OrderDraft
from orderveil.gate import copying as pg

SEAL_BYTES = 28
"""A nonce and a tag: what sealing adds to a value, added here as well."""

TABLES = (
    "vault_order",
    "vault_dek",
    "vault_index",
    "vault_parcel",
    "ledger_record",
    "outbox_event",
)
OUR_OWN = ("vault_dek", "ledger_record")
"""What a system without a vault would not write."""


def twin(table: str) -> str:
    """The baseline's name of a table."""
    return f"plain_{table}"


def create() -> list[str]:
    """Statements that make the twins, with the same columns, defaults, keys and indexes."""
    made = [
        f"CREATE TABLE {twin(table)} (LIKE {table} INCLUDING DEFAULTS INCLUDING INDEXES)"
        for table in TABLES
    ]
    return [*made, f"GRANT ALL ON {', '.join(map(twin, TABLES))} TO orderveil_app"]


_encode = msgspec.json.Encoder().encode
_COMPARTMENTS = tuple(Compartment)
_PAD = b"\0" * SEAL_BYTES


def values(draft: OrderDraft) -> dict[Compartment, bytes]:
    """The personal values as JSON by compartment, as long as they are when sealed."""
    found = {}
    for compartment, fields in FIELDS_OF.items():
        group = {name: draft.personal[name].reveal() for name in fields if name in draft.personal}
        if group:
            found[compartment] = _encode(group) + _PAD
    return found


Copy = tuple[str, list[bytes]]
"""Where to COPY, "table (columns)", and the packed rows."""


def rows(drafts: Sequence[OrderDraft], ids: Sequence[bytes], brand: int, now: Any) -> list[Copy]:
    """A batch's rows for each twin."""
    each = list(zip(drafts, ids, strict=True))
    stamp, short, number = pg.moment(now), pg.int16(1), pg.int32(brand)

    def table(name: str, columns: str, row: Callable[[OrderDraft, bytes], bytes]) -> Copy:
        head = pg.columns(columns.count(",") + 1)
        return f"{twin(name)} ({columns})", [head + row(draft, order) for draft, order in each]

    return [
        table(
            "vault_order",
            "order_id, brand_id, channel_id, shop_order_id, order_number, placed_at,"
            f" source_updated_at, admitted_at, facts, dek_no, {', '.join(_COMPARTMENTS)}",
            lambda draft, order: _order(draft, order, number, stamp),
        ),
        table(
            "vault_dek",
            "order_id, dek_no, brand_id, epoch_id, wrapped",
            lambda _, order: pg.blob(order) + short + number + pg.int64(1) + pg.blob(b"k" * 60),
        ),
        table(
            "vault_index",
            "order_id, brand_id, phone, email",
            lambda draft, order: pg.blob(order) + number + _contact(draft),
        ),
        table(
            "vault_parcel",
            "order_id, parcel_no, brand_id, is_reverse, state, changed_at",
            lambda _, order: pg.blob(order) + short + number + pg.FALSE + pg.text("placed") + stamp,
        ),
        table(
            "ledger_record",
            "order_id, at, entry_id, parcel_no, log_id, kind, position, salt",
            lambda _, order: (
                pg.blob(order)
                + stamp
                + pg.blob(ids[0])
                + pg.int16(0)
                + number
                + pg.text("orders_admitted")
                + number
                + pg.blob(order)
            ),
        ),
        table(
            "outbox_event",
            "brand_id, kind, order_id, detail, created_at, next_at",
            lambda _, order: (
                number
                + pg.text("order.admitted")
                + pg.blob(order)
                + pg.jsonb(b"{}")
                + stamp
                + stamp
            ),
        ),
    ]


def _order(draft: OrderDraft, order: bytes, brand: bytes, stamp: bytes) -> bytes:
    sealed = values(draft)
    return b"".join(
        (
            pg.blob(order),
            brand,
            pg.int64(1),
            pg.text(draft.shop_order_id),
            pg.text(draft.order_number),
            pg.moment(draft.placed_at),
            pg.moment(draft.updated_at),
            stamp,
            pg.jsonb(_encode(draft.facts)),
            pg.int16(1),
            *(pg.blob(sealed.get(compartment)) for compartment in _COMPARTMENTS),
        )
    )


def _contact(draft: OrderDraft) -> bytes:
    found = (value.reveal().encode() for name, value in draft.personal.items() if name in _INDEXED)
    return b"".join(pg.blob(value.ljust(16)[-16:]) for value in found)


_INDEXED = frozenset(FIELDS_OF[Compartment.CONTACT])
