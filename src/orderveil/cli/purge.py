"""`orderveil purge`: what partners must delete, asked for and confirmed."""

import click

from orderveil.cli.choosing import needs_database, with_brand
from orderveil.cli.output import print_table
from orderveil.cli.session import guarded, show, with_json
from orderveil.core.clocks import utc_now
from orderveil.hops.retention import asking, overdue, receipts, sending
from orderveil.hops.retention.receipts import Way
from orderveil.ledger.acts import machine
from orderveil.partners import choice, registry
from orderveil.partners.models import Partner

MOST_LISTED = 500


@click.group()
def purge() -> None:
    """Purges: list, send, confirm."""


@purge.command("list")
@click.option("--partner", "partner_name", help="Its requests, one by one.")
@with_brand
@with_json
@guarded
@needs_database
def list_(partner_name: str | None, brand_name: str | None, *, as_json: bool) -> None:
    """List how each partner stands, in parcels; or one partner's requests."""
    brand = choice.brand(brand_name)
    names = dict(Partner.objects.filter(brand=brand).values_list("pk", "slug"))
    now = utc_now()
    rows: list[dict[str, object]]
    if partner_name is None:
        rows = [
            {
                "partner": names[each.partner_id],
                "first_due": each.first_due,
                "overdue": each.overdue,
                "asked": each.asked,
                "not_asked": each.unasked,
                "confirmed": each.confirmed,
            }
            for each in overdue.stands(brand.pk, now)
        ]
    else:
        partner = registry.partner(brand, partner_name)
        rows = [
            {
                "request": each.name,
                "made": each.made_at,
                "due": each.due_at,
                "confirmed": f"{each.confirmed}/{each.items}",
                "sent": each.sent_at,
                "by": each.way,
                "reminders": each.reminders,
                "error": each.error,
            }
            for each in overdue.requests_of(brand.pk, partner.pk, limit=MOST_LISTED)
        ]
    if as_json or not rows:
        show(rows, f"Nothing is to be deleted by a partner of {brand.slug}.", as_json=as_json)
    else:
        print_table(list(rows[0]), (list(row.values()) for row in rows))


@purge.command()
@with_brand
@with_json
@guarded
@needs_database
def send(brand_name: str | None, *, as_json: bool) -> None:
    """Ask for everything that waits, now; then send what is due, of every brand."""
    brand = choice.brand(brand_name)
    now = utc_now()
    made = asking.ask(now, brand_id=brand.pk, at_once=True)
    attempts = sending.send(now)
    told = {"requests": len(made), "attempts": attempts}
    show(told, f"Requests made: {len(made)}. Attempts to send: {attempts}.", as_json=as_json)


@purge.command()
@click.argument("request")
@with_brand
@with_json
@guarded
@needs_database
def confirm(request: str, brand_name: str | None, *, as_json: bool) -> None:
    """Record that the partner confirmed REQUEST otherwise: by letter, by phone."""
    brand = choice.brand(brand_name)
    found = receipts.find(brand.pk, None, request)
    done = receipts.confirm(found, way=Way.TOLD, now=utc_now(), who=machine())
    text = f"Confirmed: {done.confirmed} of {done.confirmed + done.open} parcels."
    show(done, text if done.changed else f"{text} It was so already.", as_json=as_json)
