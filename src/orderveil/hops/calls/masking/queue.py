"""Masked numbers, asked for durably: one for a parcel and partner, never two.

Rules kept here:
- a row is written before anything is sent; it says durably that a request is on its way *before*
  it goes: what was cut off is looked for by its connection_id, and sent anew if it isn't there;
- until the provider answered the parcel has the care number, or a number of the pool;
- a number whose place was taken meanwhile, or whose parcel ended, is released; so is one that isn't
  the provider's own: the customer's, the care number, one of a pool, an agent's;
- a line that ended still gives back what it holds;
- the customer's number is opened for the one request, and is on record: a row holds none.
"""

import base64
import secrets as randomness
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from orderveil.contacts import allocating
from orderveil.contacts import setup as setups
from orderveil.contacts.allocating import Given, Place
from orderveil.contacts.models import Contact, ContactKind, Setup
from orderveil.core.errors import Problem
from orderveil.core.hops import Hop
from orderveil.gate import reaching
from orderveil.hops.calls import agents, lines
from orderveil.hops.calls.lines import Use
from orderveil.hops.calls.masking import exotel
from orderveil.hops.calls.masking.exotel import Masked, Miss, Outcome
from orderveil.hops.calls.models import Line, Mask
from orderveil.outbox.egress import Egress, EgressError
from orderveil.outbox.egress import Line as Wire
from orderveil.outbox.events import Event, EventKind
from orderveil.partners import assignments

LEASE: Final = timedelta(minutes=2)
"""Longer than looking, sending and their deadlines take."""
MOST_TRIES: Final = 8
WAIT_SECONDS: Final = (5, 30, 120, 600, 1800, 3600, 3600, 3600)
WAKES: Final = frozenset(
    {EventKind.PARCEL_PACKED, EventKind.PARCEL_OPENED, EventKind.PARCEL_ASSIGNED}
)
_ANSWER_BYTES: Final = 64 * 1024
_OPEN: Final = ("due", "releasing")
_GONE_AFTER: Final = allocating.LONGEST + timedelta(days=1)
"""An allocation that can't be released ended by itself by then."""


def follow(event: Event, now: datetime) -> None:
    """A parcel goes to its courier: have a number masked, where the brand has that done."""
    if event.kind not in WAKES or event.order_id is None or event.parcel_no is None:
        return
    if lines.masking(event.brand_id) is None:
        return
    partner = assignments.assignee(event.order_id, event.parcel_no, Hop.COURIER)
    if partner is None:
        return
    place = Place(event.order_id, event.parcel_no, partner, Hop.COURIER)
    # A parcel may be assigned long before its courier may have it.
    if reaching.may_answer(_contact(event.brand_id, place, now), now=now) is None:
        want(event.brand_id, place, now)


def want(brand_id: int, place: Place, now: datetime) -> Mask | None:
    """Ask for a masked number; None if no line masks. Who asks again gets the same row."""
    line = lines.masking(brand_id)
    if line is None:
        return None
    where = {**place._asdict(), "hop": place.hop.value}
    with transaction.atomic():
        known = Mask.objects.filter(**where).exclude(state__in=("released", "refused")).first()
        if known is not None:
            return known
        made = Mask(
            brand_id=brand_id,
            line=line,
            state="due",
            # No zero in front: the provider takes an integer.
            pin=str(100_000 + randomness.randbelow(900_000)),
            due_at=now,
            asked_at=now,
            changed_at=now,
            **where,
        )
        Mask.objects.bulk_create([made], ignore_conflicts=True)
    return Mask.objects.filter(**where).exclude(state__in=("released", "refused")).first()


def work(now: datetime, *, egress: Egress | None = None) -> bool:
    """Take one row on; False if none is due."""
    mask = _claimed(now)
    if mask is None:
        return False
    way_out = egress or Egress(private=settings.WEBHOOK_PRIVATE)
    if mask.line.revoked_at is not None and mask.state == "due" and mask.sent_at is None:
        _end(mask, "refused", "line_ended", now)
        return True
    try:
        with way_out.dial(mask.line.masks_url) as wire:
            if mask.state == "releasing":
                _release(mask, wire, now)
            elif mask.sent_at is not None:
                _look(mask, wire, now)
            else:
                _send(mask, wire, now)
    except EgressError as error:
        _again(mask, error.trouble.value, now)
    return True


def _claimed(now: datetime) -> Mask | None:
    with transaction.atomic():
        due = Mask.objects.select_for_update(skip_locked=True, of=("self",))
        found = due.select_related("line").filter(Q(state__in=_OPEN), due_at__lte=now)
        mask = found.order_by("due_at").first()
        if mask is not None:
            _to(mask, now, due_at=now + LEASE, tries=mask.tries + 1)
        return mask


def _send(mask: Mask, wire: Wire, now: datetime) -> None:
    contact = _as_contact(mask, now)
    reached = reaching.reach(contact, mask.line.partner_id, now=now)
    if isinstance(reached, Problem):
        _end(mask, "refused", reached.code, now)
        return
    body = exotel.allocation(
        mask.pk.hex,
        agents.numbers_of(mask.brand_id, mask.partner_id),
        mask.pin,
        reached.value,
        int(allocating.LONGEST.total_seconds()),
    )
    _to(mask, now, sent_at=now)
    reply = wire.ask(
        *("POST", body, _headers(mask.line)),
        most_bytes=_ANSWER_BYTES,
        path=exotel.path(mask.line.account),
    )
    _take(mask, exotel.allocated(reply.status, reply.body), now)


def _look(mask: Mask, wire: Wire, now: datetime) -> None:
    """A request was cut off: was it done?"""
    reply = wire.ask(
        *("GET", None, _headers(mask.line)),
        most_bytes=_ANSWER_BYTES,
        path=exotel.search(mask.line.account, mask.pk.hex),
    )
    found = exotel.searched(reply.status, reply.body, mask.pk.hex)
    if found is Miss.NOT_THERE:
        _to(mask, now, sent_at=None, due_at=now)
    else:
        _take(mask, found, now)


def _take(mask: Mask, outcome: Outcome, now: datetime) -> None:
    if isinstance(outcome, Masked):
        _adopt(mask, outcome, now)
    elif outcome is Miss.REFUSED:
        _end(mask, "refused", "refused", now)
    elif outcome is Miss.DUPLICATE:
        _to(mask, now, due_at=now)  # sent_at stands: it is looked for next
    else:
        if outcome in {Miss.EMPTY, Miss.LATER}:
            _to(mask, now, sent_at=None)
        _again(mask, outcome.name.lower(), now)


def _adopt(mask: Mask, masked: Masked, now: datetime) -> None:
    if _is_somebodys(mask, masked.number, now):
        # The number is not kept: it may be the customer's.
        _to(
            mask,
            now,
            sent_at=None,
            tries=0,
            error="",
            state="releasing",
            provider_id=masked.provider_id,
            due_at=now,
        )
        return
    with transaction.atomic():
        is_taken = _may_have(mask, now) and allocating.adopt(
            _place(mask), mask.brand_id, Given(masked.number, mask.pin), now
        )
        _to(
            mask,
            now,
            sent_at=None,
            tries=0,
            error="",
            state="allocated" if is_taken else "releasing",
            number=masked.number,
            provider_id=masked.provider_id,
            due_at=now,
        )


def _is_somebodys(mask: Mask, number: str, now: datetime) -> bool:
    """Is this a number that the provider can't have of its own?"""
    return (
        reaching.is_customer(_as_contact(mask, now), number)
        or setups.brand_of_number(number) is not None
        or Setup.objects.filter(care_number=number).exists()
        or any(agents.number(each) == number for each in agents.listing(mask.brand_id))
    )


def _may_have(mask: Mask, now: datetime) -> bool:
    """The answer may come after the parcel's end, or the line's."""
    if Line.objects.filter(pk=mask.line_id, revoked_at=None).exists():
        return reaching.may_answer(_as_contact(mask, now), now=now) is None
    return False


def _release(mask: Mask, wire: Wire, now: datetime) -> None:
    reply = wire.ask(
        *("DELETE", None, _headers(mask.line)),
        most_bytes=_ANSWER_BYTES,
        path=exotel.one(mask.line.account, mask.provider_id),
    )
    if exotel.released(reply.status):
        _given_back(mask, now)
    else:
        _again(mask, f"status_{reply.status}", now)


def _again(mask: Mask, error: str, now: datetime) -> None:
    """Later; an allocation that was never answered ends by itself at the provider."""
    if mask.tries >= MOST_TRIES and mask.state == "due":
        _end(mask, "refused", error, now)
        return
    if mask.state == "releasing" and now > mask.asked_at + _GONE_AFTER:
        _given_back(mask, now)
        return
    wait = WAIT_SECONDS[min(mask.tries, len(WAIT_SECONDS)) - 1]
    _to(mask, now, due_at=now + timedelta(seconds=wait), error=error)


def _given_back(mask: Mask, now: datetime) -> None:
    if mask.number:
        _end(mask, "released", "", now)
    else:
        _end(mask, "refused", NOT_MASKED.code, now)


def _end(mask: Mask, state: str, error: str, now: datetime) -> None:
    _to(mask, now, state=state, error=error, sent_at=None)


def _to(mask: Mask, now: datetime, **changes: object) -> None:
    for name, value in changes.items():
        setattr(mask, name, value)
    mask.changed_at = now
    mask.save(update_fields=[*changes, "changed_at"])


def _place(mask: Mask) -> Place:
    return Place(bytes(mask.order_id), mask.parcel_no, mask.partner_id, Hop(mask.hop))


def _as_contact(mask: Mask, now: datetime) -> Contact:
    return _contact(mask.brand_id, _place(mask), now)


def _contact(brand_id: int, place: Place, now: datetime) -> Contact:
    """For whom the number will stand: what the gate decides by, before there is one."""
    return Contact(
        brand_id=brand_id,
        order_id=place.order_id,
        parcel_no=place.parcel_no,
        partner_id=place.partner_id,
        hop=place.hop.value,
        kind=ContactKind.PHONE,
        allocated_at=now,
        expires_at=now + allocating.LONGEST,
    )


def _headers(line: Line) -> dict[str, str]:
    pair = base64.b64encode(lines.secret_of(line, Use.MASKS)).decode()
    told = {"Authorization": f"Basic {pair}", "Accept": "application/json"}
    return told | {"Content-Type": "application/json"}


NOT_MASKED = Problem(
    code="number_not_masked",
    detail="The provider answered with a number that is somebody's, not one of its own.",
    remedy="Ask the provider. The parcel has a number of the pool, or the care number.",
    rule="calls: a masked number is the provider's own",
    status=502,
)
