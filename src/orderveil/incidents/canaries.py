"""Canary orders: invented ones that nobody has a reason to open. Whoever does is noticed at once.

Rules kept here:
- only who handles alerts marks one, with a fresh factor; the act names no order, only a keyed
  hash of it, with which the brand can prove later which one it was;
- a person is noticed for opening or revealing it, not for a list it happened to be in;
- what our own journey sends by webhook as the order moves is no sighting, nor what the listed
  partners' systems fetch because they fetch everything.
"""

from collections.abc import Collection

from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac

from orderveil.core.actors import Actor, check_act
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.personal import Personal
from orderveil.core.roles import Permission
from orderveil.gate.search import By, find
from orderveil.incidents.alerts import Finding
from orderveil.incidents.models import Canary
from orderveil.incidents.words import AlertKind, Severity
from orderveil.ledger import counting
from orderveil.ledger.acts import ActKind, Detail, by, record
from orderveil.ledger.entries import DisclosureKind

MOST = 100
_SALT = "orderveil.incidents.canary"


def alive(brand_id: int) -> list[Canary]:
    """The brand's canaries that are watched, oldest first."""
    return list(Canary.objects.filter(brand_id=brand_id, retired_at=None).order_by("pk"))


def order_by_number(brand_id: int, number: str) -> bytes:
    """The one order of that number; nothing of it is shown. Raises `RefusedError`."""
    found = find(brand_id, By.NUMBER, Personal(number))
    if len(found) != 1:
        raise RefusedError(_SEVERAL if found else _NO_SUCH_ORDER)
    return found[0].order_id


@transaction.atomic
def mark(actor: Actor, order_id: bytes, expected: Collection[int] = ()) -> Canary:
    """Watch this order from now on. `expected`: partners whose systems read every order."""
    check_act(actor, Permission.HANDLE_ALERTS)
    if len(alive(actor.brand_id)) >= MOST:
        raise RefusedError(_TOO_MANY)
    try:
        with transaction.atomic():
            made = Canary.objects.create(
                brand_id=actor.brand_id,
                order_id=order_id,
                expected=sorted(expected),
                marked_at=actor.now,
                marked_by=actor.person,
            )
    except IntegrityError:
        raise RefusedError(_MARKED_ALREADY) from None
    _put_on_record(actor, made, {"expected": len(made.expected)})
    return made


@transaction.atomic
def retire(actor: Actor, number: int) -> None:
    """Watch it no longer. Raises `RefusedError`."""
    check_act(actor, Permission.HANDLE_ALERTS)
    mine = Canary.objects.select_for_update().filter(brand_id=actor.brand_id, retired_at=None)
    canary = mine.filter(pk=number).first()
    if canary is None:
        raise RefusedError(_NO_SUCH)
    canary.retired_at = actor.now
    canary.save()
    _put_on_record(actor, canary, {"retired": True})


def sightings(brand_id: int, start: int, end: int) -> list[Finding]:
    """Who was shown a canary in this part of the log, each by itself."""
    watched = {bytes(each.order_id): each for each in alive(brand_id)}
    found = []
    for seen in counting.sightings(brand_id, watched, start, end):
        who = _who(watched[seen.order_id], seen)
        if who is not None:
            evidence = {"entries": [str(seen.entry_id)], "canary": watched[seen.order_id].pk}
            day = seen.at.date()
            found.append(
                Finding(AlertKind.CANARY_SEEN, Severity.HIGH, who, day, 1, evidence, adds=True)
            )
    return found


def _who(canary: Canary, seen: counting.Sighting) -> str | None:
    """Whom an alert is about; None if this is no sighting."""
    if seen.at < canary.marked_at:
        return None
    if seen.person is not None:
        return None if seen.kind == DisclosureKind.BULK else seen.person
    if seen.credential is None or seen.partner in canary.expected:
        return None
    return f"credential:{seen.credential}"


def _put_on_record(actor: Actor, canary: Canary, detail: Detail) -> None:
    order = bytes(canary.order_id)
    digest = salted_hmac(_SALT, order, algorithm="sha256").hexdigest()[:32]
    record(
        actor.brand_id,
        ActKind.CANARY_MARKED,
        now=actor.now,
        who=by(actor),
        subject=f"canary:{canary.pk}",
        detail={"hash": digest, **detail},
    )


_NO_SUCH_ORDER = Problem(
    code="unknown_order",
    detail="This brand has no order of that number.",
    remedy="Write it as your shop does, with its sign: #1001.",
    rule="people: a brand sees its own",
    status=404,
)
_SEVERAL = Problem(
    code="several_orders",
    detail="Several orders have that number.",
    remedy="Place another invented order: a canary has a number of its own.",
    rule="an order number is its shop's own, and a brand may have several shops",
    status=409,
)
_MARKED_ALREADY = Problem(
    code="marked_already",
    detail="This order is a canary already.",
    remedy="See the list.",
    rule="canaries: an order is watched once",
    status=409,
)
_TOO_MANY = Problem(
    code="too_many_canaries",
    detail=f"A brand has at most {MOST} canaries.",
    remedy="Retire one first.",
    rule="canaries: few, and unlike each other",
    status=409,
)
_NO_SUCH = Problem(
    code="no_such_canary",
    detail="This brand watches no canary by that number.",
    remedy="See the list.",
    rule="people: a brand sees its own",
    status=404,
)
