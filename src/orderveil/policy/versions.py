"""Publishing a policy: tighter takes effect at once, anything else waits for a second person.

Rules kept here:
- provably tighter in every cell and term: in force when saved;
- any other change loosens, or can't be compared: it waits until someone other than its author
  approves it, and then takes the place of whatever is in force *by then*, which its act names;
- a version that waits can be rejected with a reason; its author rejecting it withdraws it;
- names, purposes and reasons end up on the ledger, so none may hold a phone, email or card number;
- every version, publication, approval and rejection is an act on the brand's ledger.
"""

import hashlib
import hmac
import secrets
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from orderveil.contacts.setup import configured
from orderveil.core.decision import Policies
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.fields import Field
from orderveil.core.naming import as_read, names_somebody
from orderveil.core.table import Profile, Table, provably_tighter
from orderveil.ledger.acts import ActKind, Who, machine, record
from orderveil.policy.models import Signatory, Version, VersionState
from orderveil.policy.toml import PolicyError, load, profile_text

LONGEST_NAME = 60
LONGEST_WORDS = 200
"""Of a purpose or a reason, in characters."""


def table_of(version: Version) -> Table:
    """What the version says, with the virtual contacts that its brand has configured."""
    return load(version.text, virtual=configured(version.brand_id))


def check(text: str, virtual: frozenset[Field]) -> Table:
    """The table of a text that may be published; raises `PolicyError` with every mistake.

    `virtual`: which fields have a virtual contact (`contacts.setup.configured`).
    """
    table = load(text, virtual=virtual)
    said = [("/name", table.name, LONGEST_NAME)]
    said += [
        (f"/hops/{hop}/purpose", row.purpose, LONGEST_WORDS) for hop, row in table.rows.items()
    ]
    problems = [
        Problem(
            code="policy_invalid",
            detail=f"is longer than {most} characters, or looks as if it named somebody.",
            remedy="Say it in fewer words, without a phone, an email or a card number.",
            pointer=pointer,
            rule="ledger: entries hold no personal data",
        )
        for pointer, words, most in said
        if len(words) > most or names_somebody(words)
    ]
    if problems:
        raise PolicyError(problems)
    return table


def active(brand_id: int) -> Version:
    """The version in force; every brand has one from its first moment."""
    return Version.objects.get(brand_id=brand_id, state=VersionState.ACTIVE)


def policies(brand_id: int) -> Policies:
    """What decisions are made under: the table in force and today's."""
    version = active(brand_id)
    return Policies(
        label=version.label,
        version_id=version.pk,
        table=table_of(version),
        today=load(profile_text(Profile.TODAY)),
    )


def _take_turn(brand_id: int) -> None:
    """Publishers and approvers of a brand go one after another, each seeing the one before."""
    # A lock on the *last* row would not do: who waited for it still sees it as the last.
    Version.objects.select_for_update().filter(brand_id=brand_id, number=1).first()


def _append(brand_id: int, text: str, author: str, now: datetime) -> Version:
    table = check(text, configured(brand_id))
    _take_turn(brand_id)
    last = Version.objects.filter(brand_id=brand_id).order_by("-number").first()
    return Version.objects.create(
        brand_id=brand_id,
        number=last.number + 1 if last else 1,
        name=table.name,
        text=text,
        digest=hashlib.sha256(text.encode()).hexdigest(),
        state=VersionState.PENDING,
        author=author,
        created_at=now,
    )


def _put_in_force(version: Version, kind: ActKind, person: str, now: datetime) -> None:
    """Replace the version in force; the act says which one that was (0: there was none)."""
    before = Version.objects.filter(brand_id=version.brand_id, state=VersionState.ACTIVE)
    replaces = before.values_list("number", flat=True).first() or 0
    before.update(state=VersionState.REPLACED)
    version.state = VersionState.ACTIVE
    version.effective_at = now
    version.save()
    _act(version, kind, person, now, replaces=replaces)


def _act(version: Version, kind: ActKind, person: str, now: datetime, **more: str | int) -> None:
    detail = {"version": version.label, "digest": version.digest, "state": version.state}
    record(
        version.brand_id,
        kind,
        now=now,
        who=Who(person=person),
        subject=f"policy:{version.number}",
        detail={**detail, **more},
    )


@transaction.atomic
def start(brand_id: int, profile: Profile, *, author: str, now: datetime) -> Version:
    """A brand's first policy: a profile that ships, in force at once."""
    version = _append(brand_id, profile_text(profile), author, now)
    _put_in_force(version, ActKind.POLICY_PUBLISHED, author, now)
    return version


@transaction.atomic
def publish(brand_id: int, text: str, *, author: str, now: datetime) -> Version:
    """A new version: ACTIVE if provably tighter than the one in force, else PENDING.

    Raises `PolicyError` if the text does not load.
    """
    version = _append(brand_id, text, author, now)
    if provably_tighter(table_of(active(brand_id)), table_of(version)):
        _put_in_force(version, ActKind.POLICY_PUBLISHED, author, now)
    else:
        _act(version, ActKind.POLICY_DRAFTED, author, now)
    return version


def one(brand_id: int, number: int) -> Version:
    """That version of this brand; raises `RefusedError` (404)."""
    found = Version.objects.filter(brand_id=brand_id, number=number).first()
    if found is None:
        raise RefusedError(_NO_VERSION)
    return found


def before(version: Version) -> Version | None:
    """What was in force when the version came: into force, or else into being."""
    came = version.effective_at or version.created_at
    earlier = Q(effective_at__lt=came) | Q(effective_at=came, number__lt=version.number)
    found = Version.objects.filter(earlier, brand_id=version.brand_id)
    return found.order_by("-effective_at", "-number").first()


def moved_on(version: Version, active_now: Version) -> bool:
    """Did another version come into force after this one was drafted?"""
    since = active_now.effective_at
    return since is not None and since > version.created_at


def waiting(brand_id: int) -> list[Version]:
    """The versions that wait for a second person, oldest first."""
    found = Version.objects.filter(brand_id=brand_id, state=VersionState.PENDING)
    return list(found.order_by("number"))


def _pending(brand_id: int, number: int) -> Version:
    """That version, with everybody else's turn over; raises `RefusedError` if it does not wait."""
    _take_turn(brand_id)
    version = Version.objects.filter(
        brand_id=brand_id, number=number, state=VersionState.PENDING
    ).first()
    if version is None:
        raise RefusedError(
            Problem(
                code="no_pending_policy",
                detail=f"Version {number} is not waiting for approval.",
                remedy="See the history (`orderveil policy show --history`) for every state.",
                rule="policy: only a pending version can be approved or rejected",
                status=404,
            )
        )
    return version


@transaction.atomic
def reject(brand_id: int, number: int, *, person: str, reason: str, now: datetime) -> Version:
    """End a pending version for good; by its own author it is a withdrawal.

    Raises `RefusedError` if it does not wait, or the reason is none or looks personal.
    """
    reason = as_read(reason)
    if not 0 < len(reason) <= LONGEST_WORDS or names_somebody(reason):
        raise RefusedError(_NO_REASON)
    version = _pending(brand_id, number)
    version.state = VersionState.REJECTED
    version.rejected_by, version.rejected_at, version.reason = person, now, reason
    version.save()
    _act(version, ActKind.POLICY_REJECTED, person, now, reason=reason)
    return version


@transaction.atomic
def approve(brand_id: int, number: int, *, approver: str, now: datetime) -> Version:
    """Put a pending version in force; refused to its own author, and when policy has moved on."""
    version = _pending(brand_id, number)
    if version.author == approver:
        raise RefusedError(
            Problem(
                code="second_person_needed",
                detail="The author of a version can't approve it.",
                remedy="Ask somebody else of the brand who may approve policies.",
                rule="policy: a change that is not provably tighter needs a second person",
                status=403,
            )
        )
    if moved_on(version, active(brand_id)):
        raise RefusedError(
            Problem(
                code="policy_moved_on",
                detail="Another version came into force after this one was drafted.",
                remedy="Compare it with the one in force, and publish it again.",
                rule="policy: what is approved is a change to what is in force",
                status=409,
            )
        )
    version.approver = approver
    _put_in_force(version, ActKind.POLICY_APPROVED, approver, now)
    return version


@transaction.atomic
def add_signatory(brand_id: int, name: str, *, now: datetime) -> str:
    """A new signatory's code, shown once; an earlier one of that name is revoked."""
    code = secrets.token_urlsafe(16)
    Signatory.objects.filter(brand_id=brand_id, name=name, revoked_at=None).update(revoked_at=now)
    Signatory.objects.create(brand_id=brand_id, name=name, code_hash=_hash(code), created_at=now)
    record(brand_id, ActKind.SIGNATORY_ADDED, now=now, who=machine(), subject=name)
    return code


def signatory(brand_id: int, code: str) -> str:
    """The name of the person whose code this is; raises `RefusedError`."""
    wanted = _hash(code)
    found = [
        person.name
        for person in Signatory.objects.filter(brand_id=brand_id, revoked_at=None)
        if hmac.compare_digest(bytes(person.code_hash), wanted)
    ]
    if not found:
        raise RefusedError(
            Problem(
                code="unknown_signatory",
                detail="No signatory of this brand has that code.",
                remedy="Add one with `orderveil policy signatory NAME`; the code is shown once.",
                rule="policy: publishing and approving are done by named people",
                status=403,
            )
        )
    return found[0]


def _hash(code: str) -> bytes:
    # The code is 128 random bits, so a plain hash can't be searched back.
    return hashlib.sha256(code.encode()).digest()


_NO_REASON = Problem(
    code="reason_needed",
    detail=f"A reason has 1 to {LONGEST_WORDS} characters, and no phone, email or card number.",
    remedy="Say in a few words what is wrong with the draft.",
    rule="ledger: entries hold no personal data",
)
_NO_VERSION = Problem(
    code="no_such_policy",
    detail="There is no such version of the policy.",
    remedy="See the history for every version.",
    rule="policy: every version is kept",
    status=404,
)
