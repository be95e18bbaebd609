"""`orderveil partner`: the companies that run hops, and whether they may receive data."""

import re
from datetime import datetime
from typing import Any

import click

from orderveil.cli.choosing import MOMENT, hop_option, needs_database, with_brand, words
from orderveil.cli.output import print_table
from orderveil.cli.session import guarded, show, with_json
from orderveil.core.clocks import utc_now
from orderveil.core.decision import Mode, Standing, around
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.hops import Hop
from orderveil.core.papers import unnamed
from orderveil.gate import law, leaving, parcels
from orderveil.gate.lookup import find_order
from orderveil.ledger.acts import machine
from orderveil.partners import choice, registry
from orderveil.partners.models import Partner
from orderveil.partners.papers import Terms, named

_SHARE = re.compile(r"([0-9]{1,3})%")


@click.group()
def partner() -> None:
    """Partners: add, list, agree, suspend, restore, mode, assign, revoke."""


@partner.command()
@click.argument("name")
@click.option("--hop", "hops", multiple=True, required=True, type=words(Hop), help="Repeatable.")
@click.option("--title", default="", help="Its name as people write it.")
@click.option("--own", is_flag=True, help="The brand's own system: it needs no agreement.")
@click.option("--default", "by_default", is_flag=True, help="Takes new parcels unless told else.")
@click.option("--observe", is_flag=True, help="Begin in the mode `observe`.")
@with_brand
@with_json
@guarded
@needs_database
def add(
    name: str,
    hops: tuple[str, ...],
    title: str,
    brand_name: str | None,
    *,
    own: bool,
    by_default: bool,
    observe: bool,
    as_json: bool,
) -> None:
    """Add a partner NAME that runs one or more hops."""
    brand = choice.brand(brand_name)
    made = registry.add_partner(
        brand,
        name,
        [Hop(hop) for hop in hops],
        now=utc_now(),
        name=title,
        own=own,
        assigned_by_default=by_default,
        mode=Mode.OBSERVE if observe else Mode.ENFORCE,
    )
    after = "" if own else f"\nIt needs an agreement: `orderveil partner agree {name} --from DATE`."
    answer = {"partner": made.slug, "hops": made.hops, "own": own}
    show(answer, f"{made.slug} runs {', '.join(made.hops)}.{after}", as_json=as_json)


@partner.command("list")
@with_brand
@with_json
@guarded
@needs_database
def list_(brand_name: str | None, *, as_json: bool) -> None:
    """List the partners, their modes and whether they may receive data today."""
    brand = choice.brand(brand_name)
    known, today = law.reload(brand.pk), utc_now().date()
    rows = [
        _row(each, known.standing(each, today))
        for each in Partner.objects.filter(brand=brand).order_by("slug")
    ]
    if as_json or not rows:
        show(rows, f"{brand.slug} has no partners yet.", as_json=as_json)
        return
    print_table(
        ("partner", "hops", "mode", "agreement", "default", "state"),
        (
            (
                row["partner"],
                ", ".join(row["hops"]),
                row["mode"],
                row["agreement"],
                "yes" if row["default"] else "",
                "SUSPENDED" if row["suspended_at"] else "",
            )
            for row in rows
        ),
    )


def _row(each: Partner, standing: Standing) -> dict[str, Any]:
    return {
        "partner": each.slug,
        "name": each.name,
        "hops": each.hops,
        "mode": _spell_mode(each),
        "own": each.own,
        "default": each.assigned_by_default,
        "agreement": _spell_agreement(standing),
        "suspended_at": each.suspended_at,
    }


def _spell_agreement(standing: Standing) -> str:
    if standing.own:
        return "own"
    if not standing.agreement_in_force:
        dates = around(standing)
        return f"none in force: {dates}" if dates else "none on record"
    missing = unnamed(standing.named)
    return f"in force, does not name: {', '.join(missing)}" if missing else "in force"


def _spell_mode(each: Partner) -> str:
    return {
        Mode.OBSERVE: "OBSERVE (gets today's view)",
        Mode.ENFORCE_SHARE: f"enforce {each.enforce_percent}%",
    }.get(Mode(each.mode), "enforce")


_COUNTRY = "A country where the data may be, by its ISO code; may be repeated."
_FIRM = "A firm that works for it; may be repeated."
_NEEDED = "Where the policy needs its terms, as for couriers, it gets no data without."
_CONTACT = "Its mail address for data protection: a role's, nobody's own."


@partner.command()
@click.argument("name")
@click.option("--from", "start", type=MOMENT, required=True, help="Its first day.")
@click.option("--to", "end", type=MOMENT, help="Its last day; by default open.")
@click.option("--document", default="", metavar="SHA256", help="The signed document's digest.")
@click.option("--country", "countries", multiple=True, metavar="XX", help=_COUNTRY)
@click.option("--sub-processor", "firms", multiple=True, metavar="NAME", help=_FIRM)
@click.option("--deletion-days", type=int, help="It deletes within so many days of a delivery.")
@click.option("--breach-hours", type=int, help="It tells of a breach within so many hours.")
@click.option("--contact", default="", metavar="ADDRESS", help=_CONTACT)
@with_brand
@with_json
@guarded
@needs_database
def agree(
    name: str,
    start: datetime,
    end: datetime | None,
    document: str,
    countries: tuple[str, ...],
    firms: tuple[str, ...],
    deletion_days: int | None,
    breach_hours: int | None,
    contact: str,
    brand_name: str | None,
    *,
    as_json: bool,
) -> None:
    """Record the signed data-processing agreement of partner NAME."""
    found = registry.partner(choice.brand(brand_name), name)
    last = end.date() if end else None
    terms = Terms(document, firms, countries, deletion_days, breach_hours, contact)
    registry.agree(found, start.date(), last, now=utc_now(), terms=terms)
    until = f"to {last}" if last else "without an end"
    missing = list(unnamed(named(terms)))
    answer = {"partner": name, "from": start.date(), "to": last, "does_not_name": missing}
    said = f"{name}: agreed from {start.date()} {until}."
    if missing:
        said += f"\nIt does not name: {', '.join(missing)}. {_NEEDED}"
    show(answer, said, as_json=as_json)


def _set_suspended(name: str, brand_name: str | None, *, suspended: bool, as_json: bool) -> None:
    found = registry.partner(choice.brand(brand_name), name)
    registry.set_suspended(found, suspended=suspended, now=utc_now())
    said = "suspended: it receives nothing" if suspended else "restored"
    show({"partner": name, "suspended": suspended}, f"{name} is {said}.", as_json=as_json)


@partner.command()
@click.argument("name")
@with_brand
@with_json
@guarded
@needs_database
def suspend(name: str, brand_name: str | None, *, as_json: bool) -> None:
    """Take partner NAME's standing away until it is restored."""
    _set_suspended(name, brand_name, suspended=True, as_json=as_json)


@partner.command()
@click.argument("name")
@with_brand
@with_json
@guarded
@needs_database
def restore(name: str, brand_name: str | None, *, as_json: bool) -> None:
    """Give partner NAME its standing back."""
    _set_suspended(name, brand_name, suspended=False, as_json=as_json)


@partner.command()
@click.argument("name")
@click.argument("mode_name", metavar="observe|enforce|N%")
@with_brand
@with_json
@guarded
@needs_database
def mode(name: str, mode_name: str, brand_name: str | None, *, as_json: bool) -> None:
    """Roll partner NAME out: `observe`, `25%` of the orders, or `enforce`."""
    found = registry.partner(choice.brand(brand_name), name)
    wanted, percent = _read_mode(mode_name)
    registry.set_mode(found, wanted, percent, now=utc_now())
    answer = {"partner": name, "mode": wanted, "percent": percent}
    show(answer, f"{name}: {mode_name}.", as_json=as_json)


def _read_mode(text: str) -> tuple[Mode, int]:
    share = _SHARE.fullmatch(text)
    if share is not None:
        return Mode.ENFORCE_SHARE, int(share[1])
    if text in {Mode.OBSERVE, Mode.ENFORCE}:
        return Mode(text), 100
    raise RefusedError(
        Problem(
            code="unknown_mode",
            detail="This is no mode.",
            remedy="Use `observe`, `enforce`, or a share of the orders as in `25%`.",
            rule="a partner's mode: observe, enforce N%, enforce",
        )
    )


@partner.command()
@click.argument("order")
@click.argument("name")
@hop_option
@click.option("--parcel", type=click.IntRange(1, 255), help="Which parcel; by default the first.")
@with_brand
@with_json
@guarded
@needs_database
def assign(
    order: str, name: str, hop: str, parcel: int | None, brand_name: str | None, *, as_json: bool
) -> None:
    """Assign a parcel of ORDER to partner NAME for a hop."""
    brand = choice.brand(brand_name)
    found = choice.must_run(registry.partner(brand, name), Hop(hop))
    order_id, parcel_no = find_order(brand.pk, order)
    number = parcel or parcel_no or parcels.FIRST_PARCEL
    problem = parcels.assign(
        None, brand.pk, order_id, number, Hop(hop), found.pk, now=utc_now(), by=machine()
    )
    if problem is not None:
        raise RefusedError(problem)
    answer = {"order": order_id.hex(), "parcel": number, "hop": hop, "partner": name}
    show(answer, f"Parcel {number} is {name}'s for {hop}.", as_json=as_json)


@partner.command()
@click.argument("name")
@with_brand
@with_json
@guarded
@needs_database
def revoke(name: str, brand_name: str | None, *, as_json: bool) -> None:
    """End partner NAME: suspend it, revoke its credentials, end its subscriptions."""
    found = registry.partner(choice.brand(brand_name), name)
    left = leaving.end_partner(found, now=utc_now(), who=machine())
    said = (
        f"{name} receives nothing from now on: {len(left.credentials)} credentials revoked, "
        f"{len(left.devices)} floor devices revoked, {len(left.subscriptions)} subscriptions "
        "ended. What it was shown stays on record."
    )
    show(left, said, as_json=as_json)
