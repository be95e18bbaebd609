"""The link with which an empty installation gets its first account.

Rules kept here:
- it is good while nobody is here, for a limited time, and once: who is first is decided under a
  lock on the table of people;
- a demo's people are nobody, because they sign in nowhere else; a demo begins no installation;
- the token is 256 random bits; only its hash is kept, with the installation's secrets;
- a newer link makes the older one useless.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.urls import reverse

from orderveil.core.clocks import utc_now
from orderveil.keyring import secrets as keyring_secrets
from orderveil.keyring.providers import KeyringError
from orderveil.people.models import Person

LIFE = timedelta(hours=48)
_INSTALLATION, _NAME = 0, "first_run"
_TIME_BYTES = 8


def first_run_link(root: str) -> str | None:
    """A fresh link under the address `root`; None once somebody is here, and in a demo."""
    if _has_begun():
        return None
    token = secrets.token_urlsafe(32)
    end = int((utc_now() + LIFE).timestamp())
    kept = end.to_bytes(_TIME_BYTES, "big") + _hash(token)
    keyring_secrets.put(_INSTALLATION, _NAME, kept)
    return root + reverse("first_run", kwargs={"token": token})


def is_good(token: str, *, now: datetime) -> bool:
    """Does this link still begin anything?"""
    if _has_begun():
        return False
    try:
        kept = keyring_secrets.get(_INSTALLATION, _NAME)
    except KeyringError:
        return False
    end = int.from_bytes(kept[:_TIME_BYTES], "big")
    is_known = hmac.compare_digest(kept[_TIME_BYTES:], _hash(token))
    return is_known and now.timestamp() < end


def claim(token: str, *, now: datetime) -> bool:
    """Use the link up, in the caller's transaction: from here on nobody else is the first."""
    assert connection.in_atomic_block  # noqa: S101 - the lock must outlive this call
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE people_person IN SHARE ROW EXCLUSIVE MODE")
    if not is_good(token, now=now):
        return False
    keyring_secrets.delete(_INSTALLATION, _NAME)
    return True


def _has_begun() -> bool:
    return settings.DEMO or Person.objects.filter(is_demo=False).exists()


def _hash(token: str) -> bytes:
    # The token is 256 random bits, so a plain hash can't be searched back.
    return hashlib.sha256(token.encode()).digest()
