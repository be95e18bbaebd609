"""The token of a carrier account: got once, kept sealed, renewed when the carrier forgot it.

Rules kept here:
- one sign-in at a time across all workers and nodes: whoever takes the lease signs in, the others
  come back a moment later and find the token;
- who was told that a token is bad renews that one: if it has been renewed meanwhile, they take it;
- a sign-in that is refused pauses the whole account: a wrong password isn't tried all day long.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from orderveil.core.sealing import SealBrokenError
from orderveil.hops.courier import client
from orderveil.hops.courier.accounts import carrier_of, pause, secrets_of
from orderveil.hops.courier.carriers.speech import Ask, Later, Refused
from orderveil.hops.courier.models import CarrierAccount
from orderveil.keyring import boxes
from orderveil.keyring.providers import KeyringError
from orderveil.outbox.egress import Egress, EgressError

BOX: Final = "courier_box"
LEASE: Final = timedelta(seconds=60)
MARGIN: Final = timedelta(seconds=60)
REFUSED_PAUSE: Final = timedelta(hours=1)
_MOMENT_SECONDS: Final = 2
_MOST_SECONDS: Final = 400 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Token:
    """What a request is signed with. `number`: which sign-in it came from, 0: none was needed."""

    text: str = field(repr=False)
    number: int = 0


def token_of(
    account: CarrierAccount, now: datetime, egress: Egress, *, apart_from: int | None = None
) -> Token | Later | Refused:
    """The account's token, signing in if there is none that is good.

    `apart_from`: the number of one that the carrier called bad.
    """
    carrier = carrier_of(account.carrier)
    try:
        asked = carrier.sign_in(secrets_of(account))
    except KeyringError:  # disconnected a moment ago
        return Later("account_gone", is_sure=True)
    if isinstance(asked, str):
        return Token(asked)
    account = CarrierAccount.objects.get(pk=account.pk)
    if account.token_no > (apart_from or 0) and (kept := _kept(account, now)) is not None:
        return kept
    if not _take_lease(account, now):
        return Later("signing_in", _MOMENT_SECONDS, is_sure=True)
    return _sign_in(account, asked, now, egress)


def _kept(account: CarrierAccount, now: datetime) -> Token | None:
    if account.token is None or account.token_until is None or account.token_until <= now + MARGIN:
        return None
    try:
        text = boxes.open_box(account.brand_id, BOX, _place(account), bytes(account.token))
    except SealBrokenError:
        return None
    return Token(text.decode(), account.token_no)


def _take_lease(account: CarrierAccount, now: datetime) -> bool:
    free = Q(signing_until=None) | Q(signing_until__lte=now)
    mine = CarrierAccount.objects.filter(
        free, pk=account.pk, token_no=account.token_no, revoked_at=None
    )
    with transaction.atomic(durable=True):
        return mine.update(signing_until=now + LEASE) == 1


def _sign_in(
    account: CarrierAccount, asked: Ask, now: datetime, egress: Egress
) -> Token | Later | Refused:
    carrier = carrier_of(account.carrier)
    try:
        with client.dial(egress, account.base_url) as wire:
            got = carrier.read_token(wire.send(asked))
    except EgressError as error:
        got = Later(error.trouble.value, is_sure=True)
    if isinstance(got, tuple):
        return _keep(account, got[0], min(got[1], _MOST_SECONDS), now)
    _let_go(account)
    if isinstance(got, Refused):
        pause(account.pk, now + REFUSED_PAUSE, got.problem.code)
        return got
    return Later(got.code, got.seconds, is_sure=True)


def _keep(account: CarrierAccount, text: str, seconds: int, now: datetime) -> Token | Later:
    sealed = boxes.seal(account.brand_id, BOX, _place(account), text.encode())
    mine = CarrierAccount.objects.filter(pk=account.pk, token_no=account.token_no, revoked_at=None)
    with transaction.atomic(durable=True):
        kept = mine.update(
            token=sealed,
            token_no=account.token_no + 1,
            token_until=now + timedelta(seconds=seconds),
            signing_until=None,
            trouble="",
        )
    return Token(text, account.token_no + 1) if kept else Later("account_gone", is_sure=True)


def _let_go(account: CarrierAccount) -> None:
    with transaction.atomic(durable=True):
        CarrierAccount.objects.filter(pk=account.pk).update(signing_until=None)


def _place(account: CarrierAccount) -> str:
    return f"token:{account.pk}"
