"""Going through the sign-in as a browser does: forms, cookies, one-time codes."""

import time

import msgspec
from allauth.mfa.totp.internal import auth
from django.core.cache import cache
from django.test import Client

from desk import PASSWORD, TOTP_SECRET
from orderveil.ledger.acts import ActKind
from orderveil.people.models import Membership
from scene import rows

LOGIN, CODE = "/account/login/", "/account/2fa/authenticate/"


def visitor(**settings) -> Client:
    """A browser that was never here."""
    return Client(headers={"host": "localhost"}, **settings)


def code(secret: str = TOTP_SECRET) -> str:
    """What the app shows now."""
    return auth.format_hotp_value(auth.hotp_value(secret, int(time.time()) // 30))


def password(client: Client, email: str, typed: str = PASSWORD):
    """The answer to the first form."""
    return client.post(LOGIN, {"login": email, "password": typed})


def sign_in(member: Membership) -> Client:
    """A browser that went through both forms as this person."""
    client = visitor()
    assert password(client, member.person.email)["Location"] == CODE
    # The same code serves several sign-ins of a test within its half minute.
    cache.clear()
    assert client.post(CODE, {"code": code()}).status_code == 302
    return client


def acts(brand_id: int, kind: ActKind) -> list[dict]:
    """What is on the brand's log of that kind, oldest first, sequenced or not."""
    found = rows(
        "SELECT entry FROM ledger_entry WHERE log_id = %s AND kind = %s ORDER BY at, entry_id",
        [brand_id, str(kind)],
    )
    return [msgspec.json.decode(bytes(entry)) for (entry,) in found]
