"""Raising, raising higher, and closing alerts. Each is an act, in the transaction of the change.

Rules kept here:
- of one kind, about one caller, on one day there is one open alert: what comes later counts it up;
- once it is closed, the same count stays quiet: it must double, or something new must happen;
- an alert that becomes worse is told again, and that is an act, too: counting up alone is not;
- who is told is written down with the alert, so that no crash forgets it;
- nobody closes an alert about themselves, unless nobody else could.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from orderveil.core.actors import Actor
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.roles import Permission, holders
from orderveil.gate.reasons import checked_reason
from orderveil.incidents.models import Alert, Notice, Receiver
from orderveil.incidents.words import RANK, AlertKind, Outcome, Severity, State, Way
from orderveil.ledger.acts import ActKind, Detail, Who, by, record
from orderveil.people.models import Membership

PAGE = 50
MOST_COUNTED = 99
WATCH = Who(system="watch")
_KEPT = {"entries": 20, "networks": 200}
"""How much evidence an alert that counts up keeps, the newest first."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a detector found."""

    kind: AlertKind
    severity: Severity
    who: str
    day: date
    count: int
    evidence: Mapping[str, Any] = field(default_factory=dict)
    adds: bool = False
    """True: `count` more of it happened. False: there are `count` of it now."""


def raise_alert(brand_id: int, found: Finding, *, now: datetime) -> Alert | None:
    """A new alert, or None if there is one already. In the caller's transaction, which holds the
    brand's `Looked` row: one at a time."""
    same = Alert.objects.filter(
        brand_id=brand_id, kind=found.kind, who=found.who, day=found.day
    ).order_by("-id")
    last = same.select_for_update().first()
    if last is not None and last.state == State.OPEN:
        _count_up(last, found, now)
        return None
    if last is not None and not found.adds and found.count < 2 * last.count:
        return None
    alert = Alert.objects.create(
        brand_id=brand_id,
        kind=found.kind,
        severity=found.severity,
        who=found.who,
        day=found.day,
        count=found.count,
        evidence=dict(found.evidence),
        raised_at=now,
        last_at=now,
    )
    _put_on_record(alert, ActKind.ALERT_RAISED, {"severity": str(alert.severity)}, now)
    _announce(alert, now)
    return alert


def _put_on_record(alert: Alert, kind: ActKind, severities: Detail, now: datetime) -> None:
    detail: Detail = {
        "kind": str(alert.kind),
        **severities,
        "about": alert.who,
        "count": alert.count,
        "day": alert.day.isoformat(),
    }
    subject = f"alert:{alert.pk}"
    record(alert.brand_id, kind, now=now, who=WATCH, subject=subject, detail=detail)


def _announce(alert: Alert, now: datetime, rose_to: str = "") -> None:
    """Have it told on every way that there is now."""
    ways = [Way.MAIL] if settings.MAIL else []
    ways += [Way.WEBHOOK] if Receiver.objects.filter(brand_id=alert.brand_id).exists() else []
    Notice.objects.bulk_create(
        Notice(alert=alert, way=way, rose_to=rose_to, since=now, next_at=now) for way in ways
    )


def _count_up(alert: Alert, found: Finding, now: datetime) -> None:
    count = alert.count + found.count if found.adds else max(alert.count, found.count)
    before = Severity(alert.severity)
    severity = max(before, found.severity, key=RANK.__getitem__)
    if (count, severity) == (alert.count, before):
        return
    evidence = {**alert.evidence, **found.evidence}
    for name, most in _KEPT.items():
        if name in evidence:
            merged = [*found.evidence.get(name, ()), *alert.evidence.get(name, ())]
            evidence[name] = list(dict.fromkeys(merged))[:most]
    alert.count, alert.severity, alert.evidence, alert.last_at = count, severity, evidence, now
    alert.save(update_fields=["count", "severity", "evidence", "last_at"])
    if severity != before:
        _tell_again(alert, before, now)


def _tell_again(alert: Alert, before: Severity, now: datetime) -> None:
    """It is worse than it was: what nobody was told yet gives way to that."""
    severities: Detail = {"from": str(before), "severity": str(alert.severity)}
    _put_on_record(alert, ActKind.ALERT_WORSE, severities, now)
    waiting = Notice.objects.filter(alert=alert, next_at__isnull=False)
    waiting.update(next_at=None, error="overtaken")
    _announce(alert, now, rose_to=alert.severity)


def find(brand_id: int, number: int) -> Alert:
    """One alert of the brand; raises `RefusedError`."""
    found = Alert.objects.filter(pk=number, brand_id=brand_id).first()
    if found is None:
        raise RefusedError(_NO_SUCH)
    return found


def listed(brand_id: int, state: State, *, before: int | None = None) -> list[Alert]:
    """A page of alerts and one more if there is a next page, the newest first."""
    found = Alert.objects.filter(brand_id=brand_id, state=state)
    if before is not None:
        found = found.filter(pk__lt=before)
    return list(found.order_by("-id")[: PAGE + 1])


def open_count(actor: Actor) -> int:
    """How many alerts of the actor's brand are open, up to MOST_COUNTED; 0 without the right."""
    if not actor.may(Permission.READ_ALERTS):
        return 0
    few = Alert.objects.filter(brand_id=actor.brand_id, state=State.OPEN)[:MOST_COUNTED]
    return few.count()


@transaction.atomic
def close(actor: Actor, number: int, outcome: Outcome, reason: str) -> Alert:
    """Say what it was, as an act. Raises `RefusedError`."""
    if not actor.may(Permission.HANDLE_ALERTS):
        raise RefusedError(_MAY_NOT)
    why = checked_reason(reason)
    find(actor.brand_id, number)
    alert = Alert.objects.select_for_update().get(pk=number)
    if alert.state != State.OPEN:
        raise RefusedError(_CLOSED_ALREADY)
    if alert.who == actor.person and _others_handle(actor):
        raise RefusedError(_OWN)
    alert.state, alert.outcome, alert.reason = State.CLOSED, outcome, why
    alert.closed_at, alert.closed_by = actor.now, actor.person
    alert.save()
    detail: Detail = {
        "kind": alert.kind,
        "outcome": str(outcome),
        "count": alert.count,
        "reason": why,
    }
    record(
        actor.brand_id,
        ActKind.ALERT_CLOSED,
        now=actor.now,
        who=by(actor),
        subject=f"alert:{alert.pk}",
        detail=detail,
    )
    return alert


def handlers(brand_id: int) -> list[Membership]:
    """Everybody of the brand who handles alerts."""
    roles = [str(role) for role in holders(Permission.HANDLE_ALERTS)]
    found = Membership.objects.in_force().filter(brand_id=brand_id, role__in=roles)
    return list(found.select_related("person").order_by("pk"))


def _others_handle(actor: Actor) -> bool:
    return any(each.person_id != actor.person_id for each in handlers(actor.brand_id))


_NO_SUCH = Problem(
    code="no_such_alert",
    detail="This brand has no alert by that number.",
    remedy="Look at the list of alerts.",
    rule="people: a brand sees its own",
    status=404,
)
_MAY_NOT = Problem(
    code="may_not_handle",
    detail="Your role handles no alerts.",
    remedy="Tell the privacy officer what you know about it.",
    rule="alerts: owner and privacy officer say what an alert was",
    status=403,
)
_CLOSED_ALREADY = Problem(
    code="closed_already",
    detail="Somebody has closed this alert already.",
    remedy="Read what they found; if it goes on, a new one is raised.",
    rule="alerts: what an alert was is said once",
    status=409,
)
_OWN = Problem(
    code="own_alert",
    detail="This alert is about you.",
    remedy="Somebody else who handles alerts closes it.",
    rule="alerts: nobody judges themselves while somebody else can",
    status=403,
)
