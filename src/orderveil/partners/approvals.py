"""Approval by a second person of what opens personal data: asked, decided, used once.

Rules kept here:
- what is asked is exact and never changes, and it holds no secret: that is made at its use;
- another person than the one who asked decides;
- the membership that asked uses it, once, while it holds; under a lock on its row, so that two
  at once are one, and in one transaction with what it makes;
- asking, deciding and using are acts, which name what was asked by its digest;
- the hop `storefront` needs none: a floor keeps every personal field from it, so that its keys
  let orders in and nothing out.
`gate/approving` asks besides whether those people may still do it.
"""

import hashlib
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec
from django.db import transaction
from django.db.models import QuerySet

from orderveil.core.actors import Actor
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.hops import Hop
from orderveil.core.roles import Permission
from orderveil.ledger.acts import ActKind, Detail, by, record
from orderveil.partners.models import Approval
from orderveil.partners.registry import missing

DECIDED_WITHIN = timedelta(days=7)
USED_WITHIN = timedelta(hours=48)
MOST_WAITING = 20
"""How many of one membership's may wait at once."""


class Issue(msgspec.Struct, frozen=True, tag_field="operation", tag="issue_credential"):
    """A new credential."""

    partner: int
    hop: Hop
    networks: tuple[str, ...] = ()
    daily_limit: int | None = None
    expires_at: datetime | None = None


class Rotate(msgspec.Struct, frozen=True, tag_field="operation", tag="rotate_credential"):
    """A new secret for a credential."""

    partner: int
    hop: Hop
    credential: int
    overlap_hours: int


class Subscribe(msgspec.Struct, frozen=True, tag_field="operation", tag="add_subscription"):
    """A new subscription; `kinds` as the outbox names them."""

    partner: int
    hop: Hop
    url: str
    kinds: tuple[str, ...]


Wanted = Issue | Rotate | Subscribe


class State(StrEnum):
    """Where a request stands."""

    WAITING = "waiting"
    EXPIRED = "expired"
    TURNED_DOWN = "turned_down"
    APPROVED = "approved"
    LAPSED = "lapsed"
    USED = "used"


class Verdict(StrEnum):
    """What the second person said."""

    APPROVED = "approved"
    TURNED_DOWN = "turned_down"


def is_needed(actor: Actor, hop: str) -> bool:
    """Must this person ask before they come to hold a key for this hop?"""
    return hop != Hop.STOREFRONT and not actor.may(Permission.APPROVE_CREDENTIALS)


def wanted_of(approval: Approval) -> Wanted:
    """What was asked, to the letter."""
    wanted: Wanted = msgspec.convert(approval.wanted, Wanted)
    return wanted


def state_of(approval: Approval, now: datetime) -> State:
    """Where it stands now."""
    if approval.used_at is not None:
        return State.USED
    if approval.verdict == Verdict.TURNED_DOWN:
        return State.TURNED_DOWN
    if approval.use_by is not None:
        return State.APPROVED if now < approval.use_by else State.LAPSED
    return State.WAITING if now < approval.expires_at else State.EXPIRED


def one(brand_id: int, number: int) -> Approval:
    """The brand's request of that number; raises `RefusedError` (404)."""
    return _one(Approval.objects.all(), brand_id, number)


def _one(requests: QuerySet[Approval], brand_id: int, number: int) -> Approval:
    found = requests.filter(pk=number, brand_id=brand_id).first()
    if found is None:
        raise missing("request", str(number), "Look at the list.")
    return found


def to_decide(actor: Actor) -> QuerySet[Approval]:
    """What waits for this person's yes or no: never their own."""
    found = Approval.objects.filter(brand_id=actor.brand_id, decided_at=None)
    return found.filter(expires_at__gt=actor.now).exclude(person=actor.person)


def to_use(actor: Actor) -> QuerySet[Approval]:
    """What this person may use now."""
    found = Approval.objects.filter(brand_id=actor.brand_id, asked_by=actor.membership_id)
    return found.filter(verdict=Verdict.APPROVED, used_at=None, use_by__gt=actor.now)


@transaction.atomic
def ask(actor: Actor, wanted: Wanted) -> Approval:
    """The request, from now on for somebody else to decide. Raises `RefusedError`."""
    mine = Approval.objects.filter(brand_id=actor.brand_id, asked_by=actor.membership_id)
    if mine.filter(decided_at=None, expires_at__gt=actor.now).count() >= MOST_WAITING:
        raise RefusedError(_TOO_MANY)
    told = msgspec.to_builtins(wanted)
    made = Approval.objects.create(
        brand_id=actor.brand_id,
        operation=told["operation"],
        wanted=told,
        asked_by=actor.membership_id,
        person=actor.person,
        asked_at=actor.now,
        expires_at=actor.now + DECIDED_WITHIN,
    )
    _act(actor, ActKind.APPROVAL_ASKED, made)
    return made


@transaction.atomic
def decide(actor: Actor, number: int, verdict: Verdict, *, reason: str = "") -> Approval:
    """The second person's yes or no. Raises `RefusedError`; `reason` is checked by the caller."""
    found = locked(actor.brand_id, number)
    if found.person == actor.person:
        raise RefusedError(_SECOND_PERSON)
    state = state_of(found, actor.now)
    if state != State.WAITING:
        raise RefusedError(_EXPIRED if state == State.EXPIRED else _DECIDED)
    found.decided_by, found.decided_at = actor.person, actor.now
    found.verdict, found.reason = verdict, reason
    if verdict == Verdict.APPROVED:
        found.use_by = actor.now + USED_WITHIN
    found.save()
    is_yes = verdict == Verdict.APPROVED
    kind = ActKind.APPROVAL_GIVEN if is_yes else ActKind.APPROVAL_TURNED_DOWN
    _act(actor, kind, found, {"reason": reason} if reason else {})
    return found


def take(actor: Actor, number: int) -> Approval:
    """In the caller's transaction: locked till its end, and good to use. Raises `RefusedError`."""
    found = locked(actor.brand_id, number)
    if found.asked_by != actor.membership_id or found.person != actor.person:
        raise RefusedError(_NOT_THE_ASKER)
    state = state_of(found, actor.now)
    if state != State.APPROVED:
        raise RefusedError(_UNUSABLE[state])
    return found


def used(actor: Actor, taken: Approval, made: int) -> None:
    """In the same transaction: it was used, and made (or changed) what has that number."""
    taken.used_at, taken.made = actor.now, made
    taken.save(update_fields=["used_at", "made"])
    _act(actor, ActKind.APPROVAL_USED, taken, {"made": made})


def locked(brand_id: int, number: int) -> Approval:
    """In the caller's transaction: the request, and no other's turn till its end.

    Raises `RefusedError`.
    """
    return _one(Approval.objects.select_for_update(), brand_id, number)


def _act(actor: Actor, kind: ActKind, about: Approval, more: Detail | None = None) -> None:
    wanted = wanted_of(about)
    exact = msgspec.json.encode(wanted, order="deterministic")
    detail: dict[str, str | int | bool | None] = {
        "operation": about.operation,
        "partner": wanted.partner,
        "hop": wanted.hop,
        "digest": hashlib.sha256(exact).hexdigest(),
        **(more or {}),
    }
    if isinstance(wanted, Rotate):
        detail["credential"] = wanted.credential
    subject = f"approval:{about.pk}"
    record(about.brand_id, kind, now=actor.now, who=by(actor), subject=subject, detail=detail)


_RULE = "connections: what opens personal data needs a second person"


def _not_usable(code: str, detail: str, remedy: str) -> Problem:
    return Problem(code=code, detail=detail, remedy=remedy, rule=_RULE, status=409)


_TOO_MANY = Problem(
    code="too_many_requests_wait",
    detail=f"{MOST_WAITING} of your requests wait already.",
    remedy="Ask an owner or a privacy officer to decide them first.",
    rule=_RULE,
    status=429,
)
_SECOND_PERSON = Problem(
    code="second_person_needed",
    detail="Whoever asked can't decide it.",
    remedy="Ask somebody else who is an owner or a privacy officer.",
    rule=_RULE,
    status=403,
)
_NOT_THE_ASKER = Problem(
    code="not_the_asker",
    detail="Somebody else asked for this.",
    remedy="Whoever asked may use it; ask for one of your own.",
    rule=_RULE,
    status=403,
)
_DECIDED = _not_usable("approval_decided", "This request is decided already.", "Look at it again.")
_EXPIRED = _not_usable(
    "approval_expired", "Nobody decided this request within seven days.", "Ask for it again."
)
_UNUSABLE = {
    State.WAITING: _not_usable(
        "approval_waits",
        "Nobody has approved this request yet.",
        "Ask an owner or a privacy officer to look at it.",
    ),
    State.EXPIRED: _EXPIRED,
    State.TURNED_DOWN: _not_usable(
        "approval_turned_down",
        "This request was turned down.",
        "Read the reason, and ask for what would be right.",
    ),
    State.LAPSED: _not_usable(
        "approval_lapsed", "This approval was good for 48 hours.", "Ask for it again."
    ),
    State.USED: _not_usable(
        "approval_used", "This approval was used already.", "Ask for it again."
    ),
}
