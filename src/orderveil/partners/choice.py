"""Which brand, partner or channel is meant when nobody named one: the only one there is.

Rule kept here: with several to choose from the answer is a refusal that lists them, never a guess.
"""

from collections.abc import Iterable

from orderveil.core.errors import Problem, RefusedError
from orderveil.core.hops import Hop
from orderveil.partners import registry
from orderveil.partners.models import Brand, Partner


def brand(slug: str | None) -> Brand:
    """The brand of that name; without one the only brand, samples aside. Raises `RefusedError`."""
    if slug is not None:
        return registry.brand(slug)
    found = list(Brand.objects.filter(is_sample=False)) or list(Brand.objects.all())
    if not found:
        raise registry.missing("brand", "", "Make one with `orderveil init --brand NAME`.")
    if len(found) > 1:
        raise _several("brand", (each.slug for each in found), "--brand")
    return found[0]


def partner(brand_: Brand, hop: Hop, slug: str | None) -> Partner:
    """The partner of that name, or the only one that runs `hop`. Raises `RefusedError`."""
    if slug is not None:
        return must_run(registry.partner(brand_, slug), hop)
    found = list(Partner.objects.filter(brand=brand_, hops__contains=[hop.value]).order_by("pk"))
    if not found:
        raise RefusedError(
            Problem(
                code="no_partner",
                detail=f"No partner of {brand_.slug} runs the hop {hop}.",
                remedy=f"Add one: `orderveil partner add NAME --hop {hop} --brand {brand_.slug}`.",
                rule="a view is disclosed to a partner that runs its hop",
                status=404,
            )
        )
    if len(found) > 1:
        raise _several(f"partner for {hop}", (each.slug for each in found), "--as")
    return found[0]


def must_run(partner_: Partner, hop: Hop) -> Partner:
    """The partner, if it runs `hop`; raises `RefusedError`."""
    if hop.value in partner_.hops:
        return partner_
    raise RefusedError(
        Problem(
            code="wrong_hop",
            detail=f"Partner {partner_.slug} does not run the hop {hop}.",
            remedy=f"Its hops are: {', '.join(partner_.hops)}.",
            rule="a partner receives only for the hops it runs",
        )
    )


def _several(what: str, names: Iterable[str], option: str) -> RefusedError:
    listed = ", ".join(names)
    return RefusedError(
        Problem(
            code="name_needed",
            detail=f"There is more than one {what}: {listed}.",
            remedy=f"Name one with {option}.",
            rule="nothing is guessed",
        )
    )
