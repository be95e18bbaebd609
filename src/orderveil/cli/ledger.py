"""`orderveil ledger`: what happened, who holds what, who saw what; and taking it elsewhere."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from orderveil.cli.choosing import MOMENT, needs_database, with_brand, words
from orderveil.cli.output import print_table
from orderveil.cli.session import guarded, show, with_json
from orderveil.cli.verify import verify, write_export
from orderveil.cli.witness import witness
from orderveil.core.clocks import utc_now
from orderveil.core.fields import Field
from orderveil.gate.lookup import find_order
from orderveil.gate.provision import INSTALLATION
from orderveil.ledger import checkpoints, sequencer, store
from orderveil.ledger.entries import ActEntry, Entry
from orderveil.ledger.queries import entries_of, latest, seen_by, who_holds
from orderveil.partners import choice
from orderveil.partners.models import Partner


class LedgerLine(msgspec.Struct, frozen=True):
    """One entry, in words. `index` is its place in the log; None until it is sequenced."""

    index: int | None
    entry: str
    at: datetime
    kind: str
    hop: str | None
    partner: str | None
    person: str | None
    what: str


@click.group()
def ledger() -> None:
    """The log of disclosures and acts: list, verify, export, ask."""


def with_log(command: Any) -> Any:
    """The `--installation` flag, beside `--brand`."""
    text = "The installation's own log, not a brand's."
    return with_brand(click.option("--installation", is_flag=True, help=text)(command))


def _log_id(brand_name: str | None, *, installation: bool) -> int:
    return INSTALLATION if installation else choice.brand(brand_name).pk


@ledger.command("list")
@with_log
@click.option("--order", help="Only what happened to this order.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@with_json
@guarded
@needs_database
def list_(
    brand_name: str | None, order: str | None, limit: int, *, installation: bool, as_json: bool
) -> None:
    """List the last entries of a log, or all entries about one order."""
    log_id = _log_id(brand_name, installation=installation)
    sequencer.drain(utc_now())
    names = dict(Partner.objects.filter(brand_id=log_id).values_list("pk", "slug"))
    found: list[Any]
    if order is not None:
        found = list(entries_of(find_order(log_id, order)[0]))
        lines = [_line(each.place, each, each.kind, names) for each in found]
    else:
        found = list(latest(log_id, limit))
        lines = [_line(each.place, each, each.kind, names) for each in found]
    if as_json:
        show(lines, "", as_json=True)
        return
    print_table(
        ("no.", "at", "kind", "hop", "partner", "person", "what", "entry"),
        (
            (
                x.index,
                f"{x.at:%Y-%m-%d %H:%M:%S}",
                x.kind,
                x.hop,
                x.partner,
                x.person,
                x.what,
                x.entry,
            )
            for x in lines
        ),
    )


def _line(index: int | None, row: Any, kind: str | None, names: Mapping[int, str]) -> LedgerLine:
    said: Entry | None = row.entry
    who = said.who if isinstance(said, ActEntry) else said
    partner = who.partner if who else None
    return LedgerLine(
        index=index,
        entry=str(row.entry_id),
        at=row.at,
        kind=kind or (said.kind if said else "expired"),
        hop=None if said is None or isinstance(said, ActEntry) else said.hop,
        partner=names.get(partner or 0),
        person=who.person if who else None,
        what="not readable: the stored bytes are no entry" if row.is_spoilt else _what(said),
    )


def _what(said: Entry | None) -> str:
    if said is None:
        return "its bytes' term is over"
    if isinstance(said, ActEntry):
        detail = ", ".join(f"{name} {value}" for name, value in said.detail.items())
        return " ".join(part for part in (said.subject, detail) if part)
    reason = f", {said.reason}" if said.reason else ""
    return f"{len(said.forms)} fields under {said.policy.name}{reason}"


@ledger.command()
@with_log
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True)
@with_json
@guarded
@needs_database
def export(brand_name: str | None, out: Path, *, installation: bool, as_json: bool) -> None:
    """Write a whole log to a file that anyone can verify without this installation."""
    log_id = _log_id(brand_name, installation=installation)
    sequencer.drain(utc_now())
    entries = write_export(log_id, out)
    head = store.published(log_id)
    key = checkpoints.vkey(head.origin) if head else ""
    sentence = (
        f"{entries} entries are in {out}. Verify them anywhere:\n"
        f"  orderveil ledger verify {out} --key '{key}'"
    )
    show({"file": str(out), "entries": entries, "key": key}, sentence, as_json=as_json)


@ledger.command()
@click.argument("order")
@click.argument("field", type=words(Field))
@with_brand
@with_json
@guarded
@needs_database
def who(order: str, field: str, brand_name: str | None, *, as_json: bool) -> None:
    """Answer who holds a FIELD of ORDER now: everyone it was ever shown to."""
    brand = choice.brand(brand_name)
    names = dict(Partner.objects.filter(brand=brand).values_list("pk", "slug"))
    rows = [
        {
            "partner": names.get(each.partner or 0),
            "hop": each.hop,
            "form": each.form,
            "at": each.at,
            "person": each.person,
            "policy": each.policy.name,
            "entry": str(each.entry_id),
        }
        for each in who_holds(find_order(brand.pk, order)[0], Field(field))
    ]
    if as_json or not rows:
        show(rows, f"Nobody was shown the {field} of this order.", as_json=as_json)
    else:
        print_table(list(rows[0]), (list(row.values()) for row in rows))


@ledger.command()
@click.argument("credential", type=click.IntRange(1))
@click.option("--from", "start", type=MOMENT, required=True, help="From this time on (UTC).")
@click.option("--to", "end", type=MOMENT, help="Until before this time; by default now.")
@with_json
@guarded
@needs_database
def seen(credential: int, start: datetime, end: datetime | None, *, as_json: bool) -> None:
    """Answer what a CREDENTIAL (its number) was shown between two times."""
    rows = [
        {
            "order": each.order_id.hex(),
            "at": each.at,
            "hop": each.hop,
            "parcel": each.parcel_no or None,
            "forms": each.forms,
            "entry": str(each.entry_id),
        }
        for each in seen_by(credential, start, end or utc_now())
    ]
    if as_json or not rows:
        show(rows, f"Credential {credential} was shown nothing then.", as_json=as_json)
        return
    print_table(
        ("order", "at", "hop", "fields", "entry"),
        (
            (row["order"], row["at"], row["hop"], _fields(row["forms"]), row["entry"])
            for row in rows
        ),
    )


def _fields(forms: Any) -> str:
    return ", ".join(f"{name} {form}" for name, form in forms.items())


for command in (verify, witness):
    ledger.add_command(command)
