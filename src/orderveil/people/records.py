"""What happens to a person as acts, on the ledger of every brand the person belongs to."""

from datetime import datetime

from django.db import transaction

from orderveil.ledger.acts import ActKind, Detail, Who, record
from orderveil.people.models import Membership, Person

INSTALLATION = 0


@transaction.atomic
def record_everywhere(
    person: Person,
    kind: ActKind,
    *,
    now: datetime,
    who: Who | None = None,
    detail: Detail | None = None,
) -> None:
    """One act about a person on the log of each brand they belong to; else the installation's."""
    brands = list(
        Membership.objects.in_force().filter(person=person).values_list("brand_id", flat=True)
    )
    for brand_id in brands or [INSTALLATION]:
        record(
            brand_id,
            kind,
            now=now,
            who=who or Who(person=person.tag),
            subject=person.tag,
            detail=detail,
        )
