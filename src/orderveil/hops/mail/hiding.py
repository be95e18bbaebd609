"""Taking out of a text whatever leads to somebody: phones, addresses, and above all the two known.

Rules kept here:
- every phone number and every e-mail address goes, whosever it is, but for the alias itself;
- the addresses of the two who write are looked for in disguise too: broken over lines, quoted,
  percent-encoded, in hex, in base64 (as tracking links carry them);
- a line that spells a number out in words goes whole;
- what somebody is determined to write around ("tarangini at mail dot example") can't be found.
"""

import base64
import re
from collections.abc import Collection, Iterator
from typing import Final

from orderveil.core.redaction import WITHHELD_MARK, redact
from orderveil.core.spelled import spells_number

_BETWEEN: Final = r"[\s>|\u00ad\u200b-\u200d\u2060\ufeff]*"
"""What a quotation or a broken line puts between two characters; none of it is in an address."""
_RUN = re.compile(r"[A-Za-z0-9+/_-]{12,}")
_HEX = re.compile(r"[0-9A-Fa-f]{12,}")


def withheld(text: str, *, alias: str, known: Collection[str]) -> str:
    """The text without what leads to somebody. `known`: the addresses of the two, lower case."""
    alias = alias.lower()
    for address in sorted(known, key=len, reverse=True):
        if address != alias:
            text = _without(text, address)
    told = [address.encode() for address in known if address != alias]
    text = _RUN.sub(lambda run: _uncoded(run[0], told), text)
    shown = redact(
        text,
        lambda _phone: WITHHELD_MARK,
        lambda email: email if email == alias else WITHHELD_MARK,
    )
    return "\n".join(WITHHELD_MARK if spells_number(line) else line for line in shown.split("\n"))


def _without(text: str, address: str) -> str:
    spelled = _BETWEEN.join(_spelled(char) for char in address)
    return re.sub(spelled, WITHHELD_MARK, text, flags=re.IGNORECASE)


def _uncoded(run: str, known: Collection[bytes]) -> str:
    """A run of letters and digits, unless it is hex or base64 of one of these addresses."""
    held = any(address in shown for shown in _decoded(run) for address in known)
    return WITHHELD_MARK if held else run


def _decoded(run: str) -> Iterator[bytes]:
    """What the run stands for, in lower case, wherever in it a group may begin."""
    for shift in range(2):
        digits = _HEX.match(run, shift)
        if digits is not None:
            yield bytes.fromhex(digits[0][: len(digits[0]) // 2 * 2]).lower()
    plain = run.replace("-", "+").replace("_", "/")
    for shift in range(4):
        whole = (len(run) - shift) // 4 * 4
        yield base64.b64decode(plain[shift : shift + whole]).lower()
        left = plain[shift + whole :]
        if len(left) > 1:  # the last bytes, whose group is not full
            yield base64.b64decode(plain[shift:] + "=" * (4 - len(left))).lower()


def _spelled(char: str) -> str:
    """A character, or its escape in a URL, in HTML or in quoted-printable."""
    code = ord(char)
    return rf"(?:{re.escape(char)}|%{code:02x}|=\r?\n?{code:02x}|&#0*{code};|&#x0*{code:x};)"
