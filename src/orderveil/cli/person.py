"""`orderveil person ...`: who may work at the desk, from this machine.

What it may that a page may not: links for people of several brands, and platform operators.
"""

from typing import Any

import click
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.urls import reverse

from orderveil.cli.choosing import ask, needs_database, with_brand, words
from orderveil.cli.output import print_table
from orderveil.cli.session import F, guarded, show, with_json
from orderveil.core.clocks import utc_now
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.roles import Role
from orderveil.gate.staffing import listing, managing
from orderveil.gate.staffing.listing import Colleague
from orderveil.gate.staffing.managing import Terms
from orderveil.ledger.acts import machine
from orderveil.partners import choice, registry
from orderveil.people import invitations, links, memberships

INSTALLATION = 0


def with_place(command: F) -> F:
    """The options `--brand` and `--platform`."""
    platform = click.option("--platform", is_flag=True, help="The installation, not a brand.")
    return with_brand(platform(command))


def _place(brand_name: str | None, *, platform: bool) -> int:
    return INSTALLATION if platform else choice.brand(brand_name).pk


@click.group()
def person() -> None:
    """People of the desk: add, list, link, leave."""


@person.command()
@click.option("--role", required=True, type=words(Role), help="What they are to the brand.")
@click.option("--centre", metavar="PARTNER", help="The partner whose centre they work for.")
@with_place
@with_json
@guarded
@needs_database
def add(
    role: str, centre: str | None, brand_name: str | None, *, platform: bool, as_json: bool
) -> None:
    """Add a person; email and name are asked for. Their one-time link is printed once."""
    brand_id = _place(brand_name, platform=platform)
    partner = registry.partner(choice.brand(brand_name), centre).pk if centre else None
    email, name = _email(), ask("Name")
    terms = Terms(Role(role), partner)
    made = managing.add(brand_id, email, name, terms, now=utc_now(), who=machine())
    link = _link(made.token)
    answer = {"number": made.member.pk, "role": role, "link": link}
    show(answer, f"Number {made.member.pk}, {role}.\n{_told(link)}", as_json=as_json)


def _email() -> str:
    email = ask("Email")
    try:
        validate_email(email)
    except ValidationError:
        raise RefusedError(_NO_EMAIL) from None
    return email


def _link(token: str) -> str:
    return links.absolute(reverse("welcome", kwargs={"token": token}))


def _told(link: str) -> str:
    hours = int(invitations.LIFE.total_seconds() // 3600)
    return f"Their link, shown now and never again, good once, for {hours} hours:\n{link}"


@person.command("list")
@with_place
@with_json
@guarded
@needs_database
def list_(brand_name: str | None, *, platform: bool, as_json: bool) -> None:
    """List the people, their roles and factors."""
    found = memberships.members(_place(brand_name, platform=platform))
    rows = [_row(each) for each in listing.described(found, utc_now())]
    if as_json or not rows:
        show(rows, "Nobody is here yet: `orderveil person add --role owner`.", as_json=as_json)
        return
    print_table(
        ("number", "name", "role", "last here", "factor", "state"),
        (
            (
                str(row["number"]),
                row["name"] or "not accepted yet",
                row["role"],
                f"{row['last_used_at']:%Y-%m-%d}" if row["last_used_at"] else "never",
                ", ".join(row["factors"]) or "none",
                "link waits" if row["link_until"] else "",
            )
            for row in rows
        ),
    )


def _row(each: Colleague) -> dict[str, Any]:
    return {
        "number": each.member.pk,
        "person": each.person.tag,
        "name": each.called if each.member.accepted_at else None,
        "role": each.member.role,
        "partner": each.member.partner_id,
        "last_used_at": each.member.last_used_at,
        "factors": each.factors,
        "link_until": each.link_until,
    }


@person.command()
@click.argument("number", type=int)
@click.option("--start-over", is_flag=True, help="Take password, factors and sessions away.")
@with_place
@with_json
@guarded
@needs_database
def link(
    number: int, brand_name: str | None, *, start_over: bool, platform: bool, as_json: bool
) -> None:
    """Print a new one-time link for the person with that NUMBER of the list."""
    member = memberships.member(_place(brand_name, platform=platform), number)
    now = utc_now()
    if start_over:
        token = invitations.start_over(member, now=now, who=machine())
    else:
        token = invitations.invite(member, now=now, who=machine(), sets_password=True)
    made = _link(token)
    show({"number": number, "link": made}, _told(made), as_json=as_json)


@person.command()
@click.argument("number", type=int)
@click.option("--reason", required=True, help="It goes on record: name nobody in it.")
@with_place
@with_json
@guarded
@needs_database
def leave(
    number: int, reason: str, brand_name: str | None, *, platform: bool, as_json: bool
) -> None:
    """End the membership with that NUMBER of the list, and every session of the person."""
    member = memberships.member(_place(brand_name, platform=platform), number)
    managing.end(member, reason, now=utc_now(), who=machine())
    said = f"{number} belongs here no longer; sessions are ended."
    show({"number": number, "ended": True}, said, as_json=as_json)


_NO_EMAIL = Problem(
    code="email_invalid",
    detail="This is no email address.",
    remedy="Write it as in name@brand.example.",
    rule="people: who signs in has an address",
)
