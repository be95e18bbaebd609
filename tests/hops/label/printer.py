"""A label printer: reads the ZPL that we emit, and nothing else, and draws it.

Written from the manual, not from our writer: its decoder, its escapes and its fonts' cells are its
own. A command that it does not know is an error, and so is anything outside `^XA`...`^XZ`.
"""

import re
from dataclasses import dataclass, field

from PIL import Image, ImageChops, ImageDraw, ImageFont

# Height, width, gap, baseline in dots: ZPL II Programming Guide, the fonts of every printer.
CELLS = {"A": (9, 5, 1, 7), "D": (18, 10, 2, 14), "F": (26, 13, 3, 21), "G": (60, 40, 8, 48)}
_COMMAND = re.compile(rb"([\^~])([A-Z][A-Z0-9@])([^\^~]*)", re.DOTALL)


class UnknownCommandError(Exception):
    """Something that this printer was never told of."""


@dataclass
class Sheet:
    """One printed label: its picture, its texts with their places, its pictures with theirs."""

    image: Image.Image
    texts: list = field(default_factory=list)
    graphics: list = field(default_factory=list)
    commands: list = field(default_factory=list)


@dataclass
class Printer:
    """What stands between `^XA` and `^XZ` becomes a sheet."""

    sheets: list = field(default_factory=list)
    _sheet: Sheet | None = None
    _at: tuple = (0, 0)
    _font: tuple | None = None
    _escape: str = ""
    _is_reverse: bool = False
    _size: dict = field(default_factory=dict)

    def feed(self, stream: bytes) -> list:
        """Print; the sheets that came out."""
        rest = _COMMAND.sub(b"", stream)
        if rest.strip():
            raise UnknownCommandError(rest[:40])
        for prefix, name, told in _COMMAND.findall(stream):
            if prefix != b"^":
                raise UnknownCommandError(prefix + name)
            self._do(name.decode(), told)
        if self._sheet is not None:
            raise UnknownCommandError("a label without its end")
        return self.sheets

    def _do(self, name: str, told: bytes) -> None:
        if name[0] == "A" and name != "A@" and self._sheet:
            letter = name[1]
            rotation, height, width = told.decode().split(",")
            assert rotation == "N"
            self._font = (letter, int(height), int(width))
            self._sheet.commands.append("A" + letter)
            return
        do = getattr(self, f"_{name.lower()}", None)
        if do is None:
            raise UnknownCommandError(name)
        if self._sheet is not None:
            self._sheet.commands.append(name)
        do(told)

    def _xa(self, told: bytes) -> None:
        assert self._sheet is None
        assert not told.strip()
        self._size = {}
        self._sheet = Sheet(Image.new("1", (1, 1)))
        self._sheet.commands.append("XA")

    def _xz(self, told: bytes) -> None:
        assert not told.strip()
        self.sheets.append(self._sheet)
        self._sheet = None

    def _ci(self, told: bytes) -> None:
        assert told.strip() == b"28"

    def _lh(self, told: bytes) -> None:
        assert told.strip() == b"0,0"

    def _pw(self, told: bytes) -> None:
        self._size["width"] = int(told)

    def _ll(self, told: bytes) -> None:
        size = (self._size["width"], int(told))
        self._sheet.image = Image.new("1", size, 255)

    def _pq(self, told: bytes) -> None:
        assert told.strip() == b"1"

    def _fo(self, told: bytes) -> None:
        x, y = told.split(b",")
        self._at = (int(x), int(y))
        self._font, self._escape, self._is_reverse = None, "", False

    def _fr(self, told: bytes) -> None:
        assert not told
        self._is_reverse = True

    def _fh(self, told: bytes) -> None:
        self._escape = told.decode() or "_"

    def _fd(self, told: bytes) -> None:
        assert self._font
        code = self._escape.encode()
        raw = (
            re.sub(
                re.escape(code) + rb"([0-9A-Fa-f]{2})",
                lambda found: bytes([int(found.group(1), 16)]),
                told,
            )
            if code
            else told
        )
        text = raw.decode("utf-8")
        self._sheet.texts.append((*self._at, self._font, text))
        self._stamp(self._written(text))

    def _fs(self, told: bytes) -> None:
        assert not told.strip()

    def _gb(self, told: bytes) -> None:
        width, height, thick = map(int, told.split(b","))
        box = Image.new("1", (width, height), 255)
        ImageDraw.Draw(box).rectangle((0, 0, width - 1, height - 1), outline=0, width=thick)
        self._stamp(box)

    def _gf(self, told: bytes) -> None:
        kind, size, total, per_row, data = told.split(b",", 4)
        assert kind == b"A"
        assert size == total
        total, per_row = int(total), int(per_row)
        rows = unpacked(data.decode(), total, per_row)
        picture = Image.frombytes(
            "1", (per_row * 8, total // per_row), bytes(255 - b for b in rows)
        )
        self._sheet.graphics.append((*self._at, picture))
        self._stamp(picture)

    def _written(self, text: str) -> Image.Image:
        letter, height, width = self._font
        cell_height, cell_width, gap, baseline = CELLS[letter]
        times = height // cell_height
        assert (height, width) == (cell_height * times, cell_width * times)
        pitch = (cell_width + gap) * times
        picture = Image.new("1", (pitch * len(text), height), 255)
        font = ImageFont.load_default(size=round(height * 0.8))
        for n, one in enumerate(text):
            cell = Image.new("1", (cell_width * times, height), 255)
            middle = cell.width / 2
            at = (middle, baseline * times)
            ImageDraw.Draw(cell).text(at, one, fill=0, font=font, anchor="ms")
            picture.paste(cell, (n * pitch, 0))
        return picture

    def _stamp(self, picture: Image.Image) -> None:
        """Black onto the label; where reversed, each black dot turns what is below."""
        x, y = self._at
        page = self._sheet.image
        assert x >= 0
        assert y >= 0
        black = ImageChops.invert(picture.convert("L")).getbbox()
        if black:
            assert x + black[2] <= page.width, "printed over the right edge"
            assert y + black[3] <= page.height, "printed over the lower edge"
        below = page.crop((x, y, x + picture.width, y + picture.height))
        if self._is_reverse:
            page.paste(
                ImageChops.logical_xor(below, ImageChops.invert(picture.convert("L")).convert("1")),
                (x, y),
            )
        else:
            page.paste(ImageChops.logical_and(below, picture), (x, y))


def unpacked(data: str, total: int, per_row: int) -> bytes:
    """Digits, counts, fills and repeated rows, letter by letter."""
    rows, row, count = [], "", 0
    for sign in data:
        if "G" <= sign <= "Y":
            count += ord(sign) - ord("F")
        elif "g" <= sign <= "z":
            count += 20 * (ord(sign) - ord("f"))
        elif sign in "0123456789ABCDEF":
            row += sign * (count or 1)
            count = 0
        elif sign in ",!":
            row = row.ljust(2 * per_row, "0" if sign == "," else "F")
        elif sign == ":":
            assert not row
            row = rows[-1]
        else:
            raise UnknownCommandError(sign)
        while len(row) >= 2 * per_row:
            rows.append(row[: 2 * per_row])
            row = row[2 * per_row :]
    assert not row
    made = bytes.fromhex("".join(rows))
    assert len(made) == total
    return made


def printed(stream: bytes) -> list:
    """The sheets of a stream."""
    return Printer().feed(stream)
