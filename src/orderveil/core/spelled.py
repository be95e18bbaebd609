"""A number that somebody spells out in words, so that nothing finds it: "nine eight double seven".

Rules kept here:
- English and Hindi, Hindi in its own script and as people type it in Latin letters;
- what counts is a run: six digits or more, three of them as words, nothing but signs or spaces
  between them. "Ticket 471199, two parcels, one came" is none;
- every character is read once and no step is taken back, so the cost is linear in the length.

Not found: other languages, Hindi's words from eleven to ninety-nine, misspellings, homophones
("for", "ate"), letters of other scripts that look alike, words put between the digits.
"""

import re
import unicodedata
from collections.abc import Iterator

LEAST_DIGITS = 6
LEAST_WORDS = 3
"""So many are no accident, even beside a long ticket."""

_DIGITS_OF = {
    1: "zero oh o nought naught nil one two three four five six seven eight nine double"
    " twenty thirty forty fourty fifty sixty seventy eighty ninety"  # the tens: a unit follows
    " shunya shoonya sunya sifar ek do teen tin char chaar paanch panch paach chhe chhah chah cheh"
    " chhai che saat sat aath ath nau no dugna"
    " शून्य ज़ीरो जीरो एक दो तीन चार पाँच पांच पाच छह छः छे छै सात आठ नौ डबल",
    2: "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
    " triple treble das दस ट्रिपल",
}
"""How many digits a word stands for: as many as it adds to those beside it."""

_WORDS = {
    unicodedata.normalize("NFKC", word): count
    for count, words in _DIGITS_OF.items()
    for word in words.split()
}
# Marks of Devanagari belong to their letter, though they are none themselves.
_PIECES = re.compile(r"\d|(?:[^\W\d_]|[\u0900-\u0963])++")
# The longest first and atomic: of all concatenations of words, none needs a shorter one instead.
_WORD_AT = re.compile(f"(?>{'|'.join(sorted(_WORDS, key=len, reverse=True))})").match


def spells_number(text: str) -> bool:
    """Does this text hold a number of which a part is spelled out?"""
    folded = unicodedata.normalize("NFKC", text).casefold()
    words = digits = 0
    for piece in _PIECES.findall(folded):
        if piece.isdecimal():
            digits += 1
        elif "" in (found := list(words_in(piece))):
            words = digits = 0
        else:
            words += len(found)
            digits += sum(_WORDS[word] for word in found)
        if words >= LEAST_WORDS and digits >= LEAST_DIGITS:
            return True
    return False


def words_in(piece: str) -> Iterator[str]:
    """The number words that letters without a space between them consist of.

    Ends with an empty one at the first character where no word begins.
    """
    at = 0
    while at < len(piece):
        match = _WORD_AT(piece, at)
        yield match[0] if match else ""
        if match is None:
            return
        at = match.end()
