"""Telling people of alerts beside the desk: mail, and a webhook signed as Standard Webhooks says.

Rules kept here:
- a mail or a body holds ids, counts and sentences of ours: no names, no networks, no order;
- it is sent outside of any transaction, under a lease; a crash between sending and writing that
  down sends it again: receivers drop repeats by the webhook's id;
- what fails is tried again with growing waits for a day, then it is given up and says so;
- people get one mail each: nobody reads the others' addresses;
- a fault in telling one alert keeps no other from being told.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from smtplib import SMTPException
from time import monotonic
from types import MappingProxyType

import msgspec
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import connection, transaction
from django.utils.translation import override

from orderveil.core.errors import OrderveilError
from orderveil.core.faults import place_of
from orderveil.incidents.alerts import handlers
from orderveil.incidents.models import Notice, Receiver
from orderveil.incidents.receivers import SECRET
from orderveil.incidents.words import TITLES, AlertKind, State, Way, sentence
from orderveil.keyring import secrets
from orderveil.keyring.providers import KeyringError
from orderveil.outbox.egress import Egress, EgressError
from orderveil.outbox.webhooks import signed_headers
from orderveil.partners.models import Brand

WAITS = tuple(timedelta(minutes=each) for each in (1, 5, 15, 60, 180, 360, 720))
GIVE_UP_AFTER = timedelta(hours=24)
LEASE = timedelta(minutes=5)
MOST_SECONDS = 40
"""A receiver that hangs keeps the other schedules waiting no longer than this."""

_log = logging.getLogger(__name__)


class Told(msgspec.Struct, frozen=True):
    """The body of a webhook."""

    type: str
    alert: int
    brand: str
    kind: str
    severity: str
    about: str
    """ "person:17" or "credential:5"."""
    day: str
    count: int
    what: str
    raised_at: datetime
    state: str
    url: str


class _FailedError(OrderveilError):
    """One attempt came to nothing; its message is a code."""


def tell(now: datetime, *, egress: Egress | None = None) -> int:
    """Send what is due; how many attempts were made."""
    if connection.in_atomic_block:
        raise OrderveilError("Alerts are never sent inside a transaction.")
    attempts, began = 0, monotonic()
    while monotonic() - began < MOST_SECONDS and (notice := _claim(now)) is not None:
        attempts += 1
        try:
            _SEND[Way(notice.way)](notice, now, egress)
        except _FailedError as error:
            _try_again(notice, str(error), now)
        except Exception as error:  # noqa: BLE001 - whatever it is, the next one is told
            place = place_of(error)
            _log.error("an alert was not told: %s at %s", type(error).__name__, place)
            _try_again(notice, "fault", now)
        else:
            Notice.objects.filter(pk=notice.pk).update(next_at=None, sent_at=now, error="")
    return attempts


@transaction.atomic
def _claim(now: datetime) -> Notice | None:
    due = Notice.objects.filter(next_at__lte=now).order_by("next_at", "pk")
    notice = due.select_for_update(skip_locked=True, of=("self",)).select_related("alert").first()
    if notice is not None:
        notice.next_at = now + LEASE
        notice.attempts += 1
        notice.save(update_fields=["next_at", "attempts"])
    return notice


def _try_again(notice: Notice, code: str, now: datetime) -> None:
    wait = WAITS[min(notice.attempts, len(WAITS)) - 1]
    is_over = now + wait > notice.since + GIVE_UP_AFTER
    # What was ended meanwhile (the receiver is gone, the alert is worse) stays ended.
    still = Notice.objects.filter(pk=notice.pk, next_at__isnull=False)
    still.update(next_at=None if is_over else now + wait, error=code)


def told(notice: Notice) -> Told:
    """What is said of an alert outside of the desk."""
    alert = notice.alert
    is_open = alert.state == State.OPEN
    with override("en"):
        what = sentence(alert.kind, alert.count, alert.evidence)
    return Told(
        type=f"alert.{('worse' if notice.rose_to else 'raised') if is_open else 'closed'}",
        alert=alert.pk,
        brand=Brand.objects.values_list("slug", flat=True).get(pk=alert.brand_id),
        kind=alert.kind,
        severity=alert.severity,
        about=alert.who,
        day=alert.day.isoformat(),
        count=alert.count,
        what=what,
        raised_at=alert.raised_at,
        state=alert.state,
        url=f"{settings.URL or f'http://{settings.BIND}'}/alerts/{alert.pk}/",
    )


def _name(notice: Notice) -> str:
    """Whoever drops repeats keeps one of each: as raised, and as it became worse."""
    return f"{notice.alert_id}_{notice.rose_to}" if notice.rose_to else str(notice.alert_id)


def _mail(notice: Notice, _now: datetime, _egress: Egress | None) -> None:
    """One mail to each person of the brand who handles alerts."""
    alert, said = notice.alert, told(notice)
    title = TITLES[AlertKind(alert.kind)]
    worse = f": now {notice.rose_to}" if notice.rose_to else ""
    text = (
        f"{title} ({said.severity})\n\n"
        f"About: {said.about}\nDay: {said.day} (UTC)\nWhat: {said.what}\n\n{said.url}\n\n"
        f"Alert {said.alert} of {said.brand}. This mail holds no personal data.\n"
    )
    people = [each.person for each in handlers(alert.brand_id) if each.person.is_active]
    link = get_connection()
    mails = [
        EmailMessage(
            subject=f"[{said.brand}] {title}{worse}",
            body=text,
            to=[person.email],
            headers={"Message-ID": f"<alert-{_name(notice)}-{person.pk}@orderveil.invalid>"},
            connection=link,
        )
        for person in people
    ]
    try:
        link.send_messages(mails)
    except (OSError, SMTPException) as error:
        raise _FailedError(type(error).__name__) from None


def _post(notice: Notice, now: datetime, egress: Egress | None) -> None:
    """The webhook. Raises `_FailedError`."""
    alert = notice.alert
    receiver = Receiver.objects.filter(pk=alert.brand_id).first()
    if receiver is None:
        raise _FailedError("no_receiver")
    way_out = egress or Egress(private=settings.WEBHOOK_PRIVATE)
    try:
        secret = secrets.get(alert.brand_id, SECRET)
        body = msgspec.json.encode(told(notice))
        with way_out.dial(receiver.url) as line:
            name = f"alert_{alert.brand_id}_{_name(notice)}"
            headers = signed_headers([secret], name, now, body)
            status = line.post(body, headers)
    except EgressError as error:
        raise _FailedError(error.trouble.value) from None
    except KeyringError:
        raise _FailedError("no_secret") from None
    if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        raise _FailedError(f"status_{status}")


_SEND: Mapping[Way, Callable[[Notice, datetime, Egress | None], None]] = MappingProxyType(
    {Way.MAIL: _mail, Way.WEBHOOK: _post}
)
