"""What the sign-in tells: failures by account, and the networks people sign in from.

Rules kept here:
- an account is counted under a keyed hash of its address, whether it exists or not: the sign-in
  does the same work for both, and who reads the table learns no address;
- which person a hash is of is found out later, among the people of a brand.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from allauth.mfa.signals import authentication_failed
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.db import IntegrityError, transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from orderveil.core.clocks import utc_now
from orderveil.incidents.models import Count, Network
from orderveil.incidents.words import What
from orderveil.partners.networks import network_of
from orderveil.people.models import Person

NO_BRAND = 0
_SALT = "orderveil.incidents.account"


def connect() -> None:
    """Listen: called once, when Django has loaded everything."""
    user_login_failed.connect(_failed, dispatch_uid="incidents_failed")
    user_logged_in.connect(_signed_in, dispatch_uid="incidents_signed_in")
    authentication_failed.connect(_factor_failed, dispatch_uid="incidents_factor_failed")


def account_of(address: str) -> str:
    """The name under which an account's failures are counted."""
    digest = salted_hmac(_SALT, address.strip().lower(), algorithm="sha256").hexdigest()
    return f"account:{digest[:32]}"


def note_failure(address: str, now: datetime) -> None:
    """One more failed sign-in."""
    key = {
        "brand_id": NO_BRAND,
        "what": What.FAILED_SIGN_INS,
        "who": account_of(address),
        "hour": now.replace(minute=0, second=0, microsecond=0),
    }
    if Count.objects.filter(**key).update(count=F("count") + 1):
        return
    try:
        with transaction.atomic():
            Count.objects.create(**key, count=1)
    except IntegrityError:  # somebody else's was first
        Count.objects.filter(**key).update(count=F("count") + 1)


def note_network(person: Person, address: str, now: datetime) -> None:
    """Where a person signed in from."""
    network = network_of(address)
    if network is not None:
        Network.objects.get_or_create(
            person=person.tag, network=network, defaults={"first_at": now}
        )


def _failed(credentials: Mapping[str, Any], **_: Any) -> None:
    address = credentials.get("email") or credentials.get("username")
    if address:
        note_failure(str(address), utc_now())


def _factor_failed(user: Person, **_: Any) -> None:
    note_failure(user.email, utc_now())


def _signed_in(user: Person, request: HttpRequest | None = None, **_: Any) -> None:
    if request is not None:
        note_network(user, str(request.META.get("REMOTE_ADDR", "")), utc_now())
