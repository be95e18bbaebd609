"""A drawing as ZPL II.

Rules kept here:
- no text becomes a command: every field's data goes through `^FH`, and whatever is not a letter,
  a digit or harmless punctuation is written as its number;
- printable ASCII in the printer's own fixed-width fonts, all else as bits that typst set;
- codes are the bits that are checked, never the printer's own idea of them;
- a label is complete in itself: one `^XA`, `^PQ1`, no stored format, font or graphic, so that
  nothing of it stays in the printer.
"""

import re

from orderveil.hops.label.drawing import HEIGHT_IN, WIDTH_IN, Bar, Drawing, Text
from orderveil.hops.label.faces import native
from orderveil.hops.label.graphics import field, stretched
from orderveil.hops.label.setting import Picture

_RISKY = re.compile(r"[^A-Za-z0-9 .,/():#+*&'-]")


def as_zpl(drawing: Drawing, pictures: list[Picture], dpi: int) -> bytes:
    """One label; `pictures` are its lines that are not ASCII (`set_lines`), in their order."""
    waiting = iter(pictures)
    parts = [
        f"^XA^CI28^LH0,0^PW{WIDTH_IN * dpi}^LL{HEIGHT_IN * dpi}",
        *map(_bar, drawing.bars),
    ]
    for placed in drawing.codes:
        picture = stretched(placed.code, placed.width, placed.height)
        parts.append(f"^FO{placed.x},{placed.y}{field(picture)}^FS")
    parts += [
        _native(text, dpi) if text.text.isascii() else _line(text, next(waiting))
        for text in drawing.texts
    ]
    parts.append("^PQ1^XZ\n")
    return "\n".join(parts).encode("ascii")


def set_lines(drawing: Drawing) -> list[Text]:
    """The lines that the printer's fonts can't write."""
    return [text for text in drawing.texts if not text.text.isascii()]


def escaped(text: str) -> str:
    """A text as `^FH` data: `_5E` for a caret, and so on."""
    return _RISKY.sub(lambda found: f"_{ord(found.group()):02X}", text)


def _bar(bar: Bar) -> str:
    return f"^FO{bar.x},{bar.y}^GB{bar.width},{bar.height},{min(bar.width, bar.height)}^FS"


def _native(text: Text, dpi: int) -> str:
    font = native(text.points, dpi)
    where = f"^FO{text.x},{text.y - font.above}{'^FR' if text.is_white else ''}"
    return f"{where}^A{font.letter}N,{font.height},{font.width}^FH_^FD{escaped(text.text)}^FS"


def _line(text: Text, picture: Picture) -> str:
    x, y = text.x - picture.left, text.y - picture.above
    return f"^FO{x},{y}{'^FR' if text.is_white else ''}{field(picture)}^FS"
