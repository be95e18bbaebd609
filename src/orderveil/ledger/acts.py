"""Acts: everything but a disclosure that is worth proving later.

Rules kept here:
- an act is written in the caller's transaction, with the thing it is about: both or neither;
- an act that changes what is lawful bumps the log's `rev`, so that a disclosure decided under
  the old law finds it changed and is decided again;
- the subject and the detail hold ids, counts, digests and words of ours, never personal data.
"""

import getpass
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction

from orderveil.core.actors import Actor
from orderveil.core.errors import OrderveilError
from orderveil.core.merkle import leaf_hash
from orderveil.core.notes import is_name
from orderveil.ledger.entries import ActEntry, Entry, Who, encode, new_id, new_salt
from orderveil.ledger.rows import Rows, make_rows

__all__ = [
    "ActKind",
    "Detail",
    "Prepared",
    "Who",
    "by",
    "create_log",
    "machine",
    "prepare",
    "prepare_bulk",
    "record",
    "record_bulk",
    "seal_entry",
]

Detail = Mapping[str, str | int | bool | None]


class ActKind(StrEnum):
    """The kinds of act. A new one goes here, and into `CHANGES_LAW` if it changes the law."""

    BRAND_CREATED = "brand_created"
    CHANNEL_ADDED = "channel_added"
    CHANNEL_REVOKED = "channel_revoked"
    SUBSCRIPTION_ADDED = "subscription_added"
    SUBSCRIPTION_REVOKED = "subscription_revoked"

    ORDER_ADMITTED = "order_admitted"
    ORDERS_ADMITTED = "orders_admitted"
    ORDER_UPDATED = "order_updated"
    ORDER_CANCELLED = "order_cancelled"
    CARD_DATA_DROPPED = "card_data_dropped"
    STATE_CHANGED = "state_changed"
    PARCEL_ASSIGNED = "parcel_assigned"
    PARCEL_UNASSIGNED = "parcel_unassigned"
    REVERSE_OPENED = "reverse_opened"
    PRIVACY_REQUEST_RECEIVED = "privacy_request_received"
    ERASED = "erased"
    COMPARTMENTS_ERASED = "compartments_erased"

    POLICY_DRAFTED = "policy_drafted"
    POLICY_PUBLISHED = "policy_published"
    POLICY_APPROVED = "policy_approved"
    SIGNATORY_ADDED = "signatory_added"
    SIGNATORY_REVOKED = "signatory_revoked"

    PARTNER_ADDED = "partner_added"
    PARTNER_SUSPENDED = "partner_suspended"
    PARTNER_RESTORED = "partner_restored"
    PARTNER_MODE_CHANGED = "partner_mode_changed"
    AGREEMENT_RECORDED = "agreement_recorded"
    CREDENTIAL_ISSUED = "credential_issued"
    CREDENTIAL_REVOKED = "credential_revoked"
    DEVICE_REGISTERED = "device_registered"
    DEVICE_ENROLLED = "device_enrolled"
    DEVICE_ATTESTED = "device_attested"
    DEVICE_RELINKED = "device_relinked"
    DEVICE_LEFT = "device_left"
    DEVICE_REVOKED = "device_revoked"

    PERSON_ADDED = "person_added"
    PERSON_INVITED = "person_invited"
    MEMBERSHIP_ACCEPTED = "membership_accepted"
    ROLE_CHANGED = "role_changed"
    MEMBERSHIP_ENDED = "membership_ended"
    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    SESSIONS_ENDED = "sessions_ended"
    PASSWORD_SET = "password_set"  # noqa: S105 - the name of an act
    FACTOR_ADDED = "factor_added"
    FACTOR_REMOVED = "factor_removed"
    FACTORS_RESET = "factors_reset"
    IDENTITY_JOINED = "identity_joined"

    LOCATIONS_SET = "locations_set"
    WAVE_MADE = "wave_made"
    WAVE_PICKED = "wave_picked"
    WAVE_ENDED = "wave_ended"

    ORDERS_SEARCHED = "orders_searched"
    CALLER_VERIFIED = "caller_verified"
    ADDRESS_CORRECTED = "address_corrected"
    ATTEMPT_REPORTED = "attempt_reported"
    ATTEMPT_ANSWERED = "attempt_answered"
    CENTRE_SIGNED = "centre_signed"
    LEDGER_EXPORTED = "ledger_exported"

    POLICY_REJECTED = "policy_rejected"
    CREDENTIAL_ROTATED = "credential_rotated"
    CREDENTIAL_NARROWED = "credential_narrowed"
    APPROVAL_ASKED = "approval_asked"
    APPROVAL_GIVEN = "approval_given"
    APPROVAL_TURNED_DOWN = "approval_turned_down"
    APPROVAL_USED = "approval_used"
    CHANNEL_ROTATED = "channel_rotated"
    SUBSCRIPTION_ROTATED = "subscription_rotated"
    CENTRE_TERMS_CHANGED = "centre_terms_changed"
    BRAND_CHANGED = "brand_changed"

    REVIEW_OPENED = "review_opened"
    REVIEW_DECIDED = "review_decided"
    REVIEW_CLOSED = "review_closed"
    ALERT_RAISED = "alert_raised"
    ALERT_WORSE = "alert_worse"
    ALERT_CLOSED = "alert_closed"
    ALERT_RECEIVER_CHANGED = "alert_receiver_changed"
    CANARY_MARKED = "canary_marked"

    SHEETS_ASKED = "sheets_asked"
    SHEETS_PRINTED = "sheets_printed"
    SHEET_SETTLED = "sheet_settled"
    SHEETS_CALLED_OFF = "sheets_called_off"

    CONTACTS_CHANGED = "contacts_changed"
    CONTACT_USED = "contact_used"

    CALL_LINE_ADDED = "call_line_added"
    CALL_LINE_ENDED = "call_line_ended"
    CALL_AGENT_ADDED = "call_agent_added"
    CALL_AGENT_ENDED = "call_agent_ended"
    CALL_PLACED = "call_placed"
    CALL_SETTLED = "call_settled"

    INVENTORY_CONNECTED = "inventory_connected"
    INVENTORY_DISCONNECTED = "inventory_disconnected"
    INVENTORY_REFUSED = "inventory_refused"
    INVENTORY_OBSERVED = "inventory_observed"

    CARRIER_CONNECTED = "carrier_connected"
    CARRIER_DISCONNECTED = "carrier_disconnected"
    PARCEL_BOOKED = "parcel_booked"
    PARCEL_UNBOOKED = "parcel_unbooked"
    BOOKING_SETTLED = "booking_settled"

    PURGE_REQUESTED = "purge_requested"
    PURGE_REMINDED = "purge_reminded"
    PURGE_LIST_SHOWN = "purge_list_shown"
    PURGE_CONFIRMED = "purge_confirmed"

    ROOT_ROTATED = "root_rotated"
    EPOCH_ROTATED = "epoch_rotated"
    EPOCH_DESTROYED = "epoch_destroyed"

    @property
    def changes_law(self) -> bool:
        """True if a decision made before this act may be wrong after it."""
        return self in CHANGES_LAW


CHANGES_LAW = frozenset(
    {
        ActKind.POLICY_PUBLISHED,
        ActKind.POLICY_APPROVED,
        ActKind.SIGNATORY_ADDED,
        ActKind.SIGNATORY_REVOKED,
        ActKind.PARTNER_ADDED,
        ActKind.PARTNER_SUSPENDED,
        ActKind.PARTNER_RESTORED,
        ActKind.PARTNER_MODE_CHANGED,
        ActKind.AGREEMENT_RECORDED,
        ActKind.CREDENTIAL_ISSUED,
        ActKind.CREDENTIAL_REVOKED,
        ActKind.CREDENTIAL_ROTATED,
        ActKind.CREDENTIAL_NARROWED,
        ActKind.DEVICE_REGISTERED,
        ActKind.DEVICE_ENROLLED,
        ActKind.DEVICE_ATTESTED,
        ActKind.DEVICE_RELINKED,
        ActKind.DEVICE_LEFT,
        ActKind.DEVICE_REVOKED,
        ActKind.CENTRE_TERMS_CHANGED,
        ActKind.CONTACTS_CHANGED,
        ActKind.PERSON_ADDED,
        ActKind.MEMBERSHIP_ACCEPTED,
        ActKind.ROLE_CHANGED,
        ActKind.MEMBERSHIP_ENDED,
        ActKind.CARRIER_CONNECTED,
        ActKind.CARRIER_DISCONNECTED,
    }
)


class Prepared(NamedTuple):
    """An entry ready to be inserted: its id, its bytes, its leaf hash."""

    entry_id: UUID
    entry: bytes
    leaf: bytes


def seal_entry(entry: Entry) -> Prepared:
    """The entry's id, bytes and leaf. After this nothing about it can change."""
    raw = encode(entry)
    return Prepared(entry.id, raw, leaf_hash(raw))


def prepare(
    log_id: int,
    kind: ActKind,
    *,
    now: datetime,
    who: Who,
    subject: str = "",
    detail: Detail | None = None,
    order_id: bytes | None = None,
    rows: Rows | None = None,
) -> Prepared:
    """An act's entry, inserted nowhere: for callers that insert many in one round trip.

    Whoever inserts it owes three things: the entry (into `ledger_record` if it has an order, else
    into `ledger_entry`), its row in `ledger_pending`, and, if `kind.changes_law`, the bump.
    """
    return seal_entry(
        ActEntry(
            kind=kind,
            id=new_id(now),
            log=log_id,
            at=now,
            who=who,
            subject=subject,
            order=order_id.hex() if order_id else None,
            rows=len(rows.rows) if rows else 0,
            rows_root=rows.root if rows else None,
            detail=dict(detail or {}),
            salt=new_salt(),
        )
    )


def prepare_bulk(
    log_id: int,
    kind: ActKind,
    orders: Sequence[tuple[bytes, int]],
    *,
    now: datetime,
    who: Who,
    detail: Detail | None = None,
) -> tuple[Prepared, Rows]:
    """One act on many (order_id, parcel_no): its head for `ledger_entry`, its rows for COPY.

    The columns of a row in `ledger_record`: order_id, at, entry_id, parcel_no, log_id, kind,
    position, salt.
    """
    rows = make_rows(orders)
    return prepare(log_id, kind, now=now, who=who, detail=detail, rows=rows), rows


def record(
    log_id: int,
    kind: ActKind,
    *,
    now: datetime,
    who: Who,
    subject: str = "",
    detail: Detail | None = None,
    order_id: bytes | None = None,
) -> UUID:
    """Writes an act in the caller's transaction; returns the entry's id.

    Raises OrderveilError if the log does not exist.
    """
    made = prepare(
        log_id, kind, now=now, who=who, subject=subject, detail=detail, order_id=order_id
    )
    by = [who.person, who.partner]
    with _together(), connection.cursor() as cursor:
        if order_id is None:
            cursor.execute(
                "INSERT INTO ledger_entry"
                " (entry_id, log_id, at, kind, subject, person, by_partner, entry)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
                [made.entry_id, log_id, now, kind.value, subject, *by, made.entry],
            )
        else:
            cursor.execute(
                "INSERT INTO ledger_record"
                " (order_id, at, entry_id, log_id, kind, person, by_partner, entry)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
                [order_id, now, made.entry_id, log_id, kind.value, *by, made.entry],
            )
        _queue(cursor, log_id, made, now, order_id)
        _bump(cursor, log_id, kind)
    return made.entry_id


def record_bulk(
    log_id: int,
    kind: ActKind,
    orders: Sequence[tuple[bytes, int]],
    *,
    now: datetime,
    who: Who,
    detail: Detail | None = None,
) -> UUID:
    """Writes one act on many orders in the caller's transaction; returns the entry's id."""
    made, rows = prepare_bulk(log_id, kind, orders, now=now, who=who, detail=detail)
    with _together(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_entry (entry_id, log_id, at, kind, person, by_partner, entry)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [made.entry_id, log_id, now, kind.value, who.person, who.partner, made.entry],
        )
        with cursor.copy(
            "COPY ledger_record (order_id, at, entry_id, parcel_no, log_id, kind, position, salt)"
            " FROM STDIN"
        ) as copy:
            for position, row in enumerate(rows.rows):
                copy.write_row(
                    [
                        row.order_id,
                        now,
                        made.entry_id,
                        row.parcel_no,
                        log_id,
                        kind.value,
                        position,
                        row.salt,
                    ]
                )
        _queue(cursor, log_id, made, now, None)
        _bump(cursor, log_id, kind)
    return made.entry_id


def by(actor: Actor) -> Who:
    """A person at the desk, by their pseudonym."""
    return Who(person=actor.person)


def machine() -> Who:
    """Whoever runs a command on this machine, by the name of their account."""
    return Who(person=f"machine:{getpass.getuser()}")


def create_log(log_id: int, origin: str, now: datetime) -> None:
    """A new log in the caller's transaction. Does nothing if it exists with this origin.

    `origin` names the log in its checkpoints ("shop.example/ledger"): no spaces, no plus.
    Raises OrderveilError if it is not such a name, or the log has another one.
    """
    if not is_name(origin):
        msg = "a log's origin has no spaces, no plus and no control characters"
        raise OrderveilError(msg, remedy="Take a host name and a path, without the scheme.")
    with _together(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_log (log_id, origin, created_at) VALUES (%s, %s, %s)"
            " ON CONFLICT (log_id) DO NOTHING",
            [log_id, origin, now],
        )
        cursor.execute(
            "INSERT INTO ledger_law (log_id) VALUES (%s) ON CONFLICT (log_id) DO NOTHING",
            [log_id],
        )
        cursor.execute("SELECT origin FROM ledger_log WHERE log_id = %s", [log_id])
        if cursor.fetchone() != (origin,):
            msg = f"log {log_id} has another origin"
            raise OrderveilError(msg, remedy="A log keeps its first origin for good.")


def _together() -> AbstractContextManager[None]:
    """The caller's transaction; one of our own if there is none. Never half an act."""
    return transaction.atomic(savepoint=False)


def _queue(cursor: Any, log_id: int, made: Prepared, now: datetime, order: bytes | None) -> None:
    cursor.execute(
        "INSERT INTO ledger_pending (log_id, entry_id, leaf, order_id, at)"
        " SELECT log_id, %s, %s, %s, %s FROM ledger_log WHERE log_id = %s",
        [made.entry_id, made.leaf, order, now, log_id],
    )
    _must_exist(cursor, log_id)


def _bump(cursor: Any, log_id: int, kind: ActKind) -> None:
    if kind.changes_law:
        cursor.execute("UPDATE ledger_law SET rev = rev + 1 WHERE log_id = %s", [log_id])
        _must_exist(cursor, log_id)


def _must_exist(cursor: Any, log_id: int) -> None:
    if cursor.rowcount != 1:
        msg = f"log {log_id} does not exist"
        raise OrderveilError(msg, remedy="Create it first (acts.create_log).")
