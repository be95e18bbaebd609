"""Deciding and using a request for what opens personal data (`partners/approvals`).

Rules kept here:
- each begins with a fresh second factor, whoever calls it;
- whether the people may do it is read under a lock on their memberships, not taken from the page:
  who asked is here and still manages credentials, who approved is here and may still approve;
- whether it can be done is decided again: the partner is locked and not suspended, the credential
  in force; what is refused leaves the approval unused.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from orderveil.core.actors import Actor, stale
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.roles import ROLES, Permission, Role
from orderveil.gate.asking import ROLE_CHANGED
from orderveil.ledger.acts import by
from orderveil.outbox import subscribing
from orderveil.outbox.events import EventKind
from orderveil.partners import approvals, credentials
from orderveil.partners.approvals import Issue, Rotate, Verdict, Wanted
from orderveil.partners.listing import credential_of
from orderveil.partners.models import Approval, Partner
from orderveil.people.models import Membership


@dataclass(frozen=True, slots=True)
class Made:
    """What an approval made: the number of a credential or a subscription, and its secret."""

    number: int
    secret: str
    """Shown this once."""
    wanted: Wanted


@transaction.atomic
def approve(actor: Actor, number: int) -> Approval:
    """The second person's yes. Raises `RefusedError`."""
    return _decide(actor, number, Verdict.APPROVED, "")


@transaction.atomic
def turn_down(actor: Actor, number: int, reason: str) -> Approval:
    """The second person's no, with a reason that names nobody. Raises `RefusedError`."""
    return _decide(actor, number, Verdict.TURNED_DOWN, reason)


def _decide(actor: Actor, number: int, verdict: Verdict, reason: str) -> Approval:
    _must_be_fresh(actor)
    # First the request, as every use of one does: nobody waits for each other in a ring.
    approvals.locked(actor.brand_id, number)
    here = _members(actor.brand_id, actor.person)
    if not _may(here.get(actor.person), Permission.APPROVE_CREDENTIALS):
        raise RefusedError(ROLE_CHANGED)
    return approvals.decide(actor, number, verdict, reason=reason)


@transaction.atomic
def use(actor: Actor, number: int) -> Made:
    """Do what was approved, exactly and once; the secret is made now. Raises `RefusedError`."""
    _must_be_fresh(actor)
    taken = approvals.take(actor, number)
    here = _members(actor.brand_id, taken.person, taken.decided_by)
    asker, approver = here.get(taken.person), here.get(taken.decided_by)
    is_same = asker is not None and asker.pk == taken.asked_by
    if not is_same or not _may(asker, Permission.MANAGE_CREDENTIALS):
        raise RefusedError(ROLE_CHANGED)
    if not _may(approver, Permission.APPROVE_CREDENTIALS):
        raise RefusedError(_APPROVER_GONE)
    wanted = approvals.wanted_of(taken)
    made, secret = _perform(actor, wanted)
    approvals.used(actor, taken, made)
    return Made(made, secret, wanted)


def _must_be_fresh(actor: Actor) -> None:
    problem = stale(actor)
    if problem is not None:
        raise RefusedError(problem)


def _members(brand_id: int, *people: str) -> dict[str, Membership]:
    """Those of them who belong to the brand, locked till the commit in the order of all locks."""
    numbers = [int(person.removeprefix("person:")) for person in people]
    here = Membership.objects.in_force().filter(brand_id=brand_id, person_id__in=numbers)
    return {f"person:{each.person_id}": each for each in here.select_for_update().order_by("pk")}


def _may(member: Membership | None, permission: Permission) -> bool:
    return member is not None and permission in ROLES[Role(member.role)].permissions


def _perform(actor: Actor, wanted: Wanted) -> tuple[int, str]:
    partner = _partner(actor.brand_id, wanted.partner)
    who, now = by(actor), actor.now
    if isinstance(wanted, Issue):
        made, token = credentials.issue(
            partner,
            wanted.hop,
            now=now,
            expires_at=wanted.expires_at,
            networks=list(wanted.networks),
            daily_limit=wanted.daily_limit,
            who=who,
        )
        return made.pk, token
    if isinstance(wanted, Rotate):
        number = credential_of(actor.brand_id, wanted.credential).pk
        overlap = timedelta(hours=wanted.overlap_hours)
        return number, credentials.rotate(number, overlap=overlap, now=now, who=who)
    kinds = [EventKind(kind) for kind in wanted.kinds]
    told, secret = subscribing.add(partner, wanted.hop, wanted.url, kinds, now=now, who=who)
    return told.subscription_id, secret


def _partner(brand_id: int, number: int) -> Partner:
    """The partner, locked: whoever ends it waits, and then ends what is made here, too."""
    found = Partner.objects.select_for_update().filter(pk=number, brand_id=brand_id).first()
    if found is None or found.suspended_at is not None:
        raise RefusedError(_PARTNER_GONE)
    return found


_APPROVER_GONE = Problem(
    code="approver_gone",
    detail="Whoever approved this may no longer approve.",
    remedy="Ask for it again.",
    rule="connections: what opens personal data needs a second person",
    status=409,
)
_PARTNER_GONE = Problem(
    code="partner_suspended",
    detail="This partner is suspended.",
    remedy="Restore it first, if it is to receive data again.",
    rule="connections: a partner that receives nothing gets no key",
    status=409,
)
