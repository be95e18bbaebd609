"""XML, event by event: elements, attributes, texts, comments and instructions.

Rules kept here:
- no document type, so no entity but the five of XML itself and nothing external (defusedxml);
- a declaration that names another encoding than UTF-8 is refused: others would believe it;
- an element's own text is one text, whatever stands between its parts;
- an element that has siblings of its name is a record; one that has none belongs to its parent.
"""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.sax import SAXException
from xml.sax.handler import (
    ContentHandler,
    LexicalHandler,
    property_lexical_handler,
)

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

from orderveil.hops.ims.reading.records import (
    Gathering,
    Names,
    Record,
    UnreadableError,
    is_plain,
    labelled,
    must_be_few,
    must_be_shallow,
    must_be_short,
    pieces_of,
    under,
)

_DECLARED = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([^\"']*)")


@dataclass(slots=True)
class _Element:
    """An element that is open."""

    names: Names
    path: str
    own: Gathering = field(default_factory=Gathering)
    texts: list[str] = field(default_factory=list)
    characters: int = 0
    seen: dict[str, int] = field(default_factory=dict)
    """How many children of each name there were."""
    first: dict[str, Record] = field(default_factory=dict)
    """Of each name the first child's record, until a second one comes."""

    def say(self, text: str) -> None:
        """A part of its own text. What only sets its children apart is not kept."""
        if text.isspace():
            if not self.texts or self.texts[-1] not in {" ", _BREAK}:
                self.texts.append(" ")
            return
        self.characters += len(text)
        must_be_short(self.characters)
        self.texts.append(text)

    def gap(self) -> None:
        """A child stands here."""
        if not self.texts or self.texts[-1] != _BREAK:
            self.texts.append(_BREAK)


class _Reading(ContentHandler, LexicalHandler):
    """Gathers what the parser tells; `done` are the records that are complete."""

    def __init__(self) -> None:
        super().__init__()
        self.done: deque[Record] = deque()
        self._top = _Element((), "")
        self._open = [self._top]
        self._values = 0

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802 - SAX's name
        """An element begins."""
        must_be_shallow(len(self._open))
        self._values += 1
        must_be_few(self._values)
        above = self._open[-1]
        above.gap()
        count = above.seen[name] = above.seen.get(name, 0) + 1
        key = name if count == 1 else f"{name}[{count}]"
        here = _Element((*above.names, key), under(above.path, name.rpartition(":")[2]))
        self._open.append(here)
        if not is_plain(name):
            self._add(here, "#text", here.path, "")
        for attribute, value in attrs.items():
            path = under(here.path, attribute.rpartition(":")[2])
            self._add(here, f"@{attribute}", path, value)

    def endElement(self, name: str) -> None:  # noqa: N802 - SAX's name
        """An element ends: its record is complete, or waits for a sibling."""
        here = self._open.pop()
        for text in _texts(here.texts):
            self._add(here, "#text", here.path, text)
        above = self._open[-1]
        record = here.own.fields
        for alone in here.first.values():
            record += alone
        record = labelled(record)
        if above.seen[name] > 1:
            self._give(above.first.pop(name, []))
            self._give(record)
        elif record:
            self._hold(above, name, record)

    def _hold(self, above: _Element, name: str, record: Record) -> None:
        """Of the first child of its name; a large one is given at once."""
        held = sum(map(len, above.first.values())) + len(record)
        if held > _MOST_HELD or len(above.first) >= _MOST_HELD:
            self._give(record)
        else:
            above.first[name] = record

    def characters(self, content: str) -> None:
        """A part of the text of the element that is open."""
        self._open[-1].say(content)

    def processingInstruction(self, target: str, data: str) -> None:  # noqa: N802 - SAX's name
        """An instruction is text like any other."""
        self._add(self._open[-1], "#instruction", "", f"{target} {data}")

    def comment(self, content: str) -> None:
        """A comment is text like any other."""
        self._add(self._open[-1], "#comment", "", content)

    def finish(self) -> None:
        """Give what is left."""
        self._give([*self._top.own.fields, *(f for each in self._top.first.values() for f in each)])

    def _add(self, here: _Element, key: str, path: str, value: str) -> None:
        if key != "#text":  # its element was counted
            self._values += 1
            must_be_few(self._values)
        here.own.add(here.names, key, path, value)
        if here.own.is_large:
            self._give(here.own.take())

    def _give(self, record: Record) -> None:
        if record:
            self.done.append(record)


_MOST_HELD = 250
_BREAK = "\0"
"""Where a child stood in its parent's text: no character of XML."""


def _texts(parts: list[str]) -> list[str]:
    """An element's own text, without what stands between its parts; if any does, with a gap too."""
    text = "".join(parts).strip(f" \t\r\n{_BREAK}")
    if _BREAK not in text:
        return [text] if text else []
    return [text.replace(_BREAK, ""), text.replace(_BREAK, " ")]


def xml_records(body: bytes) -> Iterator[Record]:
    """The records of an XML document."""
    if not body.strip():
        raise UnreadableError("malformed", "It is empty.")
    declared = _DECLARED.match(body)
    if declared and declared[1].lower() not in {b"utf-8", b"utf8"}:
        raise UnreadableError("not_utf8", "It declares another encoding than UTF-8.")
    reading = _Reading()
    parser = DefusedExpatParser(forbid_dtd=True)
    parser.setContentHandler(reading)
    parser.setProperty(property_lexical_handler, reading)
    try:
        for piece in pieces_of(body):
            parser.feed(piece)
            while reading.done:
                yield reading.done.popleft()
        parser.close()
    except DefusedXmlException:
        raise UnreadableError("document_type", "It has a document type or an entity.") from None
    except (SAXException, ValueError):
        raise UnreadableError("malformed", "It is not one well-formed XML document.") from None
    reading.finish()
    yield from reading.done
