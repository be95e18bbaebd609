"""What a brand has configured of virtual contacts: its pool, its domain, and who carries them.

These change what the policy's `virtual` means: `gate/contacting` decides whether they may.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from orderveil.contacts.models import Number, Setup
from orderveil.core.fields import Field
from orderveil.ledger.acts import ActKind, Who, record


def setup_of(brand_id: int) -> Setup | None:
    """The brand's set-up, if it has one."""
    return Setup.objects.filter(brand_id=brand_id).first()


def configured(brand_id: int) -> frozenset[Field]:
    """Which fields have a virtual contact: a policy that says `virtual` needs it here."""
    setup = setup_of(brand_id)
    return frozenset() if setup is None else _fields(setup, has_numbers=_has_numbers(brand_id))


def would_be(setup: Setup, *, has_numbers: bool) -> frozenset[Field]:
    """The same of a set-up that isn't saved yet."""
    return _fields(setup, has_numbers=has_numbers)


def _fields(setup: Setup, *, has_numbers: bool) -> frozenset[Field]:
    fields = set()
    if setup.care_number and setup.call_partner_id is not None and has_numbers:
        fields.add(Field.PHONE)
    if setup.mail_domain and setup.mail_partner_id is not None:
        fields.add(Field.EMAIL)
    return frozenset(fields)


def _has_numbers(brand_id: int) -> bool:
    return Number.objects.filter(brand_id=brand_id, retired_at=None).exists()


def numbers_of(brand_id: int) -> Sequence[Number]:
    """The pool, in the order in which it was filled."""
    return list(Number.objects.filter(brand_id=brand_id, retired_at=None).order_by("pk"))


def brand_of_domain(domain: str) -> int | None:
    """Whose aliases are addresses of this domain; in any case of letters."""
    found = Setup.objects.filter(mail_domain=domain.lower()).exclude(mail_domain="")
    return found.values_list("brand_id", flat=True).first()


def brand_of_number(number: str) -> int | None:
    """Whose pool this number (E.164) belongs to, or belonged to last.

    A retired number is given to nobody any more; who stands behind it is reached until their end.
    """
    found = Number.objects.filter(number=number).order_by(F("retired_at").desc(nulls_first=True))
    return found.values_list("brand_id", flat=True).first()


@transaction.atomic
def save(brand_id: int, changes: dict[str, Any], *, now: datetime, who: Who) -> Setup:
    """Change some of it; the act says what, and the law's revision moves."""
    setup = Setup.objects.select_for_update().filter(brand_id=brand_id).first()
    setup = setup or Setup(brand_id=brand_id)
    for name, value in changes.items():
        setattr(setup, name, value)
    setup.changed_at = now
    setup.save()
    record(
        brand_id,
        ActKind.CONTACTS_CHANGED,
        now=now,
        who=who,
        subject=f"brand:{brand_id}",
        detail={
            "care_number": bool(setup.care_number),
            "calls_through": setup.call_partner_id,
            "mail": setup.mail_domain,
            "mail_through": setup.mail_partner_id,
        },
    )
    return setup


@transaction.atomic
def put_number(brand_id: int, number: str, *, now: datetime, who: Who, retire: bool) -> bool:
    """Put a number (E.164) into the pool, or take it out; False if nothing changed."""
    live = Number.objects.filter(number=number, retired_at=None)
    if retire:
        done = bool(live.filter(brand_id=brand_id).update(retired_at=now))
    else:
        done = not live.exists()
        if done:
            Number.objects.create(brand_id=brand_id, number=number, added_at=now)
    if done:
        record(
            brand_id,
            ActKind.CONTACTS_CHANGED,
            now=now,
            who=who,
            subject=f"brand:{brand_id}",
            detail={"number": "retired" if retire else "added"},
        )
    return done
