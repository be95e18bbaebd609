"""Documents on paper: a typst template, data as JSON, fonts out of their packages.

Rules kept here:
- data is never markup, and no font of the system's, no package and no network takes part: the
  same data makes the same bytes everywhere;
- what was set is not remembered: the typesetter would keep it for ten documents more;
- a font that lacks a character prints a box and says nothing: whoever composes asks
  `fonts.can_print` first.
"""

import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any, Literal

import msgspec
import pypdfium2
import typst
from PIL import Image

from orderveil.hops.printing.fonts import library

# PDFium serves one thread at a time.
_PDFIUM = Lock()


def pdf(template: Path, data: object, *, at: datetime, tags: bool = True) -> bytes:
    """The document as PDF; `at` is the time that stands in its metadata.

    `tags` tell a screen reader what is what; sheets that only a printer reads are faster without.
    """
    return _compile(template, data, at, "pdf", tags=tags)[0]


def pngs(template: Path, data: object, *, at: datetime, ppi: float = 110) -> list[bytes]:
    """Its pages as pictures."""
    return _compile(template, data, at, "png", ppi=ppi)


def asked(template: Path, data: object, label: str) -> Any:
    """The value of the template's one `#metadata` under this label: what only setting can tell."""
    found = _compiler(template, data).query(f"<{label}>", field="value", one=True)
    _forget()
    return msgspec.json.decode(found)


def drawn(document: bytes, wanted: Iterable[int], dpi: float) -> list[Image.Image]:
    """Some pages of a PDF as a printer of so many dots to the inch would draw them, in greys."""
    with _PDFIUM:
        source = pypdfium2.PdfDocument(document)
        try:
            # A hair less, lest a page of 1,800 dots become one of 1,801.
            scale = dpi / 72 * (1 - 1e-9)
            return [source[n].render(scale=scale, grayscale=True).to_pil().copy() for n in wanted]
        finally:
            source.close()


def join(documents: Iterable[bytes]) -> bytes:
    """The pages of several PDFs as one."""
    with _PDFIUM:
        whole = pypdfium2.PdfDocument.new()
        for each in documents:
            part = pypdfium2.PdfDocument(each)
            whole.import_pages(part)
            part.close()
        return _saved(whole)


def pages(document: bytes, wanted: Sequence[int]) -> bytes:
    """Some pages of a PDF, counted from 0, as a PDF of their own."""
    with _PDFIUM:
        source, some = pypdfium2.PdfDocument(document), pypdfium2.PdfDocument.new()
        some.import_pages(source, list(wanted))
        source.close()
        return _saved(some)


def begun_pages(document: bytes) -> list[range]:
    """The pages of each part of a PDF, counted from 0: a part begins at its bookmark."""
    with _PDFIUM:
        source = pypdfium2.PdfDocument(document)
        try:
            starts = [mark.get_dest().get_index() for mark in source.get_toc()]
            ends = [*starts[1:], len(source)]
        finally:
            source.close()
    return [range(start, end) for start, end in zip(starts, ends, strict=True)]


def page_count(document: bytes) -> int:
    """How many pages a PDF has."""
    with _PDFIUM:
        source = pypdfium2.PdfDocument(document)
        try:
            return len(source)
        finally:
            source.close()


def _saved(document: pypdfium2.PdfDocument) -> bytes:
    held = io.BytesIO()
    document.save(held)
    document.close()
    return held.getvalue()


def _compiler(template: Path, data: object) -> typst.Compiler:
    return typst.Compiler(
        template,
        root=template.parent,
        font_paths=library().read,
        ignore_system_fonts=True,
        sys_inputs={"data": msgspec.json.encode(data).decode()},
    )


_NOTHING = Path(__file__).with_name("nothing.typ")
_REMEMBERED = 10
"""Documents after which typst drops what it has not used again: its bindings' `comemo::evict`."""


def _forget() -> None:
    """Have the typesetter drop what it knows of the last document: half a millisecond."""
    nothing = typst.Compiler(_NOTHING, font_paths=library().read, ignore_system_fonts=True)
    for _ in range(_REMEMBERED + 1):
        nothing.compile(format="html")


def _compile(
    template: Path,
    data: object,
    at: datetime,
    kind: Literal["pdf", "png"],
    *,
    ppi: float | None = None,
    tags: bool = True,
) -> list[bytes]:
    made: object = _compiler(template, data).compile(
        format=kind,
        ppi=ppi,
        timestamp=int(at.timestamp()),
        pdf_tags=tags,
    )
    _forget()
    # One page of pictures comes as bytes, several as a list.
    return [bytes(page) for page in made] if isinstance(made, list) else [made]  # type: ignore[list-item]
