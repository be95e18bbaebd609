"""Keys and labels inside a text: JSON, query strings, "Consignee: ...", each with its value.

Rules kept here:
- a value is judged under its own key, as if it were a field of its own;
- a label in prose counts only if it says something: whose name, address or thing it is;
- every search is linear in the length of the text.
"""

import re
from collections.abc import Iterator
from typing import TypeAlias

from orderveil.core.detect.keys import KeyFacts, facts_of

Pair: TypeAlias = tuple[KeyFacts, int, int]
"""What the key says, and where its value starts and ends."""

_KEY = re.compile(
    r"(?:^|(?<=[\s?&;,{(\[|]))(?:"
    r"(?P<quote>[\"'])(?P<quoted>[^\"'\\\n]{1,64})(?P=quote)\s{0,3}[:=]\s{0,3}"
    r"|(?P<plain>[^\W\d][\w.\[\]/-]{1,63})(?:\s?=\s?|:(?![\s/]))"
    r"|(?P<label>[^\s\d:=,;.&|\"'-]{2,24}(?:[ _][^\s\d:=,;.&|\"'-]{1,24}){0,3})"
    r"(?:\s?:\s|\s[-\u2013]\s)\s?)"
)
_END = re.compile(r"[;\n|]|&(?!(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,8});)")
_ENTITY_BEFORE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,8})$").search
_LONGEST_ENTITY = 12
_NAME_LABELS = dict.fromkeys(("name", "naam", "नाम"), "customer_name")
"""In a text they are people's, in a payload anything's."""

_EDGES = " \t\"'{}[](),"


def may_hold_pairs(folded: str) -> bool:
    """The cheap question before the real one."""
    return ":" in folded or "=" in folded or " - " in folded


def pairs_in(folded: str, above: str) -> list[Pair]:
    """The pairs in folded text, first to last; `above` is the key path of the text itself."""
    keys = [(match, facts) for match, facts in _keys(folded, above) if facts]
    pairs = []
    for number, (match, facts) in enumerate(keys):
        limit = keys[number + 1][0].start() if number + 1 < len(keys) else len(folded)
        start, end = match.end(), _end(folded, match, limit)
        while start < end and folded[start] in _EDGES:
            start += 1
        while start < end and folded[end - 1] in _EDGES:
            end -= 1
        if start < end:
            pairs.append((facts, start, end))
    return pairs


def _keys(folded: str, above: str) -> Iterator[tuple[re.Match[str], KeyFacts | None]]:
    for match in _KEY.finditer(folded):
        key = match["quoted"] or match["plain"]
        if key:
            yield match, facts_of(f"{above}/{key}" if above else key)
        else:
            yield match, _of_label(match["label"])


def _of_label(label: str) -> KeyFacts | None:
    facts = facts_of(_NAME_LABELS.get(label.lower()) or label.replace(" ", "_"))
    says = facts.name or facts.address or facts.business or facts.product or facts.pincode
    return facts if says else None


def _end(folded: str, match: re.Match[str], limit: int) -> int:
    """Where the value ends: at its quote, a separator, the next key."""
    start = match.end()
    quote = folded[start : start + 1]
    if quote in {'"', "'"}:
        closing = folded.find(quote, start + 1, limit)
        return closing if closing >= 0 else limit
    at = start
    while (sign := _END.search(folded, at, limit)) is not None:
        stop = sign.start()
        if folded[stop] != ";" or not _ENTITY_BEFORE(folded[max(0, stop - _LONGEST_ENTITY) : stop]):
            return stop
        at = sign.end()
    return limit
