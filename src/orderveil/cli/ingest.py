"""`orderveil ingest`: orders from files, a line of answer for each."""

import sys
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any

import click
import msgspec

from orderveil.cli.choosing import needs_database, with_brand, words
from orderveil.cli.output import progress
from orderveil.cli.reading import STDIN, Piece, pieces
from orderveil.cli.session import fail, guarded, with_json
from orderveil.core.clocks import utc_now
from orderveil.core.errors import Problem
from orderveil.gate.admit import Status
from orderveil.hops.storefront.formats import Format
from orderveil.hops.storefront.intake import REFUSED, Received, receive_orders
from orderveil.hops.storefront.reader import MAX_ORDERS
from orderveil.ledger.acts import machine
from orderveil.partners import choice, registry
from orderveil.partners.models import Channel
from orderveil.scams.answers import printable

INPUT = click.Path(exists=True, dir_okay=False, allow_dash=True)


class OrderLine(msgspec.Struct, frozen=True):
    """What became of one order. `order` is the shop's own id, `id` ours."""

    order: str | None
    status: str
    reason: str | None
    pointer: str | None
    id: str | None
    file: str
    line: int | None
    remedy: str | None


@click.command()
@with_brand
@click.option("--channel", "channel_name", help="Which channel; by default the format's name.")
@click.option("--format", "format_name", type=words(Format), help="Whose JSON it is.")
@click.argument("files", nargs=-1, required=True, type=INPUT)
@with_json
@guarded
@needs_database
def ingest(
    brand_name: str | None,
    channel_name: str | None,
    format_name: str | None,
    files: tuple[str, ...],
    *,
    as_json: bool,
) -> None:
    """Admit the orders of FILES (JSON, JSON lines, or - for standard input), a line for each."""
    if channel_name is None and format_name is None:
        fail(_WHICH_CHANNEL, as_json=as_json)
    channel = registry.channel(choice.brand(brand_name), channel_name or format_name or "")
    if format_name is not None and channel.format != format_name:
        fail(_wrong_format(channel), as_json=as_json)
    refused = 0
    with progress("Orders") as bar:
        task = bar.add_task("", total=None)
        for batch in _batches(chain.from_iterable(map(pieces, files))):
            lines = list(_admit(channel, batch))
            for line in lines:
                _print(line, as_json=as_json)
            refused += sum(line.status == REFUSED for line in lines)
            bar.advance(task, len(lines))
    if refused:
        sys.exit(1)


def _batches(found: Iterator[Piece]) -> Iterator[list[Piece]]:
    while batch := list(islice(found, MAX_ORDERS)):
        yield batch


def _admit(channel: Channel, batch: Iterable[Piece]) -> Iterator[OrderLine]:
    """One transaction for the batch; the answers in the order of the pieces."""
    batch = list(batch)
    orders = [(piece.pointer, piece.order) for piece in batch if piece.problem is None]
    answers = iter(receive_orders(channel, orders, now=utc_now(), who=machine()) if orders else [])
    for piece in batch:
        if piece.problem is not None:
            yield _line(piece, Received(REFUSED, problem=piece.problem))
        else:
            yield _line(piece, next(answers))


def _line(piece: Piece, received: Received) -> OrderLine:
    problem = received.problem
    status, reason = received.status, problem.detail if problem else None
    if status == Status.ERASED:
        status, reason = Status.DUPLICATE, "This order was erased; nothing was stored."
    return OrderLine(
        order=received.shop_order_id,
        status=status,
        reason=reason,
        pointer=problem.pointer if problem else None,
        id=received.order_id.hex() if received.order_id else None,
        file="standard input" if piece.file == STDIN else piece.file,
        line=piece.line,
        remedy=problem.remedy if problem else None,
    )


def _print(line: OrderLine, *, as_json: bool) -> None:
    if as_json:
        click.echo(msgspec.json.encode(line).decode())
        return
    place = f"{line.file}:{line.line}" if line.line else line.file
    where: Any = f"at {place} {line.pointer}" if line.status == REFUSED else None
    parts = (line.order or "-", line.status, line.reason, where and where.strip(), line.remedy)
    click.echo(printable_line(parts))


def printable_line(parts: Iterable[str | None]) -> str:
    """Cells with a tab between; an order's own text can't end the line or start another cell."""
    return "\t".join(printable(part) for part in parts if part)


_WHICH_CHANNEL = Problem(
    code="channel_needed",
    detail="Neither a channel nor a format is named.",
    remedy="Give --format, or --channel; see `orderveil channel list`.",
    rule="storefront: an order comes in on a channel",
)


def _wrong_format(channel: Channel) -> Problem:
    return Problem(
        code="wrong_format",
        detail=f"The channel {channel.name} takes the format {channel.format}.",
        remedy="Name a channel of your format; see `orderveil channel list`.",
        rule="storefront: a channel has one format",
    )
