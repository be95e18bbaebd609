"""What a message says: who wrote it, its subject and its words. Everything else is counted.

Rules kept here:
- from text/plain, else from text/html made plain; nothing else of a message is ever looked at;
- it names one sender, or it is not read: two From lines are two stories;
- only charsets that cost what they are long are decoded; what they can't hold becomes U+FFFD.
"""

import base64
import binascii
import hashlib
import quopri
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from orderveil.core.scripts import clean
from orderveil.hops.mail.parts import MOST_RECEIVED, Part, parsed_header, take_apart
from orderveil.hops.mail.plain import plain_of

LONGEST_TEXT: Final = 60_000
LONGEST_SUBJECT: Final = 1_000
RELAY_MARK: Final = "X-Orderveil-Relay"

_CHARSETS = re.compile(
    r"utf-?8|us-ascii|ascii|utf-16(?:le|be)?|iso-?8859-(?:[1-9]|1[013-6])|latin-?1"
    r"|windows-125[0-8]|cp125[0-8]|koi8-[ru]|gb2312|gbk|gb18030|big5|shift_jis|euc-(?:jp|kr)"
    r"|iso-2022-jp|tis-620",
    re.IGNORECASE,
).fullmatch
_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+"
    r"[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]"
).fullmatch
_LONGEST_ADDRESS = 254
_AUTOMATIC = frozenset({"bulk", "list", "junk", "auto_reply"})
_MOST_BASE64 = 4 * LONGEST_TEXT * 4
"""Bytes of a text part that are decoded: four a character, and their encoding's share."""


class UnreadableError(Exception):
    """It names no sender, or several: nobody can be told who wrote it."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message, as far as it is ever looked at."""

    sender: str = field(repr=False)
    """The From address: lower case, ASCII."""
    subject: str = field(repr=False)
    text: str = field(repr=False)
    attachments: int
    is_cut: bool
    """The text was longer than LONGEST_TEXT."""
    digest: bytes
    """Of its Message-ID, or of all of it if it has none."""
    is_automatic: bool
    """A list's or a machine's: never answered by any mail."""
    is_answer_of_machine: bool
    """An auto-reply or a delivery report: never sent on."""
    is_loop: bool

    @property
    def domain(self) -> str:
        """The sender's domain."""
        return self.sender.rpartition("@")[2]


def read_letter(raw: bytes) -> Letter:
    """The letter in a message. Raises `TooMuchError` or `UnreadableError`."""
    message = take_apart(raw)
    sender = sender_of(message)
    leaves = list(_words(message))
    chosen = [leaf for leaf in leaves if leaf.is_text]
    text = "\n\n".join(filter(None, (_text_of(leaf.part) for leaf in chosen)))
    return Letter(
        sender=sender,
        subject=_subject(message),
        text=_shortened(text),
        attachments=sum(not leaf.is_text for leaf in leaves),
        is_cut=len(text) > LONGEST_TEXT,
        digest=_digest(message, raw),
        is_automatic=is_automatic(message),
        is_answer_of_machine=is_answer_of_machine(message),
        is_loop=len(message.all("received")) > MOST_RECEIVED
        or bool(message.all(RELAY_MARK.lower())),
    )


def sender_of(message: Part) -> str:
    """The one From address; raises `UnreadableError`."""
    values = message.all("from")
    if len(values) != 1:
        raise UnreadableError
    parsed = parsed_header("from", values[0])
    addresses: Sequence[Any] = getattr(parsed, "addresses", ())
    if len(addresses) != 1:
        raise UnreadableError
    address = plain_address(addresses[0].addr_spec)
    if address is None:
        raise UnreadableError
    return address


def plain_address(text: str) -> str | None:
    """An address without quotes, comments and routes, in lower case; None for any other."""
    return text.lower() if len(text) <= _LONGEST_ADDRESS and _ADDRESS(text) else None


def is_automatic(message: Part) -> bool:
    """Written by a machine or for many (RFC 3834 2): whoever answers it makes a storm."""
    told = _submitted(message)
    return (
        told not in {"", "no"}
        or message.first("precedence").strip().lower() in _AUTOMATIC
        or bool(message.all("list-id") or message.all("list-unsubscribe"))
        or is_answer_of_machine(message)
    )


def is_answer_of_machine(message: Part) -> bool:
    """An absence note or a delivery report (RFC 3834 5, RFC 3464)."""
    told = _submitted(message)
    return (
        told in {"auto-replied", "auto-notified"}
        or message.first("precedence").strip().lower() == "auto_reply"
        or bool(message.all("x-autoreply") or message.all("x-autorespond"))
        or message.kind == "multipart/report"
        or message.first("return-path") == "<>"
    )


def _shortened(text: str) -> str:
    """Its beginning, up to the end of a line: half an address would not be known for one."""
    if len(text) <= LONGEST_TEXT:
        return text
    head = text[:LONGEST_TEXT]
    return head.rpartition("\n")[0] or head.rpartition(" ")[0]


def _submitted(message: Part) -> str:
    """The word of Auto-Submitted (RFC 3834 5), without parameters and comments."""
    words = re.split(r"[;(\s]+", message.first("auto-submitted").strip().lower())
    return words[0]


def _digest(message: Part, raw: bytes) -> bytes:
    named = message.first("message-id").strip()
    return hashlib.sha256(b"id:" + named.encode() if named else b"all:" + raw).digest()


def _subject(message: Part) -> str:
    parsed = parsed_header("subject", message.first("subject"))
    return clean("" if parsed is None else str(parsed))[:LONGEST_SUBJECT]


@dataclass(frozen=True, slots=True)
class _Leaf:
    part: Part
    is_text: bool


def _words(part: Part) -> Iterator[_Leaf]:
    """The message's leaves; of an alternative the plainest one that is text, and no other."""
    if not part.children:
        is_text = part.kind in {"text/plain", "text/html"} and part.disposition != "attachment"
        yield _Leaf(part, is_text and not part.parameter("name"))
        return
    children = [list(_words(child)) for child in part.children]
    if part.kind != "multipart/alternative":
        for leaves in children:
            yield from leaves
        return
    best = min(children, key=_plainness)
    yield from best
    for leaves in children:
        if leaves is not best:
            yield from (leaf for leaf in leaves if not leaf.is_text)


def _plainness(leaves: list[_Leaf]) -> int:
    kinds = {leaf.part.kind for leaf in leaves if leaf.is_text}
    return 0 if "text/plain" in kinds else 1 if kinds else 2


def _text_of(part: Part) -> str:
    charset = part.parameter("charset")
    raw = _decoded(part.body[:_MOST_BASE64], part.first("content-transfer-encoding").lower())
    text = raw.decode(charset if _CHARSETS(charset) else "utf-8", "replace")
    return plain_of(text) if part.kind == "text/html" else text.replace("\r\n", "\n").strip()


def _decoded(body: bytes, encoding: str) -> bytes:
    if encoding.startswith("base64"):
        letters = re.sub(rb"[^A-Za-z0-9+/]", b"", body)
        try:
            return base64.b64decode(letters[: len(letters) // 4 * 4] + _rest(letters))
        except binascii.Error:
            return b""
    return quopri.decodestring(body) if encoding.startswith("quoted-printable") else body


def _rest(letters: bytes) -> bytes:
    """The last group with its padding; a single letter stands for nothing."""
    rest = letters[len(letters) // 4 * 4 :]
    return rest + b"=" * (4 - len(rest)) if len(rest) > 1 else b""
