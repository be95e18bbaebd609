"""What allauth and Django tell of: sign-ins, passwords and factors become acts.

Rules kept here:
- a changed password ends every other session of the person;
- a fresh set of recovery codes is a factor added: the act says which kind.
"""

from typing import Any

from allauth.account.signals import password_changed
from allauth.mfa import signals as factor_signals
from allauth.mfa.models import Authenticator
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db import transaction
from django.http import HttpRequest

from orderveil.core.clocks import utc_now
from orderveil.ledger.acts import ActKind
from orderveil.people import factors, sessions
from orderveil.people.models import Person
from orderveil.people.records import record_everywhere


def connect() -> None:
    """Listen: called once, when Django has loaded everything."""
    user_logged_in.connect(_signed_in, dispatch_uid="people_signed_in")
    user_logged_out.connect(_signed_out, dispatch_uid="people_signed_out")
    password_changed.connect(_password_changed, dispatch_uid="people_password")
    factor_signals.authenticator_added.connect(_added, dispatch_uid="people_added")
    factor_signals.authenticator_reset.connect(_added, dispatch_uid="people_renewed")
    factor_signals.authenticator_removed.connect(_removed, dispatch_uid="people_removed")


def _signed_in(request: HttpRequest, user: Person, **_: Any) -> None:
    detail = {"factor": factors.last_proof(request, user)}
    record_everywhere(user, ActKind.SIGNED_IN, now=utc_now(), detail=detail)


def _signed_out(user: Person | None, **_: Any) -> None:
    if user is not None:
        record_everywhere(user, ActKind.SIGNED_OUT, now=utc_now())


@transaction.atomic
def _password_changed(request: HttpRequest, user: Person, **_: Any) -> None:
    now = utc_now()
    record_everywhere(user, ActKind.PASSWORD_SET, now=now)
    sessions.end_others(user, request.session.session_key or "", now=now)


def _added(request: HttpRequest, user: Person, authenticator: Authenticator, **_: Any) -> None:
    factors.note_enrolled(request, user, authenticator)
    detail = {"factor": str(authenticator.type)}
    record_everywhere(user, ActKind.FACTOR_ADDED, now=utc_now(), detail=detail)


def _removed(user: Person, authenticator: Authenticator, **_: Any) -> None:
    since = authenticator.created_at.isoformat()
    detail = {"factor": str(authenticator.type), "since": since}
    record_everywhere(user, ActKind.FACTOR_REMOVED, now=utc_now(), detail=detail)
