"""`orderveil policy`: the table as people read it, and changing it with a second person."""

import sys
from pathlib import Path
from typing import Any

import click
import msgspec

from orderveil.cli.choosing import ask_hidden, needs_database, with_brand
from orderveil.cli.output import print_table
from orderveil.cli.session import guarded, show, with_json
from orderveil.contacts.setup import configured
from orderveil.core.clocks import utc_now
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.fields import Field
from orderveil.core.forms import Form
from orderveil.core.hops import Hop
from orderveil.core.table import Table, changes, provably_tighter
from orderveil.partners import choice
from orderveil.policy import versions
from orderveil.policy.models import Version, VersionState
from orderveil.policy.prose import LETTER, describe, sentences, warnings
from orderveil.policy.toml import PolicyError, load

LONGEST_BYTES = 1024 * 1024

file_argument = click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))


@click.group()
def policy() -> None:
    """Who gets what: show, check, compare, publish, approve."""


def _load(text: str, virtual: frozenset[Field], *, as_json: bool) -> Table:
    """The table, or every mistake of it said and exit status 1."""
    try:
        return load(text, virtual=virtual)
    except PolicyError as error:
        if as_json:
            show({"ok": False, "problems": error.problems}, "", as_json=True)
        for each in () if as_json else error.problems:
            click.echo(f"{each.pointer or '/'}: {each.detail} {each.remedy}", err=True)
        sys.exit(1)


def _read(file: Path) -> str:
    try:
        return file.read_bytes()[:LONGEST_BYTES].decode()
    except UnicodeDecodeError:
        raise RefusedError(
            Problem("not_utf8", "The file is not UTF-8.", "Save it as UTF-8.", rule="TOML 1.0")
        ) from None


@policy.command("show")
@with_brand
@click.option("--history", is_flag=True, help="Every version and its state.")
@click.option("--sentences", "in_words", is_flag=True, help="A paragraph per hop.")
@with_json
@guarded
@needs_database
def show_(brand_name: str | None, *, history: bool, in_words: bool, as_json: bool) -> None:
    """Show the policy in force as a table of letters, or in sentences."""
    brand = choice.brand(brand_name)
    if history:
        _show_history(brand.pk, as_json=as_json)
        return
    version = versions.active(brand.pk)
    table = versions.table_of(version)
    if as_json:
        answer = {
            "version": version.label,
            "cells": {hop: dict(row) for hop, row in table.cells().items()},
            "sentences": list(sentences(table)),
            "warnings": warnings(table),
        }
        click.echo(msgspec.json.encode(answer).decode())
    elif in_words:
        click.echo(f"{version.label}\n\n" + "\n\n".join(sentences(table)))
    else:
        _print_letters(version, table)


def _print_letters(version: Version, table: Table) -> None:
    click.echo(f"{version.label}, in force since {version.effective_at:%Y-%m-%d %H:%M} UTC")
    print_table(
        ("field", *Hop),
        ([field, *(LETTER[table.rows[hop].form(field)] for hop in Hop)] for field in Field),
    )
    click.echo(", ".join(f"{LETTER[form]} {form}" for form in Form))
    for line in warnings(table):
        click.echo(f"! {line}")


def _show_history(brand_id: int, *, as_json: bool) -> None:
    rows = [
        {
            "number": each.number,
            "version": each.label,
            "state": each.state,
            "author": each.author,
            "approver": each.approver or None,
            "created_at": each.created_at,
            "effective_at": each.effective_at,
            "digest": each.digest,
        }
        for each in Version.objects.filter(brand_id=brand_id).order_by("number")
    ]
    if as_json:
        show(rows, "", as_json=True)
    else:
        print_table(list(rows[0]), (list(row.values()) for row in rows))


@policy.command()
@file_argument
@with_json
@guarded
def check(file: Path, *, as_json: bool) -> None:
    """Load a policy FILE and name every mistake in it; needs no installation."""
    table = _load(_read(file), frozenset(), as_json=as_json)
    show({"ok": True, "name": table.name}, f"{table.name} loads.", as_json=as_json)


@policy.command()
@click.argument("other", metavar="FILE|VERSION")
@with_brand
@with_json
@guarded
@needs_database
def diff(other: str, brand_name: str | None, *, as_json: bool) -> None:
    """Compare the policy in force with a FILE or a VERSION, cell by cell."""
    brand = choice.brand(brand_name)
    active = versions.table_of(versions.active(brand.pk))
    table = _load(_text_of(brand.pk, other), configured(brand.pk), as_json=as_json)
    found = changes(active, table)
    tighter = provably_tighter(active, table)
    verdict = (
        "Provably tighter: in force when published."
        if tighter
        else "Something loosens: a second person must approve it."
    )
    lines = [f"{'!' if each.loosens else ' '} {describe(each)}" for each in found]
    text = "\n".join([*lines, verdict]) if found else "The same in every cell."
    show({"changes": found, "tighter": tighter}, text, as_json=as_json)


def _text_of(brand_id: int, other: str) -> str:
    if Path(other).is_file():
        return _read(Path(other))
    number = other.rpartition("@")[2]
    found = None
    if number.isdecimal():
        found = Version.objects.filter(brand_id=brand_id, number=int(number)).first()
    if found is None:
        raise RefusedError(
            Problem(
                code="no_such_policy",
                detail="There is no such file, and no such version.",
                remedy="See `orderveil policy show --history`.",
                rule="policy: every version is kept",
                status=404,
            )
        )
    return found.text


@policy.command()
@file_argument
@with_brand
@with_json
@guarded
@needs_database
def publish(file: Path, brand_name: str | None, *, as_json: bool) -> None:
    """Publish a policy FILE: in force at once if provably tighter, else pending."""
    brand = choice.brand(brand_name)
    text = _read(file)
    _load(text, configured(brand.pk), as_json=as_json)
    author = versions.signatory(brand.pk, ask_hidden("Your signatory's code"))
    version = versions.publish(brand.pk, text, author=author, now=utc_now())
    said = (
        f"{version.label} is in force."
        if version.state == VersionState.ACTIVE
        else f"{version.label} loosens something, so it waits for a second signatory:\n"
        f"  orderveil policy approve {version.number} --brand {brand.slug}"
    )
    show(_answer(version), said, as_json=as_json)


@policy.command()
@click.argument("number", type=click.IntRange(1))
@with_brand
@with_json
@guarded
@needs_database
def approve(number: int, brand_name: str | None, *, as_json: bool) -> None:
    """Approve the pending version NUMBER as a second person."""
    brand = choice.brand(brand_name)
    if not as_json:
        _print_change(brand.pk, number)
    approver = versions.signatory(brand.pk, ask_hidden("Your signatory's code"))
    version = versions.approve(brand.pk, number, approver=approver, now=utc_now())
    show(_answer(version), f"{version.label} is in force.", as_json=as_json)


def _print_change(brand_id: int, number: int) -> None:
    """What approving would change, before anybody says who they are."""
    active = versions.table_of(versions.active(brand_id))
    wanted = load(_text_of(brand_id, str(number)), virtual=configured(brand_id))
    for each in changes(active, wanted):
        click.echo(f"{'!' if each.loosens else ' '} {describe(each)}")


def _answer(version: Version) -> dict[str, Any]:
    return {"version": version.label, "number": version.number, "state": version.state}


@policy.command()
@click.argument("name")
@with_brand
@with_json
@guarded
@needs_database
def signatory(name: str, brand_name: str | None, *, as_json: bool) -> None:
    """Give a person NAME a code to publish and approve with; it is shown once."""
    brand = choice.brand(brand_name)
    code = versions.add_signatory(brand.pk, name, now=utc_now())
    text = f"The code of {name}, shown this once:\n{code}"
    show({"name": name, "code": code}, text, as_json=as_json)
