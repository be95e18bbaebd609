"""Orders to look at: admitted by the product, and the same as plain rows."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice

import msgspec
import psycopg

from bench import people, plain
from bench.house import House, run_sql, settle
from orderveil.gate.admit import admit
from orderveil.gate.keys import ref_key
from orderveil.ledger.acts import Who

_WHO = Who(system="bench")
_PLAIN = """
CREATE TABLE plain_view (
    order_id bytea PRIMARY KEY, order_number text, placed_at timestamptz, facts jsonb,
    personal jsonb, state text
)
"""


def admitted(house: House, count: int) -> list[bytes]:
    """Admit `count` orders; their ids."""
    ids: list[bytes] = []
    for drafts in islice(people.batches(min(count, 1_000)), count // min(count, 1_000)):
        now = datetime.now(UTC)
        done = admit(house.brand.pk, house.channel.pk, drafts, now=now, who=_WHO)
        ids += [each.order_id for each in done]
    return ids


def plain_rows(house: House, ids: list[bytes]) -> None:
    """The same orders as rows of one plain table."""
    run_sql(house.url, _PLAIN)
    with (
        psycopg.connect(house.url) as link,
        link.cursor().copy("COPY plain_view FROM STDIN") as out,
    ):
        for number, order in enumerate(ids):
            out.write_row(_row(order, number))
    settle()


def _row(order: bytes, number: int) -> tuple[object, ...]:
    draft = people.draft(number)
    personal = b"{%s}" % b",".join(
        b'"%s":%s' % (name.encode(), text[: -plain.SEAL_BYTES])
        for name, text in plain.values(draft).items()
    )
    facts = msgspec.json.encode(draft.facts).decode()
    return order, draft.order_number, draft.placed_at, facts, personal.decode(), "placed"


def refs(house: House, ids: list[bytes]) -> list[str]:
    """The order system's refs of these orders."""
    return ref_key(house.brand.pk, house.partner.pk, house.partner.ref_generation).make_many(ids)


def slices(rows: list[str], size: int) -> Iterator[list[str]]:
    """`rows` in pieces of `size`."""
    for at in range(0, len(rows), size):
        yield rows[at : at + size]
