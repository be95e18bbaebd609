"""`orderveil view | state | find | erase`: one order, by an operator at the machine.

Rule kept here: whatever is shown was recorded first, with the operator's account and a reason.
"""

from typing import Any

import click
import msgspec
from django.conf import settings

from orderveil.cli.choosing import ask_hidden, needs_database, with_brand, words
from orderveil.cli.output import print_table
from orderveil.cli.session import fail, guarded, show, with_json
from orderveil.core.clocks import utc_now
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.fields import Compartment
from orderveil.core.hops import Hop
from orderveil.core.personal import Personal
from orderveil.core.states import ParcelState
from orderveil.gate import erase as erasing
from orderveil.gate import parcels, search
from orderveil.gate.asking import Caller
from orderveil.gate.compose import View
from orderveil.gate.disclose import disclose
from orderveil.gate.lookup import find_order
from orderveil.gate.reasons import checked_reason
from orderveil.ledger.acts import machine
from orderveil.partners import choice
from orderveil.partners.models import Brand, Partner


@click.command()
@click.argument("hop", type=words(Hop))
@click.argument("order")
@click.option("--reason", required=True, help="Why you must see it; it goes into the ledger.")
@click.option("--as", "partner_name", help="As which partner; by default the only one of the hop.")
@with_brand
@with_json
@guarded
@needs_database
def view(
    hop: str,
    order: str,
    reason: str,
    partner_name: str | None,
    brand_name: str | None,
    *,
    as_json: bool,
) -> None:
    """Show ORDER (a number, an id, a ref) as HOP may see it, recorded under your account."""
    if not settings.MACHINE_VIEW:
        fail(_VIEW_IS_OFF, as_json=as_json)
    brand = choice.brand(brand_name)
    partner = choice.partner(brand, Hop(hop), partner_name)
    order_id, parcel_no = find_order(brand.pk, order, partner_id=partner.pk)
    caller = Caller(
        brand.pk, partner.pk, Hop(hop), person=machine().person, reason=checked_reason(reason)
    )
    found = disclose(caller, order_id, parcel_no, now=utc_now())
    if isinstance(found, Problem):
        raise RefusedError(found)
    if as_json:
        click.echo(msgspec.json.encode(found).decode())
    else:
        _print_view(found, partner)


def _print_view(found: View, partner: Partner) -> None:
    shown = msgspec.json.decode(msgspec.json.encode(found))
    click.echo(f"As {partner.slug} ({found.hop}) may see it: {found.purpose}. {found.policy}.")
    print_table(
        ("field", "form", "value"),
        ((name, shown["forms"][name], _text(value)) for name, value in shown["fields"].items()),
    )
    print_table(
        ("parcel", "state", "carrier", "AWB"),
        ((each["ref"], each["state"], each["carrier"], each["awb"]) for each in shown["parcels"]),
    )
    click.echo(f"Withheld: {', '.join(shown['withheld']) or 'nothing'}.")
    click.echo(f"Recorded before it was opened, as ledger entry {found.disclosure}.")


def _text(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return msgspec.json.encode(value).decode()


@click.command()
@click.argument("order")
@click.argument("state_name", metavar="STATE", type=words(ParcelState))
@with_brand
@click.option("--parcel", type=click.IntRange(1, 255), help="Which parcel; by default the first.")
@click.option(
    "--hop", type=words(Hop), default=Hop.OMS.value, show_default=True, help="Which hop reports it."
)
@click.option("--as", "partner_name", help="As which partner; by default the only one of the hop.")
@click.option("--carrier", help="Who carries it.")
@click.option("--awb", help="The carrier's number of the parcel.")
@with_json
@guarded
@needs_database
def state(
    order: str,
    state_name: str,
    brand_name: str | None,
    parcel: int | None,
    hop: str,
    partner_name: str | None,
    carrier: str | None,
    awb: str | None,
    *,
    as_json: bool,
) -> None:
    """Move a parcel of ORDER to STATE, as far as the transitions table lets the hop."""
    brand = choice.brand(brand_name)
    partner = choice.partner(brand, Hop(hop), partner_name)
    order_id, parcel_no = find_order(brand.pk, order)
    caller = Caller(brand.pk, partner.pk, Hop(hop), person=machine().person)
    moved = parcels.move(
        caller,
        order_id,
        parcel or parcel_no,
        ParcelState(state_name),
        now=utc_now(),
        carrier=carrier,
        awb=awb,
    )
    if isinstance(moved, Problem):
        raise RefusedError(moved)
    was = "is now" if moved.changed else "was already"
    show(moved, f"Parcel {moved.parcel_no} {was} {moved.state}.", as_json=as_json)


@click.command()
@click.option("--by", "by_name", type=words(search.By), required=True, help="What is searched for.")
@with_brand
@with_json
@guarded
@needs_database
def find(by_name: str, brand_name: str | None, *, as_json: bool) -> None:
    """Find orders by an exact value, which is read from a prompt or standard input."""
    brand = choice.brand(brand_name)
    found = search.find(brand.pk, search.By(by_name), Personal(ask_hidden(f"The {by_name}")))
    rows = [
        {
            "id": each.order_id.hex(),
            "number": each.order_number,
            "placed_at": each.placed_at,
            "states": each.states,
        }
        for each in found
    ]
    if as_json or not rows:
        show(rows, f"No order of {brand.slug} has it.", as_json=as_json)
        return
    print_table(
        ("id", "number", "placed at", "parcels"),
        (
            (row["id"], row["number"], row["placed_at"], ", ".join(found[at].states))
            for at, row in enumerate(rows)
        ),
    )


@click.command()
@click.argument("order")
@click.option(
    "--compartment", "names", multiple=True, type=words(Compartment), help="Only this; repeatable."
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_brand
@with_json
@guarded
@needs_database
def erase(
    order: str, names: tuple[str, ...], brand_name: str | None, *, yes: bool, as_json: bool
) -> None:
    """Shred ORDER, or compartments of it, for good, and leave a proof."""
    brand = choice.brand(brand_name)
    order_id, _ = find_order(brand.pk, order)
    what = f"the compartments {', '.join(names)}" if names else "everything personal"
    if not yes:
        click.confirm(f"Shred {what} of order {order_id.hex()}?", abort=True, err=True)
    done = _erase(brand, order_id, tuple(Compartment(name) for name in names))
    if done is None:
        raise RefusedError(_ERASED_ALREADY)
    holders = _names(done.recipients.get(order_id, ()))
    answer = {
        "order": order_id.hex(),
        "proof": str(done.entry_id),
        "compartments": names,
        "recipients": holders,
    }
    show(answer, _said(what, order_id, answer), as_json=as_json)


def _erase(
    brand: Brand, order_id: bytes, compartments: tuple[Compartment, ...]
) -> erasing.Erasure | None:
    now, who = utc_now(), machine()
    if compartments:
        return erasing.erase_compartments(brand.pk, order_id, compartments, now=now, who=who)
    return erasing.erase(brand.pk, [order_id], now=now, who=who)


def _names(partner_ids: tuple[int, ...]) -> list[str]:
    known = Partner.objects.filter(pk__in=partner_ids).order_by("slug")
    return list(known.values_list("slug", flat=True))


def _said(what: str, order_id: bytes, answer: dict[str, Any]) -> str:
    holders = ", ".join(answer["recipients"])
    return (
        f"Shredded {what} of order {order_id.hex()}.\n"
        f"Proof: ledger entry {answer['proof']}.\n"
        + (
            f"These received it and may hold a copy: {holders}."
            if holders
            else "Nobody received it."
        )
    )


_VIEW_IS_OFF = Problem(
    code="machine_view_off",
    detail="Looking at orders from this machine is switched off.",
    remedy="Ask through a partner's credential, or unset ORDERVEIL_MACHINE_VIEW.",
    rule="ORDERVEIL_MACHINE_VIEW=off",
    status=403,
)

_ERASED_ALREADY = Problem(
    code="erased_already",
    detail="This order was erased before; there is nothing left to shred.",
    remedy="Its proof is in `orderveil ledger list --order ID`.",
    rule="vault: a shred is effective at once",
    status=410,
)
