"""The press of labels: what the gate shows for a parcel, drawn in its courier's layout."""

from collections.abc import Sequence
from datetime import datetime

from orderveil.core.errors import Problem
from orderveil.gate import refusals, tokens
from orderveil.gate.asking import Caller
from orderveil.gate.bulk import Wanted
from orderveil.gate.labelling import Labelled, disclose_labels
from orderveil.hops.label.batch import render
from orderveil.hops.label.content import Dpi, LabelContent, Sender
from orderveil.hops.label.from_view import content_of
from orderveil.hops.label.making import Rendered
from orderveil.hops.printing import paper
from orderveil.hops.printing.kinds import PrintForm
from orderveil.hops.printing.presses import Document, Drawn, Format, Press, Sheet, Shown
from orderveil.partners.models import Brand


def disclose(
    caller: Caller, wanted: Sequence[Wanted], now: datetime
) -> Sequence[Shown | Problem] | Problem:
    """What each label shows, on record before it is opened; or why not."""
    found = disclose_labels(caller, wanted, now=now)
    return found if isinstance(found, Problem) else [_shown(each) for each in found]


def _shown(one: Labelled) -> Shown | Problem:
    view = one.answer.view
    return Shown(view.disclosure, one) if view else one.answer.problem or refusals.BUSY


def draw(sheets: Sequence[tuple[Sheet, Labelled]], style: Format) -> Drawn:
    """The labels that can be drawn, and why not the others."""
    brand = Brand.objects.get(pk=style.brand_id)
    sender = Sender(brand.name, tuple(brand.return_address.splitlines()))
    contents = {sheet.position: _content(sheet, one, sender) for sheet, one in sheets}
    failed = {at: each for at, each in contents.items() if isinstance(each, Problem)}
    able = {at: each for at, each in contents.items() if isinstance(each, LabelContent)}
    places = list(able)
    documents: list[Document] = []
    for chunk in render(able.values(), style.form, Dpi(style.dpi), at=style.at):
        failed |= {places[n]: problem for n, problem in chunk.problems.items()}
        documents += _documents(chunk, places, apart=style.apart)
    if style.apart or len(documents) < 2:
        return Drawn(tuple(documents), failed)
    return Drawn((_joined(documents, style.form),), failed)


PRESS = Press(disclose, draw, frozenset({PrintForm.PDF, PrintForm.ZPL}))
"""How labels are made, for the journey's table."""


def _content(sheet: Sheet, one: Labelled, sender: Sender) -> LabelContent | Problem:
    view = one.answer.view
    if view is None:
        return one.answer.problem or refusals.BUSY
    code = tokens.code_of(one.token)
    return content_of(
        view,
        f"{view.ref}-{sheet.parcel_no}",
        token=code,
        layout=one.layout,
        sender=sender,
        copy=sheet.copy_no,
    )


def _documents(chunk: Rendered, places: Sequence[int], *, apart: bool) -> list[Document]:
    positions = [places[n] for n in chunk.positions]
    if apart:
        return [Document((at,), 1, chunk.sheet(n)) for n, at in enumerate(positions)]
    whole = Document(tuple(positions), len(positions), chunk.document)
    return [whole] if positions else []


def _joined(documents: Sequence[Document], form: PrintForm) -> Document:
    parts = [each.data for each in documents]
    return Document(
        tuple(at for each in documents for at in each.positions),
        sum(each.pages for each in documents),
        b"".join(parts) if form == PrintForm.ZPL else paper.join(parts),
    )
