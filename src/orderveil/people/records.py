"""Sign-ins and factors as acts, on the ledger of every brand the person belongs to."""

from datetime import datetime
from typing import Any

from allauth.mfa import signals as factor_signals
from allauth.mfa.models import Authenticator
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db import transaction
from django.http import HttpRequest

from orderveil.core.clocks import utc_now
from orderveil.ledger.acts import ActKind, Detail, Who, record
from orderveil.people import factors
from orderveil.people.models import Membership, Person

INSTALLATION = 0


def connect() -> None:
    """Listen: called once, when Django has loaded everything."""
    user_logged_in.connect(_signed_in, dispatch_uid="people_signed_in")
    user_logged_out.connect(_signed_out, dispatch_uid="people_signed_out")
    factor_signals.authenticator_added.connect(_added, dispatch_uid="people_added")
    factor_signals.authenticator_removed.connect(_removed, dispatch_uid="people_removed")


@transaction.atomic
def record_everywhere(
    person: Person,
    kind: ActKind,
    *,
    now: datetime,
    who: Who | None = None,
    detail: Detail | None = None,
) -> None:
    """One act about a person on the log of each brand they belong to; else the installation's."""
    brands = list(
        Membership.objects.filter(person=person, ended_at=None).values_list("brand_id", flat=True)
    )
    for brand_id in brands or [INSTALLATION]:
        record(
            brand_id,
            kind,
            now=now,
            who=who or Who(person=person.tag),
            subject=person.tag,
            detail=detail,
        )


def _signed_in(user: Person, **_: Any) -> None:
    record_everywhere(user, ActKind.SIGNED_IN, now=utc_now())


def _signed_out(user: Person | None, **_: Any) -> None:
    if user is not None:
        record_everywhere(user, ActKind.SIGNED_OUT, now=utc_now())


def _added(request: HttpRequest, user: Person, authenticator: Authenticator, **_: Any) -> None:
    factors.note_enrolled(request, user, authenticator)
    detail = {"factor": str(authenticator.type)}
    record_everywhere(user, ActKind.FACTOR_ADDED, now=utc_now(), detail=detail)


def _removed(user: Person, authenticator: Authenticator, **_: Any) -> None:
    detail = {"factor": str(authenticator.type)}
    record_everywhere(user, ActKind.FACTOR_REMOVED, now=utc_now(), detail=detail)
