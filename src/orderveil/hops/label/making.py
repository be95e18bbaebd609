"""A chunk of labels: drawn, set, read back.

Rules kept here:
- a label that can't be made is a Problem of its own; the others are made;
- nothing leaves that was not read back (`checking`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec

from orderveil.core.errors import Problem
from orderveil.hops.label import checking, setting, zpl
from orderveil.hops.label.content import Dpi, LabelContent
from orderveil.hops.label.drawing import Drawing
from orderveil.hops.label.faces import Face, PrinterFace, SetFace
from orderveil.hops.label.layouts import draw, prepare
from orderveil.hops.printing import paper
from orderveil.hops.printing.kinds import PrintForm


class Chunk(msgspec.Struct, frozen=True):
    """Labels to be made together. `start`: the place of the first, counted from 0."""

    contents: tuple[LabelContent, ...]
    start: int
    form: PrintForm
    dpi: Dpi
    at: datetime
    """The time in a PDF's metadata."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """One chunk: the labels that could be made, and what was wrong with the others."""

    form: PrintForm
    document: bytes
    """A PDF of one page a label, or the labels' ZPL one after the other; empty if there is none."""
    positions: tuple[int, ...]
    """Whose label each page is: places in the batch, counted from 0."""
    problems: Mapping[int, Problem]
    """By place in the batch."""
    labels: tuple[bytes, ...] = ()
    """ZPL only: each label alone."""

    def sheet(self, n: int) -> bytes:
        """The `n`-th label as a document of its own."""
        return self.labels[n] if self.form == PrintForm.ZPL else paper.pages(self.document, [n])


def make(chunk: Chunk) -> Rendered:
    """The labels of one chunk."""
    face: Face = SetFace(chunk.dpi) if chunk.form == PrintForm.PDF else PrinterFace(chunk.dpi)
    prepare(chunk.contents, face)
    good, problems = {}, {}
    for position, content in enumerate(chunk.contents, chunk.start):
        drawn = draw(content, face)
        if isinstance(drawn, Problem):
            problems[position] = drawn
        else:
            good[position] = drawn
    if chunk.form == PrintForm.ZPL:
        return _as_zpl(good, problems, chunk.dpi)
    return _as_pdf(good, problems, chunk.dpi, chunk.at)


def _as_zpl(good: dict[int, Drawing], problems: dict[int, Problem], dpi: Dpi) -> Rendered:
    labels = {}
    made = zip(good.items(), _pictures(good, dpi), strict=True)
    for n, ((position, drawing), pictures) in enumerate(made):
        label = zpl.as_zpl(drawing, pictures, dpi)
        problem = checking.bits_read(drawing) or checking.zpl_read(
            label, drawing, is_whole=n == len(good) - 1
        )
        if problem:
            problems[position] = problem
        else:
            labels[position] = label
    told = tuple(labels.values())
    return Rendered(PrintForm.ZPL, b"".join(told), tuple(labels), problems, told)


def _pictures(good: Mapping[int, Drawing], dpi: Dpi) -> list[list[setting.Picture]]:
    """The lines that a printer can't write, of each label."""
    lines = [zpl.set_lines(each) for each in good.values()]
    made = iter(setting.as_pictures([each for each in lines if each], SetFace(dpi)))
    return [next(made) if each else [] for each in lines]


def _as_pdf(
    good: dict[int, Drawing], problems: dict[int, Problem], dpi: Dpi, at: datetime
) -> Rendered:
    for position, drawing in list(good.items()):
        problem = checking.bits_read(drawing)
        if problem:
            problems[position] = problem
            del good[position]
    while good:
        document = setting.as_pdf(good.values(), dpi, at=at)
        positions = tuple(good)
        bad = checking.pages_unread(document, list(good.values()), dpi)
        if not bad:
            return Rendered(PrintForm.PDF, document, positions, problems)
        for page in bad:  # made again without them
            problems[positions[page]] = checking.unreadable()
            del good[positions[page]]
    return Rendered(PrintForm.PDF, b"", (), problems)
