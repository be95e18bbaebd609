"""People's names: under a key, behind a word that introduces them, or known ones together.

Rules kept here:
- a name alone is weak: certainty says how likely it is one, `records` decides whether it matters;
- words that introduce a name ("Dear", "s/o", "ship to") make unknown names sure;
- of known names two must stand together, and one of them be no ordinary word.
"""

import re
from collections.abc import Iterator, Sequence

from orderveil.core.detect.context import PHONE_WORDS, Span
from orderveil.core.detect.keys import KeyFacts
from orderveil.core.detect.known_names import ALSO_WORDS, FAMILY, GIVEN
from orderveil.core.detect.topics import TOPICS
from orderveil.core.detect.vocabulary import words
from orderveil.core.detect.words import (
    GREETINGS,
    HONORIFICS,
    LABELS,
    LEAD,
    MOVES,
    PLACE,
    RELATIVES,
    TOWN,
    Token,
    bits_of,
)

_BY_KEY, _BY_WEAK_KEY = 0.85, 0.2
_BY_HONORIFIC, _BY_LABEL, _BY_RELATIVE, _BY_GREETING = 0.75, 0.7, 0.75, 0.6
_BY_INTRODUCTION = 0.72
"""From here on a name may be in small letters, and unknown."""
_TOGETHER, _TOGETHER_LOW, _TOGETHER_WORDS = 0.65, 0.5, 0.4
_BESIDE_CAPITAL, _BESIDE_INITIAL, _ALONE, _ALONE_WORD = 0.4, 0.45, 0.3, 0.2
_DOUBT = 0.3
_MOST_WORDS = 4

_KNOWN = GIVEN | FAMILY
_GAP = re.compile(r"[ ]{1,2}|\. ?|['\u2019-]").fullmatch
_LABEL_GAP = re.compile(r"\s{0,2}[:=\u2013-]{1,2}\s{0,2}|\.?\s{1,2}").fullmatch
_WHOLE = re.compile(r"\s*[^\W\d_][^\d@:/_#<>{}\[\]=*+|\\]{1,79}").fullmatch
_GENERIC = words(
    "customer sir madam team guest user buyer friend all everyone test none null na unknown"
    " anonymous self owner valued walkin retail default admin support seller vendor partner"
    " there member and or the for with please from is at in on of to by a an your our my this"
    " that we you it if not order orders product item items package parcel mom dad papa mummy"
    " birthday anniversary happy love address phone mobile email gift note store shop warehouse"
    " supplier company brand number id code no details info required service care office"
    " reception security gate only then now today tomorrow before after was has had will"
)
_NOT_OF_PEOPLE = words(
    "product brand item sku file store shop company model variant warehouse supplier vendor"
    " bank display user domain host event category seller firm style colour color city state"
    " street field column business trade legal channel carrier courier"
)
_PARTICLES = frozenset({"d", "o"})
_OF_NUMBERS = PHONE_WORDS.union(*(topic.words for topic in TOPICS.values()))
_BRANDS = words(
    "coffee martens muscle oetker reddy's beckmann pepper bectors bector scholl morepen"
)


def name_spans(folded: str, tokens: Sequence[Token], facts: KeyFacts) -> Iterator[Span]:
    """Start, end and certainty of what may be a person's name in folded text."""
    if facts.name and (span := _whole(folded, tokens)):
        yield span
        return
    at = 0
    while at < len(tokens):
        last = at
        for first, certainty in _introduced(folded, tokens, at):
            low = certainty >= _BY_INTRODUCTION and folded[tokens[first][0]].islower()
            last = _run_end(folded, tokens, first, low=low)
            if last > first:
                last += not low and _goes_on_low(folded, tokens, first, last)
                doubt = _DOUBT * (
                    last - first == 1 and not _is_spoken(folded, tokens[first]) and not low
                )
                yield tokens[first][0], tokens[last - 1][1], certainty - doubt
        if last == at and tokens[at][2] in _KNOWN:
            last, span = _known_run(folded, tokens, at)
            yield span[0], span[1], span[2] + _BY_WEAK_KEY * facts.perhaps_name
        at = max(at + 1, last)


def _whole(folded: str, tokens: Sequence[Token]) -> Span | None:
    """A value that its key calls a name."""
    spoken = [token[2] for token in tokens]
    if not 1 <= len(spoken) <= 6 or not _WHOLE(folded) or _GENERIC.issuperset(spoken):
        return None
    return tokens[0][0], tokens[-1][1], _BY_KEY


def _introduced(folded: str, tokens: Sequence[Token], at: int) -> Iterator[tuple[int, float]]:
    """Where a name begins that the word at `at` introduces, and how surely."""
    if at + 1 >= len(tokens):
        return
    _, end, word = tokens[at]
    gap = folded[end : tokens[at + 1][0]]
    if word in HONORIFICS and _GAP(gap) and tokens[at + 1][2] not in _BRANDS:
        yield at + 1, _BY_HONORIFIC
    elif word in GREETINGS and (_GAP(gap) or gap == ", "):
        yield at + 1, _BY_GREETING
    elif (
        word in RELATIVES
        and gap in {"/", "/ "}
        and tokens[at + 1][2] == "o"
        and at + 2 < len(tokens)
    ):
        if _LABEL_GAP(folded[tokens[at + 1][1] : tokens[at + 2][0]]):
            yield at + 2, _BY_RELATIVE
    elif word in LABELS and (not at or tokens[at - 1][2] not in _NOT_OF_PEOPLE):
        yield from _labelled(tokens, at, gap)
    elif word in MOVES and tokens[at + 1][2] == "to" and at + 2 < len(tokens):
        colon = ":" in folded[tokens[at + 1][1] : tokens[at + 2][0]]
        yield at + 2, _BY_LABEL if colon else _BY_GREETING


def _labelled(tokens: Sequence[Token], at: int, gap: str) -> Iterator[tuple[int, float]]:
    following = at + 1
    if tokens[following][2] in {"is", "name", "हैं", "है"} and following + 1 < len(tokens):
        yield following + 1, _BY_RELATIVE
    elif _LABEL_GAP(gap):
        sign = any(char in ":=-" for char in gap) or not tokens[at][2].isascii()
        yield following, _BY_LABEL if sign else _BY_GREETING - 0.15


def _is_spoken(folded: str, token: Token) -> bool:
    return token[2] in _KNOWN or not token[2].isascii() or folded[token[0]].isupper()


def _run_end(folded: str, tokens: Sequence[Token], first: int, *, low: bool = False) -> int:
    """The token behind the name that begins with token `first`; `first` itself if there is none."""
    at = first
    while (
        at < len(tokens) and at - first < _MOST_WORDS and _may_be_name(folded, tokens[at], low=low)
    ):
        if at > first and not _GAP(folded[tokens[at - 1][1] : tokens[at][0]]):
            break
        at += 1
    while at > first and tokens[at - 1][2] in HONORIFICS:
        at -= 1
    return at


def _goes_on_low(folded: str, tokens: Sequence[Token], first: int, last: int) -> bool:
    """True if a known name in small letters goes on with a word that is none: "asha udaharan"."""
    if last - first != 1 or last >= len(tokens) or folded[tokens[first][0]].isupper():
        return False
    start, _, word = tokens[last]
    plain = word.isalpha() and word not in _GENERIC and not bits_of(word, 0)
    return plain and len(word) > 2 and folded[tokens[first][1] : start] == " "


def _may_be_name(folded: str, token: Token, *, low: bool) -> bool:
    start, end, word = token
    if len(word) == 1 and folded[start].isupper() and folded[end : end + 1] == ".":
        return True
    if word in _GENERIC or word in _OF_NUMBERS or word[0].isdigit():
        return False
    if (word in _PARTICLES and folded[end : end + 1] == "'") or folded[start - 1 : start] == "'":
        return True
    known = word in _KNOWN
    bits = PLACE | TOWN | LEAD if word.isascii() else PLACE | TOWN
    if not known and bits_of(word, 0) & bits:
        return False
    if word.isascii():
        return known or low or folded[start].isupper()
    return True


def _known_run(folded: str, tokens: Sequence[Token], at: int) -> tuple[int, Span]:
    """The known names from token `at` on: the token behind them, and the name."""
    first = at
    while first and at - first < 2 and _leads_in(folded, tokens, first):
        first -= 1
    behind = _run_end(folded, tokens, at)
    last = max(place for place in range(at, max(behind, at + 1)) if tokens[place][2] in _KNOWN)
    run = [tokens[place][2] for place in range(at, last + 1)]
    known = [word for word in run if word in _KNOWN]
    plain = [word for word in known if word not in ALSO_WORDS]
    if len(known) > 1:
        shown = folded[tokens[at][0]].isupper() or not run[0].isascii()
        certainty = _TOGETHER_WORDS if not plain else _TOGETHER if shown else _TOGETHER_LOW
    elif first < at and plain:
        certainty = _BESIDE_INITIAL if len(tokens[first][2]) == 1 else _BESIDE_CAPITAL
    elif behind > last + 1 and plain and folded[tokens[at][0]].isupper():
        certainty, last = _BESIDE_CAPITAL, last + 1
    else:
        certainty, first = (_ALONE if plain else _ALONE_WORD), at
    return last + 1, (tokens[first][0], tokens[last][1], certainty)


def _leads_in(folded: str, tokens: Sequence[Token], at: int) -> bool:
    """True if the token before `at` is an initial, or a capitalised word of the same name."""
    start, end, word = tokens[at - 1]
    return (
        bool(_GAP(folded[end : tokens[at][0]]))
        and word.isascii()
        and word.isalpha()
        and folded[start].isupper()
        and word not in _GENERIC
        and not bits_of(word, 0)
    )
