"""An outsourced centre's month: who worked there, what they did, a sample to look at.

Rules kept here:
- what is counted comes from the ledger, so that a month that is over gives the same pack again;
- people are the brand's memberships at the partner in that month, and whoever was shown anything
  for the partner although they work elsewhere by now;
- counts are made by the database, and entries read in batches: a busy month costs no memory;
- what one of them did for somebody else is not the centre's: a disclosure counts by the partner
  it was made for, an act if they belonged to the centre when they did it.
"""

from base64 import b64encode
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from orderveil.core.errors import Problem, RefusedError
from orderveil.core.fields import Field
from orderveil.core.hops import Hop
from orderveil.gate.desk import handing
from orderveil.hops.support.centre_audit.months import Month
from orderveil.hops.support.centre_audit.pack import Member, Pack, Sampled, Tree
from orderveil.hops.support.centre_audit.sampling import draw, seed_of
from orderveil.ledger import doings, past, tallies
from orderveil.ledger.doings import Count, Theirs, Told
from orderveil.ledger.entries import ActEntry, DisclosureEntry, DisclosureKind
from orderveil.partners.models import Partner
from orderveil.people import centre_people, turned_away
from orderveil.people.centre_people import Worker

AFTER_HOURS = "after_hours"


class _Said(NamedTuple):
    """What a month's reveals and callers say."""

    reasons: Counter[str]
    verdicts: Counter[bool]
    sample: list[Sampled]


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
    theirs = _theirs(partner, workers, start, end)
    count, counts = doings.counted(theirs)
    refusals = turned_away.counted(
        [
            (stay.membership, max(stay.since, start), stay.until or month.end)
            for worker in workers
            for stay in worker.stays
        ]
    )
    tree = _tree(partner, month, end)
    said = _said(theirs, tree)
    return Pack(
        v=1,
        brand=brand,
        partner=partner.pk,
        month=str(month),
        is_over=month.is_over(now),
        assigned=doings.assigned(brand, partner.pk, Hop.SUPPORT, start, end),
        handled=count.orders,
        reveals=count.reveals,
        reveals_per_100=_per_100(count),
        by_reason=dict(sorted(said.reasons.items())),
        matched=said.verdicts[True],
        unmatched=said.verdicts[False],
        refusals={code: count for code, count in refusals.items() if code != AFTER_HOURS},
        after_hours=refusals.get(AFTER_HOURS, 0),
        members=_members(brand, month, workers, counts, end),
        tree=tree,
        sample=said.sample,
    )


def _workers(partner: Partner, month: Month) -> list[Worker]:
    found = centre_people.workers(partner.brand_id, partner.pk, month.start, month.end)
    known = {worker.person for worker in found}
    seen = doings.people_for(partner.brand_id, partner.pk, month.start, month.end)
    moved = [Worker(person, (), ()) for person in sorted(seen - known)]
    return [*found, *moved]


def _theirs(partner: Partner, workers: Sequence[Worker], start: datetime, end: datetime) -> Theirs:
    """What was done for this partner, or by who belonged to it then."""
    stays = [
        (worker.person, stay.since, stay.until or end)
        for worker in workers
        for stay in worker.stays
    ]
    people = {worker.person for worker in workers}
    return Theirs(partner.brand_id, partner.pk, stays, sorted(people), start, end)


def _members(
    brand_id: int,
    month: Month,
    workers: Sequence[Worker],
    counts: Mapping[str, Count],
    end: datetime,
) -> list[Member]:
    people = [worker.person for worker in workers]
    last = tallies.last_acted(brand_id, people, month.start, end)
    return [
        Member(
            person=worker.person,
            role=worker.role,
            joined=worker.joined,
            left=worker.left,
            factors=list(worker.factors),
            last_use=last.get(worker.person),
            handled=count.orders,
            reveals=count.reveals,
            verifications=count.verified,
        )
        for worker in workers
        for count in [counts.get(worker.person, Count())]
    ]


def _said(theirs: Theirs, tree: Tree | None) -> _Said:
    """What their reveals and verified callers say, read a batch at a time."""
    reasons: Counter[str] = Counter()
    verdicts: Counter[bool] = Counter()
    drawn: list[Told] = []
    for batch in doings.told(theirs):
        reveals = [one for one in batch if one.kind == DisclosureKind.REVEAL]
        reasons.update(_why(one)[0] for one in reveals)
        verdicts.update(
            bool(one.entry.detail.get("matched"))
            for one in batch
            if isinstance(one.entry, ActEntry)
        )
        # The lowest ranks of all are among the lowest so far and what comes next.
        drawn = draw(bytes.fromhex(tree.seed), [*drawn, *reveals]) if tree else []
    return _Said(reasons, verdicts, [_sampled(one) for one in drawn])


def _tree(partner: Partner, month: Month, end: datetime) -> Tree | None:
    head = past.head_before(partner.brand_id, end)
    if head is None:
        return None
    seed = seed_of(head, str(month), partner.pk)
    return Tree(head.origin, head.size, b64encode(head.root).decode(), seed.hex())


def _sampled(one: Told) -> Sampled:
    return Sampled(str(one.entry_id), one.at, one.person, _what(one), *_why(one))


def _why(one: Told) -> tuple[str, str]:
    """(reason, ticket) as the entry has them."""
    said = one.entry.reason if isinstance(one.entry, DisclosureEntry) else None
    reason, _, ticket = (said or "").partition(" ticket ")
    return reason or "expired", ticket


def _what(one: Told) -> str:
    """What was revealed: "phone", "email", "address"."""
    if not isinstance(one.entry, DisclosureEntry):
        return ""
    return "address" if Field.LINE1 in one.entry.forms else ",".join(sorted(one.entry.forms))


def _per_100(count: Count) -> str:
    return f"{100 * count.reveals / count.orders:.1f}" if count.orders else ""


_NO_CENTRE = Problem(
    code="no_such_centre",
    detail="This brand has no such centre.",
    remedy="Look at the list of centres.",
    rule="centres: a brand sees its own",
    status=404,
)
