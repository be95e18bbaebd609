"""`orderveil calls`: the pool, the providers that connect calls, and agents' telephones."""

from collections.abc import Mapping, Sequence

import click
from django.conf import settings

from orderveil.cli.choosing import ask, ask_hidden, needs_database, with_brand
from orderveil.cli.output import print_table
from orderveil.cli.session import guarded, show, with_json
from orderveil.contacts import setup as setups
from orderveil.core.clocks import utc_now
from orderveil.gate import contacting
from orderveil.hops.calls import agents, lines
from orderveil.hops.calls.formats import plain
from orderveil.hops.calls.lines import Terms, Use
from orderveil.hops.calls.models import Line
from orderveil.hops.calls.speech import Provider
from orderveil.ledger.acts import machine
from orderveil.outbox.egress import Egress, EgressError
from orderveil.partners import choice, registry


@click.group()
def calls() -> None:
    """Telephone: pool numbers with PINs, masked numbers, calls placed for agents."""


@calls.command()
@click.option("--care", default="", help="The brand's published care number.")
@click.option("--through", default="", help="The partner on `comms` whose telephony connects.")
@with_brand
@with_json
@guarded
@needs_database
def setup(care: str, through: str, brand_name: str | None, *, as_json: bool) -> None:
    """Say which number answers for nobody, and who is told a customer's number to dial it."""
    brand = choice.brand(brand_name)
    partner = registry.partner(brand, through) if through else None
    made = contacting.set_calls(
        brand.pk, care_number=care, through=partner, now=utc_now(), who=machine()
    )
    text = f"Calls of {brand.slug} go through {through or 'nobody'}; care: {made.care_number}."
    show({"care": made.care_number, "through": through}, text, as_json=as_json)


@calls.group()
def number() -> None:
    """The pool: numbers that stand for customers."""


@number.command("add")
@click.argument("phone")
@with_brand
@with_json
@guarded
@needs_database
def number_add(phone: str, brand_name: str | None, *, as_json: bool) -> None:
    """Put PHONE into the pool."""
    contacting.add_number(choice.brand(brand_name).pk, phone, now=utc_now(), who=machine())
    show({"pool": "added"}, "The number is in the pool.", as_json=as_json)


@number.command("retire")
@click.argument("phone")
@with_brand
@with_json
@guarded
@needs_database
def number_retire(phone: str, brand_name: str | None, *, as_json: bool) -> None:
    """Take PHONE out of the pool."""
    contacting.retire_number(choice.brand(brand_name).pk, phone, now=utc_now(), who=machine())
    show({"pool": "retired"}, "The number is out of the pool.", as_json=as_json)


@number.command("list")
@with_brand
@with_json
@guarded
@needs_database
def number_list(brand_name: str | None, *, as_json: bool) -> None:
    """List the pool."""
    brand = choice.brand(brand_name)
    rows = [{"number": each.number} for each in setups.numbers_of(brand.pk)]
    _listed(rows, f"{brand.slug} has no number.", as_json=as_json)


@calls.group()
def line() -> None:
    """Lines: a provider's account that connects calls."""


@line.command("add")
@click.argument("provider", type=click.Choice([each.value for each in Provider]))
@click.option("--account", default="", help="The account's SID.")
@click.option("--places", "api_url", default="", help="Place calls at this address, too.")
@click.option("--masks", "masks_url", default="", help="Have numbers masked at this address, too.")
@click.option("--shown", default="", help="The number that both sides of a placed call see.")
@click.option("--through", default="", help="The partner on `comms` whose account this is.")
@with_brand
@with_json
@guarded
@needs_database
def line_add(
    provider: str,
    account: str,
    api_url: str,
    masks_url: str,
    shown: str,
    through: str,
    brand_name: str | None,
    *,
    as_json: bool,
) -> None:
    """Have PROVIDER connect the pool's calls. Its secrets are asked for, never arguments."""
    given: dict[Use, bytes] = {}
    if provider == Provider.TWILIO:
        given[Use.BRIDGE] = ask_hidden("Twilio's auth token").encode()
    if api_url:
        given[Use.PLACES] = ask_hidden("The API's key:token").encode()
    if masks_url:
        given[Use.MASKS] = ask_hidden("The masking API's account:token").encode()
    brand = choice.brand(brand_name)
    partner = registry.partner(brand, through) if through else None
    terms = Terms(Provider(provider), account, api_url, masks_url, shown, partner)
    made, secret = lines.add(brand.pk, terms, given, now=utc_now(), who=machine())
    url = settings.URL + lines.bridge_path(made)
    told = {"line": made.pk, "url": url} | _shown_once(made, secret)
    text = f"Line {made.pk} is set up. The provider calls {url}. " + " ".join(
        f"{name}: {value}" for name, value in told.items() if name not in {"line", "url"}
    )
    show(told, text.strip(), as_json=as_json)


@line.command("list")
@with_brand
@with_json
@guarded
@needs_database
def line_list(brand_name: str | None, *, as_json: bool) -> None:
    """List the lines."""
    brand = choice.brand(brand_name)
    rows = [
        {
            "line": each.pk,
            "provider": each.provider,
            "account": each.account,
            "places": each.api_url,
            "masks": each.masks_url,
            "state": "ended" if each.revoked_at else "in use",
        }
        for each in lines.listing(brand.pk)
    ]
    _listed(rows, f"{brand.slug} has no line.", as_json=as_json)


@line.command("end")
@click.argument("number_", metavar="LINE", type=click.IntRange(1))
@with_brand
@with_json
@guarded
@needs_database
def line_end(number_: int, brand_name: str | None, *, as_json: bool) -> None:
    """End LINE; its secrets are destroyed."""
    lines.end(choice.brand(brand_name).pk, number_, now=utc_now(), who=machine())
    show({"line": number_}, f"Line {number_} is ended.", as_json=as_json)


@calls.group()
def agent() -> None:
    """Telephones at which a partner's people are rung."""


@agent.command("add")
@click.argument("name")
@click.option("--partner", "partner_name", required=True, help="Whose people are rung there.")
@with_brand
@with_json
@guarded
@needs_database
def agent_add(name: str, partner_name: str, brand_name: str | None, *, as_json: bool) -> None:
    """Register the telephone NAME ("desk 4"); its number is asked for, and sealed."""
    brand = choice.brand(brand_name)
    partner = registry.partner(brand, partner_name)
    phone = ask("The telephone's number")
    made = agents.add(brand.pk, partner.pk, name, phone, now=utc_now(), who=machine())
    show({"agent": made.pk}, f"Telephone {made.pk} is registered.", as_json=as_json)


@agent.command("list")
@with_brand
@with_json
@guarded
@needs_database
def agent_list(brand_name: str | None, *, as_json: bool) -> None:
    """List the telephones, without their numbers."""
    brand = choice.brand(brand_name)
    rows = [
        {"agent": each.pk, "name": each.name, "partner": each.partner_id}
        for each in agents.listing(brand.pk)
    ]
    _listed(rows, f"{brand.slug} has no telephone registered.", as_json=as_json)


@agent.command("end")
@click.argument("number_", metavar="AGENT", type=click.IntRange(1))
@with_brand
@with_json
@guarded
@needs_database
def agent_end(number_: int, brand_name: str | None, *, as_json: bool) -> None:
    """Remove telephone AGENT; its number is destroyed."""
    agents.end(choice.brand(brand_name).pk, number_, now=utc_now(), who=machine())
    show({"agent": number_}, f"Telephone {number_} is removed.", as_json=as_json)


@calls.command()
@with_brand
@with_json
@guarded
@needs_database
def test(brand_name: str | None, *, as_json: bool) -> None:
    """Say what is set up and what is missing; reach each provider's address, and send nothing."""
    brand = choice.brand(brand_name)
    setup_ = setups.setup_of(brand.pk)
    live = [each for each in lines.listing(brand.pk) if each.revoked_at is None]
    told = {
        "care number": bool(setup_ and setup_.care_number),
        "who connects calls": bool(setup_ and setup_.call_partner_id),
        "pool": bool(setups.numbers_of(brand.pk)),
        "line": bool(live),
        "own address (ORDERVEIL_URL)": bool(settings.URL),
    }
    rows = [
        {"what": name, "state": "there" if is_there else "missing"}
        for name, is_there in told.items()
    ]
    rows += [
        {"what": f"line {each.pk}: {url}", "state": _reached(url)}
        for each in live
        for url in (each.api_url, each.masks_url)
        if url
    ]
    _listed(rows, "", as_json=as_json)


def _reached(url: str) -> str:
    try:
        with Egress(private=settings.WEBHOOK_PRIVATE).dial(url):
            return "reached"
    except EgressError as error:
        return str(error.trouble)


def _shown_once(made: Line, secret: bytes) -> dict[str, str]:
    """What the provider must be configured with; a secret of its own is not repeated."""
    if made.provider == Provider.EXOTEL:
        user, _, password = secret.decode().partition(":")
        return {"user": user, "password": password}
    if made.provider == Provider.JSON:
        return {"secret": secret.decode(), "bearer": plain.bearer(secret)}
    return {}


def _listed(rows: Sequence[Mapping[str, object]], none: str, *, as_json: bool) -> None:
    if as_json or not rows:
        show(rows, none, as_json=as_json)
    else:
        print_table(list(rows[0]), ([str(cell) for cell in row.values()] for row in rows))
