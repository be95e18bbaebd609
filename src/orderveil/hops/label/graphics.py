"""Bits to the data of a `^GFA` field and back: hexadecimal, runs and rows abbreviated.

ZPL II Programming Guide, "Alternative Data Compression Scheme": `G` to `Y` repeat the next digit 1
to 19 times, `g` to `z` 20 to 400 times; `,` fills the row with white, `!` with black, `:` repeats
the row above. Whole bytes only stand before `,` and `!`, which is what old firmware wants.
"""

import re
from functools import lru_cache
from itertools import groupby

from PIL import Image

from orderveil.hops.label.codes import Code
from orderveil.hops.label.setting import Picture

_ONES = " GHIJKLMNOPQRSTUVWXY"
_TWENTIES = " ghijklmnopqrstuvwxyz"
_FILLS = {"0": ",", "F": "!"}
_WIDE = 32
"""Bytes: in a narrower row, a code's, runs are too short to be worth it."""

# Runs that are worth it, from a hundred digits to five; through a mark, lest the
# digit that ends one is taken for a part of the next.
_RUNS = [
    (digit * length, chr(0xE000 + 16 * n + ord(digit)), f"{letter}{digit}")
    for n, (length, letter) in enumerate(((100, "k"), (40, "h"), (20, "g"), (10, "P"), (5, "K")))
    for digit in "0F"
]
_TOKEN = re.compile(r"([G-Yg-z]+)([0-9A-F])|([0-9A-F]+)|([,!])|(:+)")


def encode(picture: Picture) -> str:
    """The data of the field, without its numbers."""
    per_row = (picture.width + 7) // 8
    rows = (picture.rows[at : at + per_row] for at in range(0, len(picture.rows), per_row))
    made = [
        _cut(row.hex().upper()) + ":" * (sum(1 for _ in same) - 1) for row, same in groupby(rows)
    ]
    if per_row < _WIDE:
        return "".join(made)
    data = "\n".join(made)  # no run goes over the end of a row
    for run, mark, _ in _RUNS:
        data = data.replace(run, mark)
    for _, mark, short in _RUNS:
        data = data.replace(mark, short)
    return data.replace("\n", "")


def field(picture: Picture) -> str:
    """The whole `^GFA` command."""
    per_row = (picture.width + 7) // 8
    total = len(picture.rows)
    return f"^GFA,{total},{total},{per_row},{encode(picture)}"


def decode(data: str, total: int, per_row: int) -> bytes:
    """The bytes that such data stands for; shorter or longer than `total` if it is damaged."""
    wide, made = 2 * per_row, ""
    for count, digit, digits, fill, again in _TOKEN.findall(data):
        if again:
            made += made[-wide:] * len(again)
        elif fill:
            made += ("0" if fill == "," else "F") * (wide - len(made) % wide)
        else:
            made += digits or digit * _count(count)
        if len(made) > 2 * total:
            break
    return bytes.fromhex(made + "0" * (len(made) % 2))


@lru_cache(2)  # a label's two codes: written, then compared with what was written
def stretched(code: Code, width: int, height: int) -> Picture:
    """A code's modules as dots: the columns as wide as they come, then each row as often."""
    modules = Image.frombytes("L", (code.columns, code.rows), code.bits.translate(_BLACK_IS_HIGH))
    wide = modules.resize((width, code.rows), Image.Resampling.NEAREST)
    bits = wide.convert("1", dither=Image.Dither.NONE).tobytes()
    per_row, often = len(bits) // code.rows, height // code.rows
    rows = (bits[at : at + per_row] * often for at in range(0, len(bits), per_row))
    return Picture(width, height, b"".join(rows))


_BLACK_IS_HIGH = bytes(range(255, -1, -1))


def _cut(row: str) -> str:
    """A row whose end is white or black, shortened."""
    filler = row[-1]
    if filler not in _FILLS:
        return row
    kept = row.rstrip(filler)
    kept += filler * (len(kept) % 2)
    return kept + _FILLS[filler] if len(kept) < len(row) else row


def _count(letters: str) -> int:
    return sum(
        _ONES.index(each) if each.isupper() else 20 * _TWENTIES.index(each) for each in letters
    )
