"""One step of a booking or a cancellation: sent once, or found out about. What became of it.

Rules kept here:
- what nobody may see isn't sent: each sending of a step that shows the view is a disclosure of its
  own, decided under the law of that moment, made after the carrier's host was reached;
- a step is marked as sent, durably, before it is sent; while it is marked nobody sends it again
  unless the carrier knows a repetition, or says that the first one never arrived;
- who comes too late after marking doesn't send: others may be looking for it by then;
- a mapping gets what it needs and nothing else; what it answers is words of ours and ids.
"""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from orderveil.core.errors import Problem
from orderveil.core.hops import Hop
from orderveil.gate.asking import Caller
from orderveil.gate.compose import View
from orderveil.gate.disclose import disclose
from orderveil.hops.courier import client, rows
from orderveil.hops.courier.accounts import pause
from orderveil.hops.courier.carriers.speech import (
    Account,
    Ask,
    Done,
    Find,
    Heard,
    Known,
    Later,
    NotThere,
    Outcome,
    Refused,
    Shipment,
    SignedOut,
    Step,
)
from orderveil.hops.courier.models import CarrierAccount
from orderveil.hops.courier.resting import DOUBT, SIGNED_OUT, put_off, stop, turned_down
from orderveil.hops.courier.rows import Booking, Road, State, Why, why
from orderveil.hops.courier.signing_in import Token, token_of
from orderveil.outbox.egress import Egress, EgressError

GRACE: Final = timedelta(seconds=120)
"""Between a sending that nobody answered and the question whether it arrived: longer than any
request lasts, and time for the carrier to list what it has."""
SEND_WITHIN: Final = timedelta(seconds=20)
SIGNED_OUT_PAUSE: Final = timedelta(minutes=10)
_KNOWN_KEY: Final = re.compile(r"[a-z][a-z0-9_]{0,31}")
_KNOWN_MAX_CHARS: Final = 300
WAYBILL: Final = re.compile(r"[A-Za-z0-9_.:/-]{1,64}")


@dataclass
class Drive:
    """What one worker holds while it takes a row along."""

    egress: Egress
    clock: Callable[[], datetime]
    rng: random.Random = field(default_factory=random.SystemRandom)
    bad_token: int | None = None
    """The number of the token that the carrier called bad on this drive."""


def send(drive: Drive, row: Booking, step: Step, account: CarrierAccount) -> Booking | None:
    """Send a step; the row as it is then, or None if it waits or stands still."""
    token = _token(drive, row, account)
    if not isinstance(token, Token):
        return token
    marked = None
    try:
        with client.dial(drive.egress, account.base_url) as wire:
            at = drive.clock()
            asked = asked_of(row, step, Account(account.options, token.text), at)
            if not isinstance(asked, Ask):
                return _unsent(drive, row, step, asked)
            row = marked = rows.change(row, at, sent_at=at, account_id=account.pk)
            if drive.clock() - at > SEND_WITHIN:
                return put_off(drive, row, Why("too_slow"), grace=GRACE)
            heard = wire.send(asked)
    except EgressError as error:
        later = Later(error.trouble.value, is_sure=marked is None)
        return _later(drive, row, account, later)
    return _answered(drive, row, step, account, token, heard)


def asked_of(
    row: Booking, step: Step, account: Account, now: datetime
) -> Ask | Done | Refused | Problem:
    """The request of a step, its view disclosed if it shows one; or why there is none."""
    view: View | Problem | None = None
    if step.shows_view:
        caller = Caller(row.brand_id, row.partner_id, Hop.COURIER, reason="booking")
        view = disclose(caller, row.order_id, row.parcel_no, now=now)
    if isinstance(view, Problem):
        return view
    return step.ask(account, Shipment(view, row.reference, now, row.is_reverse), row.known)


def _unsent(
    drive: Drive, row: Booking, step: Step, said: Done | Refused | Problem
) -> Booking | None:
    """No request is made: the gate shows nothing, what is known suffices, or something lacks."""
    if isinstance(said, Problem):
        return turned_down(drive, row, said)
    if isinstance(said, Done):
        return _done(drive, row, step, said)
    return stop(drive, row, State.REFUSED, why(said.problem))


def resolve(drive: Drive, row: Booking, step: Step, account: CarrierAccount) -> Booking | None:
    """A step that was sent, and nobody knows how it ended: again, or found, or in doubt."""
    needs_nobody = not (row.is_ending and row.road is Road.BOOKING and step.shows_view)
    if step.repeatable and needs_nobody:
        return send(drive, row, step, account)
    if step.find is None and not step.repeatable:
        return stop(drive, row, State.IN_DOUBT, DOUBT)
    now = drive.clock()
    if row.sent_at is not None and now < row.sent_at + GRACE:
        wait = row.sent_at + GRACE - now
        return put_off(drive, row, row.problem or Why("no_answer"), wait=wait)
    if step.find is None:
        # Nobody may see it any more, so it isn't repeated: whatever arrived is cancelled.
        return rows.change(row, now, road=Road.CANCELLING.value, done="", sent_at=None)
    return _find(drive, row, step, step.find, account)


def _find(
    drive: Drive, row: Booking, step: Step, find: Find, account: CarrierAccount
) -> Booking | None:
    token = _token(drive, row, account)
    if not isinstance(token, Token):
        return token
    asked = find.ask(Account(account.options, token.text), row.reference, row.known)
    try:
        with client.dial(drive.egress, account.base_url) as wire:
            heard = wire.send(asked)
    except EgressError as error:
        return _later(drive, row, account, Later(error.trouble.value))
    found = find.read(heard, row.reference, row.known)
    if isinstance(found, Done):
        return _done(drive, row, step, found)
    return _not_found(drive, row, account, token, found, heard.status)


def _not_found(
    drive: Drive,
    row: Booking,
    account: CarrierAccount,
    token: Token,
    found: NotThere | Later | Refused | SignedOut,
    status: int,
) -> Booking | None:
    """It isn't there, or nobody can say. Of a question nothing is sure but that it was asked."""
    if isinstance(found, NotThere):
        return rows.change(row, drive.clock(), whatever=True, sent_at=None)
    if isinstance(found, Refused):
        return stop(drive, row, State.IN_DOUBT, why(found.problem))
    if isinstance(found, SignedOut):
        return _signed_out(drive, row, account, token)
    return _later(drive, row, account, Later(found.code, found.seconds), status=status)


def _token(drive: Drive, row: Booking, account: CarrierAccount) -> Token | Booking | None:
    """What to sign with; or what became of the row instead."""
    got = token_of(account, drive.clock(), drive.egress, apart_from=drive.bad_token)
    if isinstance(got, Token):
        return got
    if isinstance(got, Refused):
        # The account is paused; the row isn't to blame.
        return put_off(drive, row, why(got.problem), wait=SIGNED_OUT_PAUSE)
    # A sign-in that failed says nothing about the step: only the wait is taken over.
    unsure = Later(got.code, got.seconds, is_sure=row.sent_at is None)
    return _later(drive, row, account, unsure, pauses=got.code != "signing_in")


def _answered(
    drive: Drive, row: Booking, step: Step, account: CarrierAccount, token: Token, heard: Heard
) -> Booking | None:
    outcome: Outcome = step.read(heard, row.known)
    if isinstance(outcome, Done):
        return _done(drive, row, step, outcome)
    if isinstance(outcome, Later):
        return _later(drive, row, account, outcome, status=heard.status)
    row = rows.change(row, drive.clock(), whatever=True, sent_at=None)
    if isinstance(outcome, SignedOut):
        return _signed_out(drive, row, account, token)
    if row.is_ending and row.road is Road.BOOKING:
        return row
    return stop(drive, row, State.REFUSED, why(outcome.problem))


def _done(drive: Drive, row: Booking, step: Step, outcome: Done) -> Booking | None:
    known = {**row.known, **outcome.known}
    if not _is_clean(known):
        return put_off(drive, row, Why("unreadable"), grace=GRACE)
    return rows.change(
        *(row, drive.clock()),
        whatever=True,
        done=step.name,
        sent_at=None,
        known=known,
        tries=0,
        problem=None,
    )


def _is_clean(known: Known) -> bool:
    """Ids only: short, printable, and a waybill that looks like one."""
    return all(
        isinstance(value, str)
        and _KNOWN_KEY.fullmatch(name)
        and value.isprintable()
        and len(value) <= _KNOWN_MAX_CHARS
        and (name != "awb" or WAYBILL.fullmatch(value))
        for name, value in known.items()
    )


def _signed_out(
    drive: Drive, row: Booking, account: CarrierAccount, token: Token
) -> Booking | None:
    """The token is no longer good: once on a drive it is renewed, and the step sent again."""
    if drive.bad_token is None and token.number:
        drive.bad_token = token.number
        return row
    pause(account.pk, drive.clock() + SIGNED_OUT_PAUSE, SIGNED_OUT.code)
    return put_off(drive, row, SIGNED_OUT, wait=SIGNED_OUT_PAUSE)


def _later(
    drive: Drive,
    row: Booking,
    account: CarrierAccount,
    later: Later,
    *,
    status: int = 0,
    pauses: bool = True,
) -> Booking | None:
    """Not now. A carrier that says when, or how many is too many, is left alone altogether."""
    if later.is_sure and row.sent_at is not None:
        row = rows.change(row, drive.clock(), whatever=True, sent_at=None)
    is_limit = status == HTTPStatus.TOO_MANY_REQUESTS
    if later.seconds is None and not is_limit:
        return put_off(drive, row, Why(later.code), grace=GRACE)
    seconds = min(max(1, later.seconds or 30), 24 * 3600)
    wait = timedelta(seconds=seconds)
    if pauses:
        pause(account.pk, drive.clock() + wait, later.code)
    return put_off(drive, row, Why(later.code), wait=wait, grace=GRACE)
