"""An outsourced centre's month: who worked there, what they did, a sample to look at.

Rules kept here:
- what is counted comes from the ledger, so that a month that is over gives the same pack again;
- people are the brand's memberships at the partner in that month, and whoever was shown anything
  for the partner although they work elsewhere by now;
- what one of them did for somebody else is not the centre's: a disclosure counts by the partner
  it was made for, an act if they belonged to the centre when they did it.
"""

from base64 import b64encode
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from orderveil.core.errors import Problem, RefusedError
from orderveil.core.fields import Field
from orderveil.core.hops import Hop
from orderveil.gate.desk import handing
from orderveil.hops.support.centre_audit.months import Month
from orderveil.hops.support.centre_audit.pack import Member, Pack, Sampled, Tree
from orderveil.hops.support.centre_audit.sampling import draw, seed_of
from orderveil.ledger import doings, past, tallies
from orderveil.ledger.acts import ActKind
from orderveil.ledger.doings import Done
from orderveil.ledger.entries import ActEntry, DisclosureEntry, DisclosureKind
from orderveil.partners.models import Partner
from orderveil.people import centre_people, turned_away
from orderveil.people.centre_people import Worker

AFTER_HOURS = "after_hours"


def centres(brand_id: int) -> list[Partner]:
    """The brand's outsourced centres, by name: it hands them orders, or they have people here."""
    staffed = centre_people.partners_with_people(brand_id)
    numbers = {partner.pk for partner in handing.centres(brand_id)} | staffed
    return list(Partner.objects.filter(brand_id=brand_id, pk__in=numbers).order_by("name", "pk"))


def centre(brand_id: int, partner_id: int) -> Partner:
    """One of them; raises `RefusedError`."""
    for one in centres(brand_id):
        if one.pk == partner_id:
            return one
    raise RefusedError(_NO_CENTRE)


def make(partner: Partner, month: Month, *, now: datetime) -> Pack:
    """The centre's pack of a month, or of what there is of it."""
    brand, start, end = partner.brand_id, month.start, min(month.end, now)
    workers = _workers(partner, month)
    people = [worker.person for worker in workers]
    done = _theirs(partner, workers, doings.by_people(brand, people, start, end))
    reveals = [one for one in done if one.kind == DisclosureKind.REVEAL]
    handled = len({one.order_id for one in done})
    verdicts = _verdicts(done)
    members = [worker.membership for worker in workers if worker.membership is not None]
    refusals = turned_away.counted(members, start, month.end)
    tree = _tree(partner, month, end)
    return Pack(
        v=1,
        brand=brand,
        partner=partner.pk,
        month=str(month),
        is_over=month.is_over(now),
        assigned=doings.assigned(brand, partner.pk, Hop.SUPPORT, start, end),
        handled=handled,
        reveals=len(reveals),
        reveals_per_100=_per_100(len(reveals), handled),
        by_reason=dict(sorted(Counter(_why(one)[0] for one in reveals).items())),
        matched=verdicts[True],
        unmatched=verdicts[False],
        refusals={code: count for code, count in refusals.items() if code != AFTER_HOURS},
        after_hours=refusals.get(AFTER_HOURS, 0),
        members=_members(brand, month, workers, done, end),
        tree=tree,
        sample=_sample(tree, reveals),
    )


def _workers(partner: Partner, month: Month) -> list[Worker]:
    found = centre_people.workers(partner.brand_id, partner.pk, month.start, month.end)
    known = {worker.person for worker in found}
    seen = doings.people_for(partner.brand_id, partner.pk, month.start, month.end)
    moved = [Worker(person, None, "", None, None, ()) for person in sorted(seen - known)]
    return [*found, *moved]


def _theirs(partner: Partner, workers: Sequence[Worker], done: list[Done]) -> list[Done]:
    """What was done for this partner, or by who belonged to it then."""
    terms: dict[str, list[Worker]] = {}
    for worker in workers:
        terms.setdefault(worker.person, []).append(worker)
    return [
        one
        for one in done
        if one.partner_id == partner.pk
        or (
            one.partner_id is None and any(worker.worked_at(one.at) for worker in terms[one.person])
        )
    ]


def _members(
    brand_id: int, month: Month, workers: Sequence[Worker], done: Sequence[Done], end: datetime
) -> list[Member]:
    people = [worker.person for worker in workers]
    last = tallies.last_acted(brand_id, people, month.start, end)
    orders: dict[str, set[bytes]] = {}
    for one in done:
        orders.setdefault(one.person, set()).add(one.order_id)
    reveals = Counter(one.person for one in done if one.kind == DisclosureKind.REVEAL)
    verified = Counter(one.person for one in done if one.kind == ActKind.CALLER_VERIFIED)
    return [
        Member(
            person=worker.person,
            role=worker.role,
            joined=worker.joined,
            left=worker.left if worker.left and worker.left < month.end else None,
            factors=list(worker.factors),
            last_use=last.get(worker.person),
            handled=len(orders.get(worker.person, ())),
            reveals=reveals[worker.person],
            verifications=verified[worker.person],
        )
        for worker in workers
    ]


def _verdicts(done: Sequence[Done]) -> Mapping[bool, int]:
    return Counter(
        bool(one.entry.detail.get("matched"))
        for one in done
        if one.kind == ActKind.CALLER_VERIFIED and isinstance(one.entry, ActEntry)
    )


def _tree(partner: Partner, month: Month, end: datetime) -> Tree | None:
    head = past.head_before(partner.brand_id, end)
    if head is None:
        return None
    seed = seed_of(head, str(month), partner.pk)
    return Tree(head.origin, head.size, b64encode(head.root).decode(), seed.hex())


def _sample(tree: Tree | None, reveals: Sequence[Done]) -> list[Sampled]:
    if tree is None:
        return []
    drawn = draw(bytes.fromhex(tree.seed), reveals)
    return [Sampled(str(one.entry_id), one.at, one.person, _what(one), *_why(one)) for one in drawn]


def _why(one: Done) -> tuple[str, str]:
    """(reason, ticket) as the entry has them."""
    said = one.entry.reason if isinstance(one.entry, DisclosureEntry) else None
    reason, _, ticket = (said or "").partition(" ticket ")
    return reason or "expired", ticket


def _what(one: Done) -> str:
    """What was revealed: "phone", "email", "address"."""
    if not isinstance(one.entry, DisclosureEntry):
        return ""
    return "address" if Field.LINE1 in one.entry.forms else ",".join(sorted(one.entry.forms))


def _per_100(reveals: int, handled: int) -> str:
    return f"{100 * reveals / handled:.1f}" if handled else ""


_NO_CENTRE = Problem(
    code="no_such_centre",
    detail="This brand has no such centre.",
    remedy="Look at the list of centres.",
    rule="centres: a brand sees its own",
    status=404,
)
