"""Which kinds of factor people had at a moment that is over, whatever they have today.

Rules kept here:
- the act that takes a factor away says since when it was there, and the act that ends a membership
  which factors there were: so nothing older than the moment is needed;
- what a person did with their factors after they left a brand is none of that brand's business.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from allauth.mfa.models import Authenticator

from orderveil.ledger import doings
from orderveil.ledger.acts import ActKind
from orderveil.ledger.entries import ActEntry
from orderveil.people.factors import FACTORS
from orderveil.people.models import Membership, Person

_TAKEN_AWAY = (ActKind.FACTOR_REMOVED, ActKind.FACTORS_RESET)
_Since = Mapping[str, datetime]


def told(person: Person) -> str:
    """What an act says of the factors that a person has: each kind, and since when; "" for none."""
    found = sorted(_since([person.pk]).get(person.pk, {}).items())
    return ",".join(f"{kind} {at.isoformat()}" for kind, at in found)


def at(
    brand_id: int, people: Mapping[int, tuple[Membership, datetime]]
) -> dict[int, tuple[str, ...]]:
    """The kinds that each had at their moment, in that membership of the brand; by number."""
    acts: dict[str, list[ActEntry]] = {}
    kinds = (*_TAKEN_AWAY, ActKind.MEMBERSHIP_ENDED)
    for act in doings.acts_of(brand_id, kinds, [f"person:{person}" for person in people]):
        acts.setdefault(act.subject, []).append(act)
    today = _since(people)
    return {
        person: _at(member, moment, acts.get(f"person:{person}", ()), today.get(person, {}))
        for person, (member, moment) in people.items()
    }


def _at(
    member: Membership, moment: datetime, acts: Iterable[ActEntry], today: _Since
) -> tuple[str, ...]:
    there = list(today.items())
    for act in acts:
        # Of before factors were noted an act says nothing, not that there were none.
        if act.detail.get("membership") == member.pk and "factors" in act.detail:
            there = _read(act)
    for act in acts:
        is_while = member.ended_at is None or act.at <= member.ended_at
        if act.kind in _TAKEN_AWAY and act.at >= moment and is_while:
            there += _read(act)
    return tuple(sorted({kind for kind, at in there if at < moment and kind in FACTORS}))


def _read(act: ActEntry) -> list[tuple[str, datetime]]:
    """(kind, since when) of the factors an act names."""
    said = act.detail
    if act.kind == ActKind.FACTOR_REMOVED and said.get("since"):
        return [(str(said["factor"]), datetime.fromisoformat(str(said["since"])))]
    words = (each.split(" ") for each in str(said.get("factors") or "").split(",") if each)
    return [(kind, datetime.fromisoformat(at)) for kind, at in words]


def _since(people: Iterable[int]) -> dict[int, dict[str, datetime]]:
    """Since when each has a factor of each kind."""
    found: dict[int, dict[str, datetime]] = {}
    there = Authenticator.objects.filter(user_id__in=list(people), type__in=FACTORS)
    # The oldest of a kind comes last, and stays.
    for person, kind, since in there.order_by("-created_at").values_list(
        "user_id", "type", "created_at"
    ):
        found.setdefault(person, {})[str(kind)] = since
    return found
