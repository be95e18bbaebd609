"""`orderveil mail`: the relay's server, its ways in, and whose domains a partner writes from."""

import click

from orderveil.cli.choosing import ask_hidden, needs_database, with_brand
from orderveil.cli.session import guarded, show, with_json
from orderveil.contacts.setup import setup_of
from orderveil.core.clocks import utc_now
from orderveil.core.errors import RefusedError
from orderveil.core.hops import Hop
from orderveil.hops.mail import sending
from orderveil.hops.mail import setup as mails
from orderveil.hops.mail.sending import Smarthost, Tls
from orderveil.hops.mail.setup import Format
from orderveil.ledger.acts import machine
from orderveil.outbox.webhooks import spell_secret
from orderveil.partners import choice, registry


@click.group()
def mail() -> None:
    """The mail relay: set it up, give it ways in, test it, turn it off."""


@mail.command()
@click.argument("domain")
@click.option("--host", required=True, help="The server that takes the brand's mail on.")
@click.option("--port", type=click.IntRange(1, 65535), default=587, show_default=True)
@click.option("--tls", type=click.Choice([str(each) for each in Tls]), default="starttls")
@click.option("--user", default="", help="Its password is asked for.")
@click.option("--through", "through_name", help="The partner on hop comms whose server it is.")
@click.option("--inbound", default="", help="The name of the server that takes mail in, for MX.")
@with_brand
@with_json
@guarded
@needs_database
def setup(
    domain: str,
    host: str,
    port: int,
    tls: str,
    user: str,
    through_name: str | None,
    inbound: str,
    brand_name: str | None,
    *,
    as_json: bool,
) -> None:
    """Make aliases of DOMAIN, and say what to publish in DNS."""
    brand = choice.brand(brand_name)
    through = choice.partner(brand, Hop.COMMS, through_name)
    password = ask_hidden("The server's password") if user else ""
    there = Smarthost(host, port, Tls(tls), user, password)
    relay = mails.set_up(brand.pk, domain, there, through=through, now=utc_now(), who=machine())
    records = mails.records(relay, domain.strip().lower(), inbound=inbound)
    lines = [f"{each.kind:<4} {each.name}  {each.value}" for each in records]
    text = "\n".join(["Publish these records, then `orderveil mail test`:", *lines])
    told = [{"type": each.kind, "name": each.name, "value": each.value} for each in records]
    show(told, text, as_json=as_json)


@mail.command()
@click.argument("format_", metavar="FORMAT", type=click.Choice([str(each) for each in Format]))
@with_brand
@with_json
@guarded
@needs_database
def route(format_: str, brand_name: str | None, *, as_json: bool) -> None:
    """Open a way in by HTTP: `mailgun` (its signing key is asked for) or `raw`."""
    brand, kind = choice.brand(brand_name), Format(format_)
    given = ask_hidden("Mailgun's webhook signing key").encode() if kind == Format.MAILGUN else None
    made, key = mails.add_route(brand.pk, kind, secret=given, now=utc_now(), who=machine())
    path = f"/v1/mail/{made.pk}" + ("/mime" if kind == Format.MAILGUN else "")
    told = {"route": made.pk, "path": path}
    lines = [f"Mail comes in at {path}."]
    if kind == Format.RAW:
        told["secret"] = spell_secret(key)
        lines.append(f"Its secret, shown once: {told['secret']}")
    show(told, "\n".join(lines), as_json=as_json)


@mail.command()
@click.argument("partner_name", metavar="PARTNER")
@click.argument("domains_", metavar="[DOMAIN]...", nargs=-1)
@with_brand
@with_json
@guarded
@needs_database
def domains(
    partner_name: str, domains_: tuple[str, ...], brand_name: str | None, *, as_json: bool
) -> None:
    """Say which DOMAINs a partner's people write from; none: they can't write."""
    partner = registry.partner(choice.brand(brand_name), partner_name)
    mails.set_domains(partner, domains_, now=utc_now(), who=machine())
    text = f"{partner_name} writes from: {' '.join(domains_) or 'nowhere'}."
    show({"domains": list(domains_)}, text, as_json=as_json)


@mail.command()
@with_brand
@with_json
@guarded
@needs_database
def test(brand_name: str | None, *, as_json: bool) -> None:
    """Does the server answer, and let us in? Nothing is sent."""
    brand = choice.brand(brand_name)
    relay, found = mails.relay_of(brand.pk), setup_of(brand.pk)
    if relay is None or found is None:
        raise RefusedError(mails.NOT_SET_UP)
    is_there = sending.probe(mails.smarthost_of(relay, found.mail_domain))
    text = "The server answers and lets us in." if is_there else "The server doesn't let us in."
    show({"reached": is_there}, text, as_json=as_json)


@mail.command()
@click.option("--route", "number", type=click.IntRange(1), help="Close this way in only.")
@with_brand
@with_json
@guarded
@needs_database
def off(number: int | None, brand_name: str | None, *, as_json: bool) -> None:
    """Close a way in, or turn the whole relay off."""
    brand = choice.brand(brand_name)
    if number is not None:
        mails.end_route(brand.pk, number, now=utc_now(), who=machine())
    else:
        mails.turn_off(brand.pk, now=utc_now(), who=machine())
    show({"off": True}, "No mail comes in there any more.", as_json=as_json)
