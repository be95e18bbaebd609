"""Does a text that people type into the ledger name somebody? A number in disguise is a number.

Rules kept here:
- a phone, an email or a card number names somebody, and so does whatever could be one; so do a
  person's PAN, GSTIN and Aadhaar number, a UPI id and an IBAN. Names and addresses don't count:
  a reason has to say what happened at which door;
- what counts is a run of digits with nothing but signs or an `x` between them: ten or more are a
  number, letters that look like digits among them (`O`, `o`, `l`, `I`);
- days, hours and sums behind their currency's sign don't count, unless an Indian mobile number
  can be read straight through them; nor do tickets, numbers of one length that begin alike;
- no pattern goes back further than a few characters: the cost is linear in the length.

Not found: words put between the digits ("98765 and 43210"), look-alikes of other scripts.
"""

import re
import unicodedata

from orderveil.core import detect
from orderveil.core.scripts import fold
from orderveil.core.spelled import spells_number

MOST_DIGITS = 9
"""A ticket has fewer digits than a phone number, whatever stands between them."""

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_JOINERS = frozenset("\u200c\u200d")
"""Hindi, among others, is spelled with them."""

_YEAR = r"(?:20)?[2-9][0-9]"
_MONTH, _DAY = r"(?:0?[1-9]|1[0-2])", r"(?:0?[1-9]|[12][0-9]|3[01])"
_DATE = rf"{_DAY}(?P<sign>[-/.]){_MONTH}(?P=sign){_YEAR}|20[0-9]{{2}}-{_MONTH}-{_DAY}"
_TIME = r"(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?"
_SUM = r"[₹$€£] ?(?:[0-9]{1,3}(?:,[0-9]{2,3}){0,2}|[0-9]{1,6})(?:\.[0-9]{2})?"
_HONEST = re.compile(rf"(?:(?<![0-9/.:,])(?:{_DATE}|{_TIME})|{_SUM})(?![0-9/:]|[.,][0-9])")
_MOBILE = re.compile(r"(?:(?:00)?91|0)?[6-9][0-9]{9}").fullmatch
_LONGEST_MOBILE = 14

_PIECE = re.compile(r"[0-9OoIl]++")
_LOOK_ALIKES = str.maketrans("OoIl", "0011")
_SIGNS = re.compile(r"[\W_xX]*+")
_ALIKE_FROM = 4
"""Shorter numbers have too little in common."""


def names_somebody(text: str) -> bool:
    """Does it hold a phone, an email or a card number, in whatever disguise?"""
    folded = fold(unicodedata.normalize("NFKC", _without_unseen(text)))
    kinds = detect.NUMBERS_OF_PEOPLE
    found = detect.find(folded, kinds=kinds) or detect.find(text, kinds=kinds)
    return bool(found) or _hides_number(folded) or spells_number(folded)


def as_read(text: str) -> str:
    """The text as readers see it: one line, single spaces, no directions and no controls."""
    return " ".join(_without_unseen(text, kept=_JOINERS).split())


def _without_unseen(text: str, *, kept: frozenset[str] = frozenset()) -> str:
    """Without what no reader sees: directions, controls, joiners. Line ends become spaces."""
    shown = (" " if char.isspace() else char for char in text)
    return "".join(c for c in shown if c in kept or unicodedata.category(c) not in _UNSEEN)


def _hides_number(text: str) -> bool:
    """Is there a run too long for a ticket, or a mobile number that pretends to be a day?"""
    through = any(_is_long(run) and _holds_mobile(run) for run in _runs(text))
    return through or any(_is_long(run) for run in _runs(_HONEST.sub("|", text)))


def _runs(text: str) -> list[list[str]]:
    """The digits between which nothing but signs stands, as they are written together."""
    runs: list[list[str]] = [[]]
    end = 0
    for piece in _PIECE.finditer(text):
        if not _is_number(piece, text):
            continue
        if not _SIGNS.fullmatch(text, end, piece.start()):
            runs.append([])
        runs[-1].append(piece[0].translate(_LOOK_ALIKES))
        end = piece.end()
    return runs


def _is_number(piece: re.Match[str], text: str) -> bool:
    """Is it digits, or look-alikes that no other letter makes a word of?"""
    if any(char.isdecimal() for char in piece[0]):
        return True
    beside = text[max(0, piece.start() - 1) : piece.start()] + text[piece.end() : piece.end() + 1]
    return not any(char.isalpha() and char not in "xX" for char in beside)


def _is_long(run: list[str]) -> bool:
    """Has it more digits than a ticket, and is no list of tickets either?"""
    return sum(map(len, run)) > MOST_DIGITS and not _are_tickets(run)


def _are_tickets(run: list[str]) -> bool:
    """Are they numbers of one length that differ in their last two digits only?"""
    lengths, heads = {len(each) for each in run}, {each[:-2] for each in run}
    return len(run) > 1 and len(lengths) == len(heads) == 1 and min(lengths) >= _ALIKE_FROM


def _holds_mobile(run: list[str]) -> bool:
    """Do some of these, read straight through, make an Indian mobile number?"""
    for first in range(len(run)):
        digits = ""
        for each in run[first : first + _LONGEST_MOBILE]:
            digits += each
            if _MOBILE(digits):
                return True
    return False
