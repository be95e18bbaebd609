"""Asking carriers for parcels that are under way and of which nobody spoke for long.

Rules kept here:
- webhooks are the usual way: asked is only what has been silent, and the same parcel not again for
  hours; each round asks an account a bounded number of times;
- what a carrier answers counts as its webhook would, for the numbers that were asked, and no other;
- a carrier that asks for patience has it: the whole account waits, its bookings too.
"""

import itertools
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Q

from orderveil.core.errors import RefusedError
from orderveil.gate.waybills import START, Carried, under_way
from orderveil.hops.courier import accounts, client, following
from orderveil.hops.courier.carriers.polls import POLLS, Poll
from orderveil.hops.courier.carriers.speech import Account, Heard, Later, Scan, SignedOut
from orderveil.hops.courier.following import NEVER, Followed
from orderveil.hops.courier.models import CarrierAccount
from orderveil.hops.courier.signing_in import Token, token_of
from orderveil.hops.courier.tracking import take
from orderveil.outbox.egress import Egress, EgressError

SILENT: Final = timedelta(hours=12)
AGAIN: Final = timedelta(hours=6)
MOST_REQUESTS: Final = 40
"""Of one account in one round: with a round every quarter of an hour far below any rate limit."""
_PAUSE: Final = timedelta(minutes=5)
_PAGE: Final = 1_000


def poll(now: datetime, *, egress: Egress | None = None) -> int:
    """One round over every account; how many parcels were asked for."""
    way_out = egress or Egress(private=settings.WEBHOOK_PRIVATE)
    awake = Q(paused_until=None) | Q(paused_until__lte=now)
    found = CarrierAccount.objects.filter(awake, revoked_at=None, carrier__in=[*POLLS])
    return sum(_round(account, now, way_out) for account in found.order_by("pk"))


def _round(account: CarrierAccount, now: datetime, egress: Egress) -> int:
    how = POLLS[account.carrier]
    wanted = [*itertools.islice(_silent(account, now), MOST_REQUESTS * how.most)]
    count = 0
    for first in range(0, len(wanted), how.most):
        some = wanted[first : first + how.most]
        following.asked(account, some, now)
        scans = _ask(account, how, sorted({each.awb for each in some}), now, egress)
        if scans is None:
            break
        count += len(some)
        try:
            take(account, scans, now=now, told_by="poll")
        except RefusedError:  # too much at once: what is left stays silent, and is asked again
            break
    return count


def _silent(account: CarrierAccount, now: datetime) -> Iterator[Carried]:
    after = START
    while page := under_way(account.brand_id, account.partner_id, after=after, most=_PAGE):
        told = following.known(account, page)
        for each in page:
            if _is_silent(each, told.get((each.order_id, each.parcel_no), NEVER), now):
                yield each
        after = (page[-1].order_id, page[-1].parcel_no)


def _is_silent(parcel: Carried, told: Followed, now: datetime) -> bool:
    spoken = max(parcel.changed_at, told.heard_at or parcel.changed_at)
    return spoken < now - SILENT and (told.asked_at is None or told.asked_at < now - AGAIN)


def _ask(
    account: CarrierAccount, how: Poll, awbs: Sequence[str], now: datetime, egress: Egress
) -> list[Scan] | None:
    """What the carrier tells of these numbers; None: ask it nothing more in this round."""
    bad: int | None = None
    for _ in range(2):  # once more with a new token, if the one we had is no longer good
        token = token_of(account, now, egress, apart_from=bad)
        if not isinstance(token, Token):
            return None
        heard = _send(account, how, awbs, token, egress)
        said = Later("unreachable") if heard is None else how.read(heard)
        if isinstance(said, Later):
            wait = timedelta(seconds=said.seconds) if said.seconds else _PAUSE
            if heard is not None and heard.status == 429:
                accounts.pause(account.pk, now + wait, said.code)
            return None
        if not isinstance(said, SignedOut):
            return [scan for scan in said if scan.awb in awbs]
        bad = token.number
    return None


def _send(
    account: CarrierAccount, how: Poll, awbs: Sequence[str], token: Token, egress: Egress
) -> Heard | None:
    asked = how.ask(Account(account.options, token.text), awbs)
    try:
        with client.dial(egress, account.base_url) as wire:
            return wire.send(asked)
    except EgressError:
        return None
