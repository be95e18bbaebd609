"""`orderveil ledger verify`: of the live log, or of an export, which needs no database at all."""

import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import click

from orderveil.cli.choosing import with_brand
from orderveil.cli.session import database, guarded, show, with_json
from orderveil.core.clocks import utc_now
from orderveil.core.errors import Problem, RefusedError
from orderveil.gate.provision import INSTALLATION
from orderveil.ledger import checkpoints, sequencer, store
from orderveil.ledger.export import export
from orderveil.ledger.verify import Report
from orderveil.ledger.verify import verify as verify_lines
from orderveil.partners import choice

IN_MEMORY_BYTES = 64 * 1024 * 1024


@click.command()
@click.argument(
    "file", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@click.option("--key", help="The log's public key, as you know it. Without it only FILE's own.")
@click.option("--witness", "witnesses", multiple=True, help="A witness's public key; repeatable.")
@click.option(
    "--older",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A checkpoint kept from before, which the log must have grown from.",
)
@with_brand
@click.option("--installation", is_flag=True, help="The installation's own log, not a brand's.")
@with_json
@guarded
def verify(
    file: Path | None,
    key: str | None,
    witnesses: tuple[str, ...],
    older: Path | None,
    brand_name: str | None,
    *,
    installation: bool,
    as_json: bool,
) -> None:
    """Verify the live log, or an export FILE without any database."""
    older_note = older.read_text() if older else None
    if file is not None:
        with file.open("rb") as lines:
            report = verify_lines(lines, vkey=key, witnesses=witnesses, older=older_note)
    else:
        with database():
            log_id = INSTALLATION if installation else choice.brand(brand_name).pk
            report = _live(log_id, key, witnesses, older_note)
    show(report, _said(report), as_json=as_json)
    if not report.ok:
        sys.exit(1)


def _live(log_id: int, key: str | None, witnesses: Sequence[str], older_note: str | None) -> Report:
    """What is pending is placed first; then the log is exported and read as a stranger would."""
    sequencer.drain(utc_now())
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES) as stream:
        _export(log_id, stream)  # type: ignore[arg-type]  # it writes and reads bytes
        stream.seek(0)
        head = store.published(log_id)
        vkey = key or (checkpoints.vkey(head.origin) if head else None)
        return verify_lines(stream, vkey=vkey, witnesses=witnesses, older=older_note)


def write_export(log_id: int, out: Path) -> int:
    """Writes a log to a file, under a temporary name until it is whole; how many entries."""
    part = out.with_name(f"{out.name}.part")
    # Entries are for the auditor, not for every account of this machine.
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as stream:
            entries = _export(log_id, stream)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    return entries


def _export(log_id: int, stream: BinaryIO) -> int:
    entries = export(log_id, stream)
    if isinstance(entries, Problem):
        raise RefusedError(entries)
    return entries


def _said(report: Report) -> str:
    if not report.ok:
        return f"NOT verified. Line {report.line}: {report.reason}."
    sentences = [
        f"Verified: {report.origin}, {report.size} entries, root {report.root}.",
        f"{report.entries} entries and {report.rows} rows of bulks are what was signed for.",
    ]
    if report.expired:
        sentences.append(f"{report.expired} are past their term ({report.gaps} among living ones).")
    if report.left_out:
        last = report.first + report.size - report.left_out - 1
        sentences.append(
            f"The file is about entries {report.first} to {last};"
            f" {report.left_out} others were left out."
        )
    if report.older_size is not None:
        sentences.append(f"It grew from the older checkpoint of {report.older_size} entries.")
    if report.witnesses:
        sentences.append(f"Cosigned by {', '.join(report.witnesses)}.")
    if not report.key_was_given:
        sentences.append("The key came with the file: give --key to know that it is the log's own.")
    return "\n".join(sentences)
