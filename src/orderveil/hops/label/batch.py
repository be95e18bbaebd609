"""Labels by the batch: drawn, set, read back, handed out in chunks.

Rules kept here:
- a label that can't be made is a Problem of its own; the others are made;
- memory does not grow with the batch: contents are taken, and documents given, chunk by chunk;
- nothing leaves that was not read back (`checking`).
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice

from orderveil.core.errors import Problem
from orderveil.hops.label import checking, setting, zpl
from orderveil.hops.label.content import Dpi, LabelContent
from orderveil.hops.label.drawing import Drawing
from orderveil.hops.label.faces import Face, PrinterFace, SetFace
from orderveil.hops.label.layouts import draw, prepare
from orderveil.hops.printing import paper

CHUNK = 50
"""Labels set in one go: fewer cost more a label, more cost memory."""
_GROUP = 200
"""Labels drawn with one face: it asks for widths once."""
_SETTERS = 2


class Form(StrEnum):
    """What a batch is made as."""

    PDF = "pdf"
    ZPL = "zpl"


@dataclass(frozen=True, slots=True)
class Rendered:
    """One chunk: the labels that could be made, and what was wrong with the others."""

    form: Form
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
        return self.labels[n] if self.form == Form.ZPL else paper.pages(self.document, [n])


def render(
    contents: Iterable[LabelContent], form: Form, dpi: Dpi, *, at: datetime
) -> Iterator[Rendered]:
    """The labels, in order, in chunks of `CHUNK`; `at` is the time in a PDF's metadata.

    While two chunks are set, which needs no lock of Python's, the next one is drawn.
    """
    with ThreadPoolExecutor(max_workers=_SETTERS) as setters:
        waiting: deque[Future[Rendered]] = deque()
        for start, drawn in _chunks(contents, form, dpi):
            waiting.append(setters.submit(_made, drawn, start, form, dpi, at))
            if len(waiting) > _SETTERS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _chunks(
    contents: Iterable[LabelContent], form: Form, dpi: Dpi
) -> Iterator[tuple[int, list[Drawing | Problem]]]:
    """Drawn labels, with the place of the first."""
    source, start = iter(contents), 0
    while group := list(islice(source, _GROUP)):
        face: Face = SetFace(dpi) if form == Form.PDF else PrinterFace(dpi)
        prepare(group, face)
        for first in range(0, len(group), CHUNK):
            chunk = group[first : first + CHUNK]
            yield start + first, [draw(each, face) for each in chunk]
        start += len(group)


def _made(
    drawn: Sequence[Drawing | Problem], start: int, form: Form, dpi: Dpi, at: datetime
) -> Rendered:
    good, problems = {}, {}
    for position, each in enumerate(drawn, start):
        if isinstance(each, Problem):
            problems[position] = each
        else:
            good[position] = each
    if form == Form.ZPL:
        return _as_zpl(good, problems, dpi)
    return _as_pdf(good, problems, dpi, at)


def _as_zpl(good: dict[int, Drawing], problems: dict[int, Problem], dpi: Dpi) -> Rendered:
    labels = {}
    made = zip(good.items(), _pictures(good, dpi), strict=True)
    for n, ((position, drawing), pictures) in enumerate(made):
        label = zpl.as_zpl(drawing, pictures, dpi)
        is_whole = checking.is_looked_at(n, len(good))
        problem = checking.bits_read(drawing) or checking.zpl_read(
            label, drawing, is_whole=is_whole
        )
        if problem:
            problems[position] = problem
        else:
            labels[position] = label
    told = tuple(labels.values())
    return Rendered(Form.ZPL, b"".join(told), tuple(labels), problems, told)


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
        bad = checking.pages_read(document, list(good.values()), dpi)
        if not bad:
            return Rendered(Form.PDF, document, positions, problems)
        for page in bad:  # made again without them
            problems[positions[page]] = checking.unreadable()
            del good[positions[page]]
    return Rendered(Form.PDF, b"", (), problems)
