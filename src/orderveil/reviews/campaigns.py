"""Campaigns: opened by a person or by the clock, listing everybody and everything; closed.

Rules kept here:
- a brand has one open campaign at most;
- it lists what was alive at its opening, frozen; what appeared later is in the next one;
- who has not accepted yet is listed, too, and can be kept, narrowed or removed: nothing of the
  account behind the address is told;
- it is closed when every item has an outcome. What ended meanwhile is noted as gone, and the
  only reviewer's own membership as decided by nobody else: it can't be decided by anybody.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Q

from orderveil.core.errors import Problem, RefusedError
from orderveil.core.roles import Permission, holders
from orderveil.gate.staffing.listing import called
from orderveil.ledger import tallies
from orderveil.ledger.acts import ActKind, Detail, Who, record
from orderveil.ledger.tallies import Tally
from orderveil.partners.models import Brand, Credential
from orderveil.people import memberships
from orderveil.people.models import Membership
from orderveil.reviews.models import Campaign, Item
from orderveil.reviews.outcomes import Kind, Outcome, proposed

TERM_DAYS = 14
"""How long reviewers have."""


def open_campaign(brand_id: int, *, now: datetime, who: Who) -> Campaign:
    """A campaign with everything that is alive now. Raises `RefusedError` if one is open."""
    before = _last(brand_id)
    if before is not None and before.closed_at is None:
        raise RefusedError(_OPEN_ALREADY)
    began = Brand.objects.values_list("created_at", flat=True).get(pk=brand_id)
    made = Campaign(
        brand_id=brand_id,
        opened_at=now,
        opened_by=who.person or f"system:{who.system}",
        due_at=now + timedelta(days=TERM_DAYS),
        counted_from=before.opened_at if before else began,
    )
    # Counting takes as long as the log is: nobody waits for it.
    items = [*_people(made), *_credentials(made)]
    # Read in the order of their numbers: what is proposed for removal comes first.
    items.sort(key=lambda item: item.proposal != Outcome.REMOVE)
    return _opened(made, items, before, who)


def _last(brand_id: int) -> Campaign | None:
    return Campaign.objects.filter(brand_id=brand_id).order_by("-opened_at").first()


@transaction.atomic
def _opened(made: Campaign, items: list[Item], before: Campaign | None, who: Who) -> Campaign:
    """Write it down, unless somebody opened one while this one was being counted."""
    # Whoever opens at the same moment waits here. No key is locked: rows that refer to the brand
    # go on being inserted.
    Brand.objects.select_for_update(no_key=True).get(pk=made.brand_id)
    if _last(made.brand_id) != before:
        raise RefusedError(_OPEN_ALREADY)
    made.save()
    Item.objects.bulk_create(items)
    detail: Detail = {
        "people": sum(item.kind == Kind.PERSON for item in items),
        "credentials": sum(item.kind == Kind.CREDENTIAL for item in items),
        "proposed_removals": sum(item.proposal == Outcome.REMOVE for item in items),
    }
    _record(made, ActKind.REVIEW_OPENED, now=made.opened_at, who=who, detail=detail)
    return made


@transaction.atomic
def close(brand_id: int, campaign_id: int, *, now: datetime, who: Who) -> Campaign:
    """Close a campaign whose every item is dealt with. Raises `RefusedError`."""
    campaign = locked(brand_id, campaign_id)
    left = list(Item.objects.filter(campaign=campaign, outcome=""))
    ended, who_may = gone(left), reviewers(brand_id)
    for item in left:
        if item.pk in ended:
            item.outcome = Outcome.GONE
        elif who_may == {item.person_id}:
            item.outcome = Outcome.NOBODY_ELSE
    undecided = sum(not item.outcome for item in left)
    if undecided:
        raise RefusedError(_undecided(undecided))
    Item.objects.bulk_update(left, ["outcome"])
    campaign.closed_at, campaign.closed_by = now, who.person or ""
    campaign.save(update_fields=["closed_at", "closed_by"])
    _record(campaign, ActKind.REVIEW_CLOSED, now=now, who=who, detail=dict(counts(campaign)))
    return campaign


def locked(brand_id: int, campaign_id: int) -> Campaign:
    """An open campaign of the brand, locked until the commit. Raises `RefusedError`."""
    found = Campaign.objects.select_for_update().filter(pk=campaign_id, brand_id=brand_id).first()
    if found is None:
        raise RefusedError(NO_CAMPAIGN)
    if found.closed_at is not None:
        raise RefusedError(_CLOSED)
    return found


def counts(campaign: Campaign) -> dict[str, int]:
    """How many items have which outcome; "undecided" are those without."""
    return counts_of([campaign])[campaign.pk]


def counts_of(campaigns: Sequence[Campaign]) -> dict[int, dict[str, int]]:
    """The same of several campaigns, in one question."""
    found = {each.pk: dict.fromkeys((*map(str, Outcome), "undecided"), 0) for each in campaigns}
    rows = Item.objects.filter(campaign__in=found).values_list("campaign", "outcome")
    for number, outcome, count in rows.annotate(Count("pk")).order_by():
        found[number][outcome or "undecided"] = count
    return found


def gone(items: list[Item]) -> set[int]:
    """The items whose membership or credential has ended since."""
    members = [item.subject_id for item in items if item.kind == Kind.PERSON]
    keys = [item.subject_id for item in items if item.kind == Kind.CREDENTIAL]
    there = {
        Kind.PERSON: set(
            Membership.objects.filter(pk__in=members, ended_at=None).values_list("pk", flat=True)
        ),
        Kind.CREDENTIAL: set(
            Credential.objects.filter(pk__in=keys, revoked_at=None).values_list("pk", flat=True)
        ),
    }
    return {item.pk for item in items if item.subject_id not in there[Kind(item.kind)]}


def waiting(items: Sequence[Item]) -> dict[int, str]:
    """The items of people who have not accepted yet, and how the brand calls them until then."""
    numbers = [item.subject_id for item in items if item.kind == Kind.PERSON]
    found = Membership.objects.filter(pk__in=numbers, ended_at=None, accepted_at=None)
    names = {each.pk: called(each) for each in found.select_related("person")}
    return {
        item.pk: names[item.subject_id]
        for item in items
        if item.kind == Kind.PERSON and item.subject_id in names
    }


def reviewers(brand_id: int) -> set[int]:
    """The people (their numbers) who may review now."""
    roles = holders(Permission.REVIEW_ACCESS)
    found = Membership.objects.in_force().filter(brand_id=brand_id, role__in=roles)
    return set(found.filter(person__is_active=True).values_list("person_id", flat=True))


def is_nobody_elses(brand_id: int, item: Item) -> bool:
    """Is this the membership of the only reviewer there is?"""
    return item.person_id is not None and reviewers(brand_id) == {item.person_id}


def _people(campaign: Campaign) -> Iterator[Item]:
    members = memberships.members(campaign.brand_id)
    tags = [member.person.tag for member in members]
    start, now = campaign.counted_from, campaign.opened_at
    shown = tallies.shown_to_people(campaign.brand_id, tags, start, now)
    for member in members:
        tally = shown.get(member.person.tag, Tally())
        yield Item(
            campaign=campaign,
            kind=Kind.PERSON,
            subject_id=member.pk,
            person_id=member.person_id,
            holds=member.role,
            partner_id=member.partner_id,
            since=member.created_at,
            last_used_at=member.last_used_at,
            views=tally.views,
            reveals=tally.reveals,
            proposal=proposed(member.created_at, member.last_used_at, now),
        )


def _credentials(campaign: Campaign) -> Iterator[Item]:
    start, now = campaign.counted_from, campaign.opened_at
    alive = Credential.objects.filter(brand_id=campaign.brand_id, revoked_at=None)
    keys = list(alive.filter(Q(expires_at=None) | Q(expires_at__gt=now)).order_by("pk"))
    partners = {key.pk: key.partner_id for key in keys}
    shown = tallies.shown_to_credentials(campaign.brand_id, partners, start, now)
    for key in keys:
        tally = shown.get(key.pk, Tally())
        yield Item(
            campaign=campaign,
            kind=Kind.CREDENTIAL,
            subject_id=key.pk,
            holds=key.hop,
            partner_id=key.partner_id,
            since=key.created_at,
            last_used_at=key.last_used_at,
            views=tally.views,
            reveals=tally.reveals,
            proposal=proposed(key.created_at, key.last_used_at, now),
        )


def _record(campaign: Campaign, kind: ActKind, *, now: datetime, who: Who, detail: Detail) -> None:
    subject = f"review:{campaign.pk}"
    record(campaign.brand_id, kind, now=now, who=who, subject=subject, detail=detail)


NO_CAMPAIGN = Problem(
    code="no_such_review",
    detail="There is no such review in this brand.",
    remedy="Look at the list of reviews.",
    rule="reviews: a brand sees its own",
    status=404,
)
_OPEN_ALREADY = Problem(
    code="review_open",
    detail="A review is open already.",
    remedy="Finish and close it first.",
    rule="reviews: one at a time",
    status=409,
)
_CLOSED = Problem(
    code="review_closed",
    detail="This review is closed.",
    remedy="Open a new one, or change the person or the credential on their own page.",
    rule="reviews: a closed review stays as it is",
    status=409,
)


def _undecided(count: int) -> Problem:
    return Problem(
        code="review_undecided",
        detail=f"{count} of its items have no decision yet.",
        remedy="Decide each of them; your own is another reviewer's to decide.",
        rule="reviews: every item is kept, narrowed or removed, with a reason",
        status=409,
    )
