"""UPI ids, IFSCs and IBANs: where money goes.

Rules kept here:
- a UPI id is no email: its handle has no dot. A handle that its issuer has published is sure, any
  other needs a word for it;
- an IFSC names a branch, nobody;
- an IBAN is read at its country's length and must pass its check digits, whatever follows it.
"""

import re
import string
from collections.abc import Iterator

from orderveil.core.detect.checks import passes_mod97
from orderveil.core.detect.context import Span
from orderveil.core.detect.identities import compact
from orderveil.core.detect.known_accounts import BANKS, IBAN_LENGTHS, UPI_HANDLES

_VPA_SURE, _VPA_UNKNOWN = 0.9, 0.3
_IFSC_SURE, _IFSC_UNKNOWN = 0.8, 0.3
_IBAN_SURE = 0.95

_LONGEST_LOCAL = 256
_LOCAL = frozenset(string.ascii_letters + string.digits + "._-")
_HANDLE = re.compile(r"([A-Za-z][A-Za-z0-9]{1,63})(?![A-Za-z0-9_-]|\.[^\W_])")
_IFSC = re.compile(
    r"(?<![A-Za-z0-9])[A-Za-z]{4}[ -]?[0O][ -]?[A-Za-z0-9]{6}(?![A-Za-z0-9])"
    r"|(?<![A-Za-z0-9])[A-Za-z]{4}[ -]?0[0-9]{3}[ -][0-9]{3}(?![A-Za-z0-9])"
)
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}[ .-]?[0-9]{2}(?=[ .-]{0,2}[A-Za-z0-9])")
_MORE = re.compile(r"[ .-]{0,2}[A-Za-z0-9]")
_CARRIES_ON = re.compile(r"[A-Za-z0-9]")


def vpa_spans(folded: str) -> Iterator[Span]:
    """Start, end and certainty of what may be a UPI id in folded text."""
    at = folded.find("@")
    while at >= 0:
        handle = _HANDLE.match(folded, at + 1)
        start = _local_start(folded, at) if handle else at
        if handle and start < at:
            known = handle[1].lower() in UPI_HANDLES
            yield start, handle.end(), _VPA_SURE if known else _VPA_UNKNOWN
        at = folded.find("@", at + 1)


def _local_start(folded: str, at: int) -> int:
    """Where the name before `at` begins; `at` itself if there is none of two characters."""
    start = at
    while start > max(0, at - _LONGEST_LOCAL) and folded[start - 1] in _LOCAL:
        start -= 1
    while start < at and folded[start] in "._-":
        start += 1
    return start if at - start >= 2 else at


def ifsc_spans(folded: str) -> Iterator[Span]:
    """Start, end and certainty of what may be an IFSC in folded text."""
    for match in _IFSC.finditer(folded):
        code = compact(match[0])
        known = code[:4] in BANKS and code[4] == "0"
        if known or (code[4] == "0" and match[0].isupper()):
            yield *match.span(), _IFSC_SURE if known else _IFSC_UNKNOWN


def iban_spans(folded: str) -> Iterator[Span]:
    """Start, end and certainty of each IBAN in folded text."""
    for match in _IBAN.finditer(folded):
        length = IBAN_LENGTHS.get(compact(match[0])[:2])
        end = _end_of(folded, match.end(), (length or 0) - 4)
        if length and end and passes_mod97(compact(folded[match.start() : end])):
            yield match.start(), end, _IBAN_SURE


def _end_of(folded: str, at: int, count: int) -> int:
    """Where `count` more letters or digits end; 0 if they do not, or the word goes on."""
    for _ in range(count):
        more = _MORE.match(folded, at)
        if more is None:
            return 0
        at = more.end()
    return 0 if _CARRIES_ON.match(folded, at) else at
