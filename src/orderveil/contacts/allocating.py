"""Giving a parcel its number and PIN, or its alias; and ending them.

Rules kept here:
- one contact of a kind for a parcel, a partner and a hop: whoever asks again gets the same;
- PINs and aliases are random; of a number's million PINs at most MOST_PER_NUMBER stand for somebody
  at a time: a guess is right once in a hundred times, and few guesses are allowed;
- a PIN stands for nobody else for REST after it ended: an old label leads to no new customer;
- a pool without room gives nothing, and that is counted: the care number stands in for it;
- what ended keeps its code and loses its peer.
"""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from django.db import connection, transaction
from django.db.models import Count

from orderveil.contacts import using
from orderveil.contacts.models import Contact, ContactKind, Number
from orderveil.contacts.using import Outcome
from orderveil.core.hops import Hop
from orderveil.core.literals import bytea_array, text_array
from orderveil.core.virtual import PIN_DIGITS

MOST_PER_NUMBER: Final = 10_000
REST: Final = timedelta(days=30)
LONGEST: Final = timedelta(days=60)
KEPT: Final = timedelta(days=180)
"""How long an ended contact tells that a leaked code was used."""
_TRIES: Final = 6
_ALIAS_LETTERS: Final = "abcdefghijkmnpqrstuvwxyz23456789"
_ALIAS_LENGTH: Final = 16


class Place(NamedTuple):
    """For whom: a parcel, and the partner that handles it for a hop."""

    order_id: bytes
    parcel_no: int
    partner_id: int
    hop: Hop


class Given(NamedTuple):
    """What stands for the customer. Of an alias `number` is empty."""

    number: str
    code: str


def allocate(
    brand_id: int, kind: ContactKind, places: Sequence[Place], now: datetime
) -> dict[Place, Given]:
    """A contact for each place, new or known; a place is missing where the pool has no room."""
    with transaction.atomic():
        _end_overdue(places, kind, now)
        given = _live(kind, places)
        for _ in range(_TRIES):
            # In one order everywhere: two batches that meet wait for each other, and go on.
            missing = sorted(set(places) - given.keys())
            codes = _codes(brand_id, kind, len(missing))
            if not missing or not codes:
                break
            _insert(brand_id, kind, missing, codes, now)
            given = _live(kind, places)
    if len(given) < len(set(places)):
        using.note_stranger(brand_id, kind, Outcome.EXHAUSTED, now=now)
    return given


def adopt(contact_place: Place, brand_id: int, given: Given, now: datetime) -> bool:
    """A number and PIN that a telephony provider allocated; False if the place has one already."""
    with transaction.atomic():
        _insert(brand_id, ContactKind.PHONE, [contact_place], [given], now)
        return _live(ContactKind.PHONE, [contact_place]).get(contact_place) == given


def _codes(brand_id: int, kind: ContactKind, count: int) -> list[Given]:
    """Fresh codes for `count` places; fewer, if the pool's numbers have less room."""
    if kind == ContactKind.EMAIL:
        return [Given("", _alias()) for _ in range(count)]
    room = {number: MOST_PER_NUMBER - used for number, used in _used(brand_id).items()}
    codes: list[Given] = []
    for number, left in sorted(room.items(), key=lambda each: -each[1]):
        share = min(count - len(codes), max(left, 0))
        codes += [Given(number, _pin()) for _ in range(share)]
    return codes


def _pin() -> str:
    return str(secrets.randbelow(10**PIN_DIGITS)).zfill(PIN_DIGITS)


def _alias() -> str:
    return "".join(secrets.choice(_ALIAS_LETTERS) for _ in range(_ALIAS_LENGTH))


def _used(brand_id: int) -> Mapping[str, int]:
    """How many stand behind each number of the pool."""
    live = Contact.objects.filter(brand_id=brand_id, kind=ContactKind.PHONE, ended_at=None)
    used = dict(live.values_list("number").annotate(Count("pk")))
    pool = Number.objects.filter(brand_id=brand_id, retired_at=None)
    return {number: used.get(number, 0) for number in pool.values_list("number", flat=True)}


def _insert(
    brand_id: int, kind: ContactKind, places: Sequence[Place], codes: Sequence[Given], now: datetime
) -> None:
    """One try each: a code that somebody has, or had lately, leaves its place for the next try."""
    pairs = list(zip(places, codes, strict=False))
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO contacts_contact (brand_id, order_id, parcel_no, partner_id, hop, kind,
                                          number, code, allocated_at, expires_at)
            SELECT %s, w.order_id, w.parcel_no, w.partner_id, w.hop, %s, w.number, w.code, %s, %s
              FROM unnest(%s::bytea[], %s::smallint[], %s::bigint[], %s::text[], %s::text[],
                          %s::text[]) AS w (order_id, parcel_no, partner_id, hop, number, code)
             WHERE NOT EXISTS (SELECT 1 FROM contacts_contact c
                                WHERE c.number = w.number AND c.code = w.code
                                  AND (c.ended_at IS NULL OR c.ended_at > %s))
                ON CONFLICT DO NOTHING
            """,
            [
                *(brand_id, kind.value, now, now + LONGEST),
                bytea_array(place.order_id for place, _ in pairs),
                [place.parcel_no for place, _ in pairs],
                [place.partner_id for place, _ in pairs],
                text_array(place.hop.value for place, _ in pairs),
                text_array(code.number for _, code in pairs),
                text_array(code.code for _, code in pairs),
                now - REST,
            ],
        )


def _live(kind: ContactKind, places: Sequence[Place]) -> dict[Place, Given]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.order_id, c.parcel_no, c.partner_id, c.hop, c.number, c.code
              FROM contacts_contact c
              JOIN unnest(%s::bytea[], %s::smallint[], %s::bigint[], %s::text[])
                   AS w (order_id, parcel_no, partner_id, hop)
                   USING (order_id, parcel_no, partner_id, hop)
             WHERE c.kind = %s AND c.ended_at IS NULL
            """,
            [*_arrays(places), kind.value],
        )
        return {
            Place(bytes(order), parcel, partner, Hop(hop)): Given(number, code)
            for order, parcel, partner, hop, number, code in cursor.fetchall()
        }


def _end_overdue(places: Sequence[Place], kind: ContactKind, now: datetime) -> None:
    """A parcel that outlives its contact gets a new one."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE contacts_contact c SET ended_at = c.expires_at, peer = NULL
              FROM unnest(%s::bytea[], %s::smallint[], %s::bigint[], %s::text[])
                   AS w (order_id, parcel_no, partner_id, hop)
             WHERE c.order_id = w.order_id AND c.parcel_no = w.parcel_no
               AND c.partner_id = w.partner_id AND c.hop = w.hop AND c.kind = %s
               AND c.ended_at IS NULL AND c.expires_at <= %s
            """,
            [*_arrays(places), kind.value, now],
        )


def _arrays(places: Sequence[Place]) -> list[Any]:
    return [
        bytea_array(place.order_id for place in places),
        [place.parcel_no for place in places],
        [place.partner_id for place in places],
        text_array(place.hop.value for place in places),
    ]


def end(
    order_id: bytes, now: datetime, *, parcel_no: int | None = None, partner_id: int | None = None
) -> int:
    """End the contacts of an order, or of one parcel, or of one partner's; how many."""
    found = Contact.objects.filter(order_id=order_id, ended_at=None)
    if parcel_no is not None:
        found = found.filter(parcel_no=parcel_no)
    if partner_id is not None:
        found = found.filter(partner_id=partner_id)
    return found.update(ended_at=now, peer=None)


def sweep(now: datetime) -> None:
    """End what is overdue; forget what ended long ago, and old counts."""
    over = Contact.objects.filter(ended_at=None, expires_at__lte=now)
    over.update(ended_at=now, peer=None)
    Contact.objects.filter(ended_at__lt=now - KEPT).delete()
    using.sweep(now)
