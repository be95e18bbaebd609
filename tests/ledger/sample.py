"""Invented orders, disclosures and bulks for the ledger's tests."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

from django.db import connection, transaction

from orderveil.core.fields import Field
from orderveil.core.forms import Form
from orderveil.core.hops import Hop
from orderveil.ledger import acts
from orderveil.ledger.acts import ActKind, Who
from orderveil.ledger.entries import (
    BulkEntry,
    DisclosureEntry,
    DisclosureKind,
    PolicyRef,
    new_id,
    new_salt,
)
from orderveil.ledger.rows import make_rows

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
BRAND = 7
ORIGIN = "ledger.example/brand/7"
ME = Who(person="machine")
POLICY = PolicyRef(3, "balanced")
FORMS = {Field.NAME: Form.SHORT, Field.PHONE: Form.MASKED, Field.EMAIL: Form.ABSENT}


def order(number):
    """The invented order id of this number."""
    return sha256(f"order {number}".encode()).digest()[:16]


def new_log(log_id=BRAND, origin=ORIGIN):
    """Creates a log and commits."""
    with transaction.atomic():
        acts.create_log(log_id, origin, NOW)


def act(number=0, *, kind=ActKind.STATE_CHANGED, log_id=BRAND, order_id=None, now=NOW):
    """Records one act and commits; returns its entry id."""
    with transaction.atomic():
        return acts.record(
            log_id, kind, now=now, who=ME, subject=f"thing:{number}", order_id=order_id
        )


def disclosure(number, *, forms=None, credential=21, now=NOW, kind=DisclosureKind.DISCLOSURE):
    """Inserts a single disclosure of an order as the gate would; returns its entry id."""
    entry = DisclosureEntry(
        kind=kind,
        id=new_id(now),
        log=BRAND,
        at=now,
        hop=Hop.WMS,
        partner=5,
        credential=credential,
        order=order(number).hex(),
        parcels=(1,),
        forms=FORMS if forms is None else forms,
        purpose="pick and pack the parcel",
        policy=POLICY,
        law_rev=1,
        salt=new_salt(),
    )
    made = acts.seal_entry(entry)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_record (order_id, at, entry_id, log_id, kind, hop, partner_id,"
            " credential_id, entry) VALUES (%s, %s, %s, %s, %s, 'wms', 5, %s, %s)",
            [order(number), now, made.entry_id, BRAND, kind.value, credential, made.entry],
        )
        _queue(cursor, made, order(number), now)
    return made.entry_id


def bulk(numbers, *, now=NOW, credential=21, parcels=(1,)):
    """Inserts a bulk disclosure of these orders' parcels; returns its entry id."""
    pairs = [(order(number), parcel) for number in numbers for parcel in parcels]
    rows = make_rows(pairs)
    entry = BulkEntry(
        id=new_id(now),
        log=BRAND,
        at=now,
        hop=Hop.MARKETING,
        partner=6,
        credential=credential,
        rows=len(rows.rows),
        rows_root=rows.root,
        forms={Field.PHONE: Form.HASHED},
        purpose="understand demand by region",
        policy=POLICY,
        law_rev=1,
        salt=new_salt(),
    )
    made = acts.seal_entry(entry)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_entry (entry_id, log_id, at, kind, entry)"
            " VALUES (%s, %s, %s, 'bulk', %s)",
            [made.entry_id, BRAND, now, made.entry],
        )
        for position, row in enumerate(rows.rows):
            cursor.execute(
                "INSERT INTO ledger_record (order_id, at, entry_id, parcel_no, log_id, kind, hop,"
                " partner_id, credential_id, position, salt)"
                " VALUES (%s, %s, %s, %s, %s, 'bulk', 'marketing', 6, %s, %s, %s)",
                [
                    row.order_id,
                    now,
                    made.entry_id,
                    row.parcel_no,
                    BRAND,
                    credential,
                    position,
                    row.salt,
                ],
            )
        _queue(cursor, made, None, now)
    return made.entry_id


def many(count, *, log_id=BRAND):
    """`count` pending entries whose bytes don't matter, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH made AS (INSERT INTO ledger_entry (entry_id, log_id, at, kind, entry)"
            " SELECT gen_random_uuid(), %s, %s, 'note', convert_to("
            " '{\"kind\":\"note\",\"n\":' || n || '}', 'UTF8') FROM generate_series(1, %s) AS n"
            " RETURNING entry_id, entry)"
            " INSERT INTO ledger_pending (log_id, entry_id, leaf, at)"
            " SELECT %s, entry_id, sha256('\\x00'::bytea || entry), %s FROM made",
            [log_id, NOW, count, log_id, NOW],
        )


def later(**delta):
    """A moment after NOW."""
    return NOW + timedelta(**delta)


def _queue(cursor, made, order_id, now):
    cursor.execute(
        "INSERT INTO ledger_pending (log_id, entry_id, leaf, order_id, at)"
        " VALUES (%s, %s, %s, %s, %s)",
        [BRAND, made.entry_id, made.leaf, order_id, now],
    )
