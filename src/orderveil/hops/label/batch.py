"""Labels by the batch: made apart, handed out in chunks.

Rules kept here:
- memory does not grow with the batch: contents are taken, and documents given, chunk by chunk;
- a label over which the typesetter dies takes no other with it.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from itertools import islice

import msgspec

from orderveil.core.errors import Problem
from orderveil.hops.label import apart
from orderveil.hops.label.content import Dpi, LabelContent
from orderveil.hops.label.making import Chunk, Rendered
from orderveil.hops.printing.kinds import PrintForm

CHUNK = 125
"""Labels made in one go: fewer cost more a label, more cost memory. A part of 500 is four."""
_SETTERS = 2
"""Processes of a server's worker that make labels, whoever asks."""

_setters = ThreadPoolExecutor(_SETTERS, thread_name_prefix="labels")


def render(
    contents: Iterable[LabelContent], form: PrintForm, dpi: Dpi, *, at: datetime
) -> Iterator[Rendered]:
    """The labels, in order, in chunks of at most `CHUNK`; `at` is the time in a PDF's metadata."""
    waiting: deque[Future[list[Rendered]]] = deque()
    source, start = iter(contents), 0
    while some := tuple(islice(source, CHUNK)):
        waiting.append(_setters.submit(_made, Chunk(some, start, form, dpi, at)))
        start += len(some)
        if len(waiting) > 2 * _SETTERS:
            yield from waiting.popleft().result()
    while waiting:
        yield from waiting.popleft().result()


def _made(chunk: Chunk) -> list[Rendered]:
    """A chunk that fails is made in halves, until the label that can't be made stands alone."""
    try:
        return [apart.make(chunk)]
    except apart.FailedError:
        half = len(chunk.contents) // 2
        if not half:
            return [Rendered(chunk.form, b"", (), {chunk.start: _FAILED})]
    first = msgspec.structs.replace(chunk, contents=chunk.contents[:half])
    rest = msgspec.structs.replace(chunk, contents=chunk.contents[half:], start=chunk.start + half)
    return [*_made(first), *_made(rest)]


_FAILED = Problem(
    code="label_failed",
    detail="The typesetter failed over this label, alone as together with others.",
    remedy="Have the address corrected; if the label fails again, report it with its scripts.",
    rule="a label that can't be made takes no other with it",
    status=500,
)
