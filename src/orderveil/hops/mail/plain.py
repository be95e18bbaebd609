"""HTML made plain: its words, where its lines end, and its links as text that everyone can see."""

import re
from html.parser import HTMLParser
from typing import Final

from orderveil.core.detect.vocabulary import words

LONGEST_HTML: Final = 400_000
LONGEST_TAG: Final = 4_000

_BREAKS = words("br p div tr li ul ol table h1 h2 h3 h4 h5 h6 hr blockquote section pre")
_UNSEEN = words("script style head title template noscript svg object")
_SPACES = re.compile(r"[ \t\r\n\f\v\xa0]+")
_MANY_BREAKS = re.compile(r"\n[ \n]*\n[ \n]*\n")
_OPEN_TAG = re.compile(rf"<[^<>]{{{LONGEST_TAG},}}")
_LINK = re.compile(r"https?://[!-~]{1,1000}", re.IGNORECASE).fullmatch


def plain_of(html: str) -> str:
    """The words of an HTML text. Whatever is broken in it, there are some; it never raises."""
    reader = _Words()
    try:
        # A `<` that nothing closes makes the parser look at the rest again at every one of them.
        reader.feed(_closed(html[:LONGEST_HTML]))
        reader.close()
    except (AssertionError, ValueError, RecursionError):
        pass  # it read as far as it could
    return reader.text()


def _closed(html: str) -> str:
    """Without comments, declarations and markup that the parser would have to search an end for."""
    shown = re.sub(r"<!--.*?(?:-->|\Z)|<[!?][^<>]*>?", " ", html, flags=re.DOTALL)
    return re.sub(r"<(?![A-Za-z/][^<>]*>)", "&lt;", _OPEN_TAG.sub(" ", shown))


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._pieces: list[str] = []
        self._unseen = 0
        self._links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        if tag in _BREAKS:
            self._pieces.append("\n")
        if tag == "a":
            self._links.append((dict(attrs).get("href") or "").strip())

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        if tag in _BREAKS:
            self._pieces.append("\n")
        if tag == "a" and self._links:
            link = self._links.pop()
            if _LINK(link) and not "".join(self._pieces[-3:]).rstrip().endswith(link):
                self._pieces.append(f" ({link}) ")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self._pieces.append(_SPACES.sub(" ", data))

    def text(self) -> str:
        """What was read so far."""
        lines = "".join(self._pieces).split("\n")
        return _MANY_BREAKS.sub("\n\n", "\n".join(line.strip() for line in lines)).strip()
