"""Using a contact: who it is, whether it still is, how often, and what came of it.

Rules kept here:
- every use of a contact is an act on its order: who, which way, allowed or not, never a number;
- what hammers on a contact can't fill the log: of one way and outcome MOST_NOTED an hour;
- what belongs to no order is counted, never kept: a wrong PIN says nothing about anybody.
"""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from django.db import connection, transaction

from orderveil.contacts.models import Contact, ContactKind, Spent, Tally
from orderveil.keyring import boxes
from orderveil.ledger.acts import ActKind, Who, record

MOST_AN_HOUR: Final = 20
MOST_A_DAY: Final = 60
MOST_NOTED: Final = 20
COUNTS_KEPT: Final = timedelta(days=90)
_BOX: Final = "contacts_key"


class Way(StrEnum):
    """Which way a contact is used."""

    TO_CUSTOMER = "to_customer"
    TO_PARTNER = "to_partner"


class Outcome(StrEnum):
    """What came of it. The first two are the good ones."""

    CONNECTED = "connected"
    RELAYED = "relayed"
    ENDED = "ended"
    """The contact had ended: whoever used it has it from somewhere."""
    STRANGER = "stranger"
    TOO_OFTEN = "too_often"
    NO_STANDING = "no_standing"
    NOBODY = "nobody"
    UNVERIFIED = "unverified"
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"
    UNREACHABLE = "unreachable"
    BOUNCED = "bounced"
    LOOP = "loop"
    EXHAUSTED = "exhausted"
    """The pool had no number and PIN left."""


ALLOWED: Final = frozenset({Outcome.CONNECTED, Outcome.RELAYED})


def by_pin(brand_id: int, number: str, pin: str) -> Contact | None:
    """Who stands, or stood last, behind a PIN of a number (E.164)."""
    found = Contact.objects.filter(
        brand_id=brand_id, number=number, code=pin, kind=ContactKind.PHONE
    )
    return found.order_by("-pk").first()


def by_alias(brand_id: int, local: str) -> Contact | None:
    """Who stands, or stood, behind an alias; `local`: what comes before the @, in any case."""
    found = Contact.objects.filter(brand_id=brand_id, code=local.lower(), kind=ContactKind.EMAIL)
    return found.first()


def newest_on(
    brand_id: int, number: str, orders: Collection[bytes], now: datetime
) -> Contact | None:
    """Of these orders' live contacts on a number, the newest."""
    found = Contact.objects.filter(
        brand_id=brand_id,
        kind=ContactKind.PHONE,
        number=number,
        order_id__in=list(orders),
        ended_at=None,
        expires_at__gt=now,
    )
    return found.order_by("-pk").first()


def of_order(brand_id: int, order_id: bytes) -> list[Contact]:
    """Every contact that an order has or had, the newest first."""
    return list(Contact.objects.filter(brand_id=brand_id, order_id=order_id).order_by("-pk"))


def is_live(contact: Contact, now: datetime) -> bool:
    """Does it still stand for somebody? The gate asks beside this whether the parcel is open."""
    return contact.ended_at is None and now < contact.expires_at


def spend(contact: Contact, way: Way, now: datetime) -> bool:
    """Count one use; False: it was used too often in this hour or in a day's time."""
    in_hour, in_day = _count(contact, way.value, now)
    return in_hour <= MOST_AN_HOUR and in_day <= MOST_A_DAY


@transaction.atomic
def note(contact: Contact, way: Way, outcome: Outcome, *, now: datetime, through: str = "") -> None:
    """Put a use on the order's record. `through`: which of our doors it came by, a word of ours."""
    in_hour, _ = _count(contact, f"{way}:{outcome}", now)
    if in_hour > MOST_NOTED:
        return
    by_customer = way == Way.TO_PARTNER
    record(
        contact.brand_id,
        ActKind.CONTACT_USED,
        now=now,
        who=Who(system="customer") if by_customer else Who(partner=contact.partner_id),
        order_id=bytes(contact.order_id),
        detail={
            "contact": contact.pk,
            "kind": contact.kind,
            "parcel": contact.parcel_no,
            "partner": contact.partner_id,
            "way": way.value,
            "outcome": outcome.value,
            "allowed": outcome in ALLOWED,
            "through": through,
        },
    )


def note_stranger(brand_id: int, kind: ContactKind, outcome: Outcome, *, now: datetime) -> None:
    """Count what belongs to no order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO contacts_tally (brand_id, kind, outcome, hour, times)"
            " VALUES (%s, %s, %s, %s, 1) ON CONFLICT (brand_id, kind, outcome, hour)"
            " DO UPDATE SET times = contacts_tally.times + 1",
            [brand_id, kind.value, outcome.value, _hour(now)],
        )


def _count(contact: Contact, what: str, now: datetime) -> tuple[int, int]:
    """How often in this hour of the clock, and in a day's time, with this time."""
    hour = _hour(now)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO contacts_spent (contact_id, what, hour, times)"
            " VALUES (%(contact)s, %(what)s, %(hour)s, 1)"
            " ON CONFLICT (contact_id, what, hour) DO UPDATE SET times = contacts_spent.times + 1"
            " RETURNING times, times + (SELECT coalesce(sum(times), 0) FROM contacts_spent AS other"
            " WHERE contact_id = %(contact)s AND what = %(what)s"
            " AND hour > %(day)s AND hour <> %(hour)s)",
            {"contact": contact.pk, "what": what, "hour": hour, "day": now - timedelta(days=1)},
        )
        in_hour, in_day = cursor.fetchone()
        return int(in_hour), int(in_day)


def _hour(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def remember_peer(contact: Contact, address: str, now: datetime) -> None:
    """Keep the partner's side of a live contact, sealed, so that the customer can answer."""
    sealed = boxes.seal(contact.brand_id, _BOX, f"peer:{contact.pk}", address.encode())
    live = Contact.objects.filter(pk=contact.pk, ended_at=None, expires_at__gt=now)
    live.update(peer=sealed, peer_at=now)


def peer_of(contact: Contact, since: datetime | None = None) -> str | None:
    """The partner's side that used it last; None if nobody did since then, or it ended."""
    found = Contact.objects.filter(pk=contact.pk, ended_at=None)
    if since is not None:
        found = found.filter(peer_at__gte=since)
    sealed = found.values_list("peer", flat=True).first()
    if sealed is None:
        return None
    return boxes.open_box(contact.brand_id, _BOX, f"peer:{contact.pk}", bytes(sealed)).decode()


def sweep(now: datetime) -> None:
    """Forget old counts."""
    Spent.objects.filter(hour__lt=now - timedelta(days=2)).delete()
    Tally.objects.filter(hour__lt=now - COUNTS_KEPT).delete()
