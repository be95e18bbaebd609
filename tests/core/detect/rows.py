"""Rows as inventory systems exchange them, clean and leaking: for rates."""

from collections.abc import Iterator
from random import Random

from .lookalikes import LOOKALIKES
from .made import MAKERS

COLUMNS = (
    ("sku", "sku"), ("title", "title"), ("ean", "ean13"), ("hsn", "hsn"), ("bin", "shelf"),
    ("order_id", "order"), ("updated_at", "moment"),
)  # fmt: skip
"""Column, and which lookalike fills it."""
LEAKS = (
    ("phone", "PHONE"), ("email", "EMAIL"), ("customer_name", "NAME"), ("ship_to", "ADDRESS"),
    ("note", "CARD"), ("remark", "PHONE"), ("comment", "EMAIL"), ("pincode", "PINCODE"),
)  # fmt: skip
AWBS = ("delhivery", "bluedart", "dtdc", "ecom", "ecom_high", "xpressbees", "ekart", "indiapost")

Row = dict[str, str | int]


def clean(count: int, seed: int = 0) -> Iterator[Row]:
    """Stock rows of ten columns, nothing personal in them; one in ten tells where the godown is."""
    rng = Random(f"rows {seed}")
    for _ in range(count):
        row: Row = {column: LOOKALIKES[name].make(rng) for column, name in COLUMNS}
        row["awb"] = LOOKALIKES[rng.choice(AWBS)].make(rng)
        row["quantity"] = rng.randrange(1, 500)
        godown = rng.random() < 0.1
        row["warehouse"] = LOOKALIKES["godown"].make(rng) if godown else f"BLR-{rng.randrange(9)}"
        yield row


def leaking(count: int, seed: int = 0) -> Iterator[tuple[Row, str, str]]:
    """The same with one column more: the row, that column, and the kind that is in it."""
    rng = Random(f"leaks {seed}")
    for row in clean(count, seed):
        column, kind = rng.choice(LEAKS)
        yield row | {column: MAKERS[kind](rng)}, column, kind
