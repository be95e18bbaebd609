"""A number that somebody spells out in words, so that nothing finds it: "nine eight double seven".

Rules kept here:
- English and Hindi, Hindi in its own script and as people type it in Latin letters;
- what counts is a run: six digits or more, three of them as words, nothing but signs or spaces
  between them. "Ticket 471199, two parcels, one came" is none.

Not found: other languages, Hindi's words from eleven to ninety-nine, misspellings, homophones
("for", "ate"), letters of other scripts that look alike, words put between the digits.
"""

import re
import unicodedata

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
_ONE = "|".join(sorted(_WORDS, key=len, reverse=True)) + r"|\d"
_LETTER = r"[^\W\d_]"
_RUN = re.compile(rf"(?<!{_LETTER})(?:(?:{_ONE})[\W_]*)+(?!{_LETTER})")


def spells_number(text: str) -> bool:
    """Does this text hold a number of which a part is spelled out?"""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return any(_is_number(run) for run in _RUN.findall(folded))


def _is_number(run: str) -> bool:
    found = re.findall(_ONE, run)
    words = sum(one in _WORDS for one in found)
    digits = sum(_WORDS.get(one, 1) for one in found)
    return words >= LEAST_WORDS and digits >= LEAST_DIGITS
