"""A campaign of a desk, and decisions about it."""

from datetime import timedelta
from typing import Any

import pytest

from orderveil.core.errors import RefusedError
from orderveil.core.roles import Role
from orderveil.ledger.acts import Who
from orderveil.ledger.entries import decode
from orderveil.people.models import Membership
from orderveil.reviews import campaigns, deciding
from orderveil.reviews.deciding import Decision
from orderveil.reviews.models import Item
from orderveil.reviews.outcomes import Outcome
from scene import rows


def opened(desk, **changes):
    """A campaign opened by the owner; the two who review are there."""
    desk.person(Role.OWNER)
    desk.person(Role.PRIVACY_OFFICER)
    who = Who(person=desk.people["owner"].person.tag)
    now = changes.pop("now", desk.scene.now + timedelta(minutes=1))
    return campaigns.open_campaign(desk.scene.brand.pk, now=now, who=who)


def item_of(campaign, subject):
    """The item about a membership or a credential."""
    kind = "person" if isinstance(subject, Membership) else "credential"
    return Item.objects.get(campaign=campaign, kind=kind, subject_id=subject.pk)


def decide(desk, campaign, subject, outcome, *, by="owner", reason="ticket 7: looked at", **less):
    """What became of the item when `by` decided it."""
    factor = less.pop("factor_minutes", 0)
    actor = desk.actor(
        desk.people[by], factor_minutes=factor, now=desk.scene.now + timedelta(minutes=2)
    )
    item = item_of(campaign, subject)
    return deciding.decide(actor, campaign.pk, item.pk, Decision(Outcome(outcome), reason, **less))


def refusal(call, *arguments: Any, **said: Any) -> str:
    """The code of the refusal that this call must meet."""
    with pytest.raises(RefusedError) as caught:
        call(*arguments, **said)
    assert caught.value.problem.remedy
    return caught.value.problem.code


def acts(brand, kind):
    """The acts of this kind, the oldest first: (person, system, subject, detail)."""
    found = rows(
        "SELECT entry FROM ledger_entry WHERE log_id = %s AND kind = %s ORDER BY at, entry_id",
        [brand.pk, kind],
    )
    entries = [decode(bytes(raw)) for (raw,) in found]
    return [(e.who.person, e.who.system, e.subject, e.detail) for e in entries]
