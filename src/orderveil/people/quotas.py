"""How many people a platform operator allows a brand. No row: any number."""

from collections.abc import Collection

from orderveil.core.errors import Problem, RefusedError
from orderveil.people.models import Membership, Quota


def limits(brands: Collection[int]) -> dict[int, int | None]:
    """The number of each of these brands that has a quota; None: any. In one question."""
    found = Quota.objects.filter(brand_id__in=brands)
    return dict(found.values_list("brand_id", "people"))


def put(brand_id: int, people: int | None) -> None:
    """Set it, in the caller's transaction. The caller records the act."""
    Quota.objects.update_or_create(brand_id=brand_id, defaults={"people": people})


def check(brand_id: int) -> None:
    """In the transaction that adds one: is there room? Raises `RefusedError`.

    The quota's row is locked, so that two who join at once can't both be the last.
    """
    found = Quota.objects.select_for_update().filter(brand_id=brand_id).first()
    if found is None or found.people is None:
        return
    if Membership.objects.filter(brand_id=brand_id, ended_at=None).count() >= found.people:
        raise RefusedError(_full(found.people))


def _full(people: int) -> Problem:
    return Problem(
        code="quota_reached",
        detail=f"This brand has its {people} people.",
        remedy="End a membership that is not used, or ask the platform for more.",
        rule="quota: people of a brand",
        status=429,
    )
