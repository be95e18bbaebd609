"""How the detector's lists of words are written: one text, its words apart by spaces."""

import unicodedata


def words(text: str) -> frozenset[str]:
    """The words of `text`, composed (NFC)."""
    return frozenset(unicodedata.normalize("NFC", text).split())
