"""`orderveil subscription`: which partner's system is told of what, and what could not be told."""

from datetime import timedelta
from typing import Any

import click

from orderveil.cli.choosing import (
    hop_option,
    needs_database,
    overlap_option,
    with_brand,
    words,
)
from orderveil.cli.output import print_table
from orderveil.cli.session import guarded, show, with_json
from orderveil.core.clocks import utc_now
from orderveil.core.errors import RefusedError
from orderveil.core.hops import Hop
from orderveil.ledger.acts import machine
from orderveil.outbox import deliveries, subscribing, subscriptions
from orderveil.outbox.events import EventKind
from orderveil.partners import choice, registry
from orderveil.partners.models import Partner

number_argument = click.argument("number", type=click.IntRange(1))


@click.group()
def subscription() -> None:
    """Subscriptions: add, list, revoke, rotate, dead, retry."""


@subscription.command()
@click.argument("url")
@click.option("--partner", "partner_name", required=True, help="Whose system is told.")
@hop_option
@click.option("--kind", "kinds", multiple=True, required=True, type=words(EventKind))
@with_brand
@with_json
@guarded
@needs_database
def add(
    url: str,
    partner_name: str,
    hop: str,
    kinds: tuple[str, ...],
    brand_name: str | None,
    *,
    as_json: bool,
) -> None:
    """Tell a partner's system at URL of what happens; the signing secret is shown this once."""
    brand = choice.brand(brand_name)
    partner = choice.must_run(registry.partner(brand, partner_name), Hop(hop))
    wanted = [EventKind(kind) for kind in kinds]
    made, secret = subscribing.add(partner, Hop(hop), url, wanted, now=utc_now(), who=machine())
    number = made.subscription_id
    text = f"Subscription {number} of {partner_name}. Its secret, shown this once:\n{secret}"
    show({"subscription": number, "secret": secret}, text, as_json=as_json)


@subscription.command("list")
@with_brand
@with_json
@guarded
@needs_database
def list_(brand_name: str | None, *, as_json: bool) -> None:
    """List the subscriptions and how they fare."""
    brand = choice.brand(brand_name)
    names = dict(Partner.objects.filter(brand=brand).values_list("pk", "slug"))
    rows = [_row(each, names) for each in subscriptions.listing(brand.pk)]
    if as_json or not rows:
        show(rows, f"{brand.slug} has no subscriptions yet.", as_json=as_json)
        return
    print_table(
        [head.replace("_", " ") for head in rows[0]],
        ([", ".join(x) if isinstance(x, tuple) else x for x in row.values()] for row in rows),
    )


def _row(each: subscriptions.Subscription, names: dict[int, str]) -> dict[str, Any]:
    return {
        "subscription": each.subscription_id,
        "partner": names.get(each.partner_id),
        "hop": each.hop,
        "url": each.url,
        "kinds": each.kinds,
        "state": "revoked" if each.revoked_at else "live",
        "failures_in_a_row": each.failures,
    }


@subscription.command()
@number_argument
@with_brand
@with_json
@guarded
@needs_database
def revoke(number: int, brand_name: str | None, *, as_json: bool) -> None:
    """End subscription NUMBER, and what was still to be sent by it."""
    brand = choice.brand(brand_name)
    if not subscribing.end(brand.pk, number, now=utc_now(), who=machine()):
        raise RefusedError(subscriptions.NO_SUCH_SUBSCRIPTION)
    show({"subscription": number}, f"Subscription {number} is ended.", as_json=as_json)


@subscription.command()
@number_argument
@overlap_option
@with_brand
@with_json
@guarded
@needs_database
def rotate(number: int, overlap: timedelta, brand_name: str | None, *, as_json: bool) -> None:
    """Give subscription NUMBER a new secret; the old one signs beside it for a while."""
    brand = choice.brand(brand_name)
    secret = subscribing.rotate(brand.pk, number, overlap=overlap, now=utc_now(), who=machine())
    text = f"The new secret of subscription {number}, shown this once:\n{secret}"
    show({"subscription": number, "secret": secret}, text, as_json=as_json)


@subscription.command()
@with_brand
@with_json
@guarded
@needs_database
def dead(brand_name: str | None, *, as_json: bool) -> None:
    """List the deliveries that were given up or refused, for a person to look at."""
    brand = choice.brand(brand_name)
    found = deliveries.dead(brand.pk)
    if as_json or not found:
        show(found, "Nothing was given up.", as_json=as_json)
        return
    print_table(
        ("delivery", "subscription", "hop", "event", "state", "attempts", "status", "error", "at"),
        (
            (
                *(each.delivery_id, each.subscription_id, each.hop, each.kind, each.state),
                *(each.attempts, each.last_status, each.last_error),
                f"{each.updated_at:%Y-%m-%d %H:%M}",
            )
            for each in found
        ),
    )


@subscription.command()
@number_argument
@with_brand
@with_json
@guarded
@needs_database
def retry(number: int, brand_name: str | None, *, as_json: bool) -> None:
    """Send dead delivery NUMBER again, with its whole schedule."""
    problem = deliveries.retry(choice.brand(brand_name).pk, number, utc_now())
    if problem is not None:
        raise RefusedError(problem)
    show({"delivery": number}, f"Delivery {number} is queued again.", as_json=as_json)
