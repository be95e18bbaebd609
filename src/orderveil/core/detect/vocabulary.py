"""How the detector's lists of words are written: one text, its words apart by spaces."""

import unicodedata

_COMPOSED = (
    "\u0958\u0959\u095a\u095b\u095c\u095d\u095e\u095f\u09dc\u09dd\u09df"
    "\u0a33\u0a36\u0a59\u0a5a\u0a5b\u0a5e"
)
"""Letters that NFC takes apart, and keyboards type whole."""


def words(text: str) -> frozenset[str]:
    """The words of `text`, in either spelling of the letters that have two."""
    apart = unicodedata.normalize("NFC", text)
    whole = apart
    for letter in _COMPOSED:
        whole = whole.replace(unicodedata.normalize("NFC", letter), letter)
    return frozenset(apart.split()) | frozenset(whole.split())
