"""Brands as the platform's operator sees them, and what they set up for one.

Rules kept here:
- nothing of a brand's own is read: not its orders, not how many there are, not its people's names;
- each act is on the installation's log and on the brand's own, so that neither side can do it
  unseen by the other;
- a key provider is one that the installation's settings name (`keyring/assigning`): whoever could
  name any address could have a brand's keys sent there.
"""

import msgspec
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count

from orderveil.core.actors import Actor
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.roles import Role
from orderveil.gate.provision import INSTALLATION, OWN_HOPS, provision_brand
from orderveil.keyring import assigning
from orderveil.keyring.providers import KeyringError
from orderveil.ledger.acts import ActKind, Detail, by, record
from orderveil.partners import quotas, registry
from orderveil.partners.models import Brand
from orderveil.people import invitations, memberships
from orderveil.people import quotas as people_quotas
from orderveil.people.models import Membership


class Allowed(msgspec.Struct, frozen=True):
    """A brand's quota; None: any number."""

    orders_per_day: int | None = None
    people: int | None = None
    credentials: int | None = None


def brand_of(number: int) -> Brand:
    """The brand of that number; raises `RefusedError`."""
    found = Brand.objects.filter(pk=number).first()
    if found is None:
        raise registry.missing("brand", str(number), "Look at the list of brands.")
    return found


def people_of(brands: list[int]) -> dict[int, int]:
    """How many people belong to each of these brands now."""
    alive = Membership.objects.filter(brand_id__in=brands, ended_at=None)
    return dict(alive.values_list("brand_id").annotate(Count("pk")).order_by())


def allowed(brand_id: int) -> Allowed:
    """The brand's quota."""
    return allowed_to([brand_id])[brand_id]


def allowed_to(brands: list[int]) -> dict[int, Allowed]:
    """The quota of each of these brands, in two questions."""
    found, people = quotas.of_each(brands), people_quotas.limits(brands)
    return {
        each: Allowed(found[each].orders_per_day, people.get(each), found[each].credentials)
        for each in brands
    }


def create(actor: Actor, slug: str, name: str, *, owner: str, email: str) -> tuple[Brand, str]:
    """A brand, itself as the partner of its own systems, its first owner, and their link's token.

    The token is the only time anyone sees it. Raises `RefusedError`.
    """
    try:
        return _create(actor, slug, name, owner=owner, email=email)
    except IntegrityError:  # two operators, one name
        raise RefusedError(_TAKEN) from None


@transaction.atomic
def _create(actor: Actor, slug: str, name: str, *, owner: str, email: str) -> tuple[Brand, str]:
    who = by(actor)
    # What is made in a demo is a sample: a demo refuses to start beside anything else.
    brand = provision_brand(slug, name=name, now=actor.now, who=who, is_sample=settings.DEMO)
    registry.add_partner(brand, slug, OWN_HOPS, now=actor.now, name=name, own=True, who=who)
    made = memberships.join(brand.pk, email, owner, Role.OWNER, now=actor.now, who=who)
    token = invitations.invite(made, now=actor.now, who=who)
    _record(actor, ActKind.BRAND_CREATED, brand.pk, {"first_owner": made.person.tag}, own_log=False)
    return brand, token


@transaction.atomic
def set_quota(actor: Actor, brand_id: int, wanted: Allowed) -> None:
    """From now on what is over it is refused; what is there already stays."""
    quotas.put(brand_id, orders_per_day=wanted.orders_per_day, credentials=wanted.credentials)
    people_quotas.put(brand_id, wanted.people)
    _record(
        actor, ActKind.BRAND_CHANGED, brand_id, {"changed": "quota", **msgspec.to_builtins(wanted)}
    )


@transaction.atomic
def assign_keys(actor: Actor, brand_id: int, provider: str) -> int:
    """Have the brand's keys wrapped by the provider of that name; how many were.

    Raises `RefusedError` if it does not work: then nothing has changed.
    """
    try:
        rewrapped = assigning.assign_provider(brand_id, assigning.url_of(provider))
    except KeyringError as error:
        raise RefusedError(_unusable(error)) from None
    detail: Detail = {"changed": "keys", "provider": provider, "rewrapped": rewrapped}
    _record(actor, ActKind.BRAND_CHANGED, brand_id, detail)
    return rewrapped


def _record(
    actor: Actor, kind: ActKind, brand_id: int, detail: Detail, *, own_log: bool = True
) -> None:
    for log in (INSTALLATION, brand_id) if own_log else (INSTALLATION,):
        record(
            log,
            kind,
            now=actor.now,
            who=by(actor),
            subject=f"brand:{brand_id}",
            detail=detail,
        )


def _unusable(error: KeyringError) -> Problem:
    return Problem(
        code="provider_unusable",
        detail="This key provider can't be used; nothing has changed.",
        remedy=error.remedy or "Check that it answers, and try again.",
        rule="keyring: a provider wraps and opens before a brand's keys are given to it",
        status=409,
    )


_TAKEN = Problem(
    code="brand_exists",
    detail="There is a brand of that name already.",
    remedy="Choose another name.",
    rule="a brand's name is its own",
    status=409,
)
