"""Sending requests: by the partner's own webhook, or by a mail with a link; and reminding.

Rules kept here:
- a webhook is handed to the outbox in the transaction that says so: it is queued once;
- a mail is sent outside of any transaction, under a lease. A process that dies after the mail
  server took it and before that was written down sends it again: with the same Message-ID and the
  same link. No other double is possible;
- a mail holds the brand's name, a number of parcels and a day: no ref, no waybill number;
- what can't be sent is tried again until it can: a purge that nobody was asked for stays on the
  list, and alarms when it is due;
- after the due date a reminder goes every way there is, every three days, five times at most.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from smtplib import SMTPException
from time import monotonic
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, transaction

from orderveil.core.errors import OrderveilError
from orderveil.hops.retention import links
from orderveil.hops.retention.asking import RETENTION, open_items
from orderveil.hops.retention.models import Request
from orderveil.ledger.acts import ActKind, record
from orderveil.outbox import subscriptions
from orderveil.outbox.events import EventKind, emit
from orderveil.outbox.failures import failure_code
from orderveil.partners.models import Brand
from orderveil.partners.standing import contact_of

WAITS: Final = tuple(timedelta(minutes=each) for each in (1, 5, 15, 60, 180, 360))
REMIND_EVERY: Final = timedelta(days=3)
MOST_REMINDERS: Final = 5
LEASE: Final = timedelta(minutes=5)
MOST_SECONDS: Final = 120
"""A mail server that hangs keeps the other schedules waiting no longer than this."""
RENEWED_BEFORE: Final = timedelta(days=15)
WEBHOOK, MAIL = "webhook", "mail"


class _FailedError(OrderveilError):
    """One attempt came to nothing; its message is a code."""


def send(now: datetime) -> int:
    """Send and remind of what is due; how many attempts were made."""
    if connection.in_atomic_block:
        raise OrderveilError("Requests are never sent inside a transaction.")
    attempts, began = 0, monotonic()
    while monotonic() - began < MOST_SECONDS and (request := _claim(now)) is not None:
        attempts += 1
        try:
            way = _sent(request, now)
        except _FailedError as error:
            _try_again(request, str(error), now)
        except Exception as error:  # noqa: BLE001 - whatever it is, the next one is sent
            _try_again(request, failure_code(error), now)
        else:
            _settle(request, way, now)
    return attempts


@transaction.atomic
def _claim(now: datetime) -> Request | None:
    """The request that is due longest, held for one attempt."""
    due = Request.objects.filter(next_at__lte=now, closed_at=None).order_by("next_at", "pk")
    request = due.select_for_update(skip_locked=True).first()
    if request is not None:
        request.next_at = now + LEASE
        request.attempts += 1
        if request.link_until - now < RENEWED_BEFORE:
            request.link_until = (now + links.LASTS).replace(microsecond=0)
            request.link_digests += [links.digest(links.token_of(request))]
        request.save(update_fields=["next_at", "attempts", "link_until", "link_digests"])
    return request


def _sent(request: Request, now: datetime) -> str:
    """Send what goes by mail; by which way the partner is asked. Raises `_FailedError`."""
    hooked = has_webhook(request.brand_id, request.partner_id)
    if hooked and request.sent_at is None:
        return WEBHOOK
    try:
        _mail(request, now)
    except _FailedError:
        if not hooked:
            raise
        return WEBHOOK
    return MAIL


def has_webhook(brand_id: int, partner_id: int) -> bool:
    """Is a system of the partner's told of purges?"""
    return any(
        each.revoked_at is None and EventKind.PURGE_REQUESTED in each.kinds
        for each in subscriptions.listing(brand_id, partner_id=partner_id)
    )


def _mail(request: Request, now: datetime) -> None:
    contact = contact_of(request.partner_id, now.date())
    if not settings.MAIL:
        raise _FailedError("no_mail")
    if not contact:
        raise _FailedError("no_contact")
    brand = Brand.objects.get(pk=request.brand_id).name
    count = len(open_items(request))
    day = f"{request.due_at:%d %B %Y}"
    number = request.reminders + 1 if request.sent_at else 0
    mail = EmailMessage(
        subject=f"{'Reminder: ' if request.sent_at else ''}{brand} asks you to delete data",
        body="\n".join(_text(brand, count, day, links.url_of(request), is_again=number > 0)),
        to=[contact],
        headers={"Message-ID": f"<{request.name}-{number}@orderveil.invalid>"},
    )
    try:
        mail.send()
    except (OSError, SMTPException) as error:
        raise _FailedError(type(error).__name__) from None


def _text(brand: str, count: int, day: str, link: str, *, is_again: bool) -> Iterable[str]:
    parcels = "1 parcel" if count == 1 else f"{count} parcels"
    if is_again:
        yield "We have no confirmation of this yet."
        yield ""
    yield f"Your work on {parcels} of {brand} is over. Under your agreement with {brand},"
    yield f"delete everything that you hold of their buyers by {day},"
    yield "in your own systems and at your sub-processors, and confirm it here:"
    yield ""
    yield link
    yield ""
    yield "The page has the list of the parcels. The link is for you alone: do not forward it"
    yield "outside of your company. This mail holds no personal data."


def _settle(request: Request, way: str, now: datetime) -> None:
    """Write down that it was sent, and when next; a webhook is queued in the same transaction."""
    with transaction.atomic():
        held = Request.objects.select_for_update().get(pk=request.pk)
        if held.closed_at is not None:
            return
        is_again = held.sent_at is not None
        if way == WEBHOOK or (is_again and has_webhook(held.brand_id, held.partner_id)):
            _queue(held, now)
        if is_again:
            held.reminders += 1
            _put_on_record(held, now)
        held.sent_at = held.sent_at or now
        held.way, held.error, held.attempts = way, "", 0
        held.next_at = _next(held, now)
        held.save()


def _next(request: Request, now: datetime) -> datetime | None:
    """When it is reminded of; None: that was the last time."""
    if request.reminders >= MOST_REMINDERS:
        return None
    if request.reminders == 0:
        return max(request.due_at, now + REMIND_EVERY)
    return now + REMIND_EVERY


def _queue(request: Request, now: datetime) -> None:
    emit(
        request.brand_id,
        EventKind.PURGE_REQUESTED,
        now=now,
        detail={
            "request": request.name,
            "partner": request.partner_id,
            "reminder": request.reminders + 1 if request.sent_at else 0,
        },
    )


def _put_on_record(request: Request, now: datetime) -> None:
    record(
        request.brand_id,
        ActKind.PURGE_REMINDED,
        now=now,
        who=RETENTION,
        subject=f"partner:{request.partner_id}",
        detail={"request": request.name, "reminder": request.reminders},
    )


def _try_again(request: Request, code: str, now: datetime) -> None:
    wait = WAITS[min(request.attempts, len(WAITS)) - 1]
    # What was confirmed meanwhile is not sent again.
    still = Request.objects.filter(pk=request.pk, closed_at=None)
    still.update(next_at=now + wait, error=code)
