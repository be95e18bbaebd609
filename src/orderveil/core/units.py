"""An address line without the unit: the way to the building, not to the door.

Rules kept here:
- what holds a digit goes, unless the word before it (or the word itself) says that it is a
  street's, a sector's or another part of the town's: "Sector 21", "3rd Cross", "NH 48";
- a word that names a unit ("Flat", "Door No", "फ्लैट") goes with what it numbers;
- when in doubt it goes: a courier's app resolves the rest.

Not found: numbers spelled out ("flat seven"), and names of houses that are numbers' only marks.
"""

import re

from orderveil.core.scripts import fold


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_NUMBER = _words("no nos num number नंबर नं क्रमांक")
_UNIT = _NUMBER | _words(
    "flat flats flt apartment apt appt unit room rm door dno house hno hse plot suite ste shop"
    " office qtr qtrs quarter quarters floor flr level cabin desk bed gate villa bungalow tenement"
    " d.no h.no f.no p.no s.no फ्लैट फ़्लैट मकान घर कमरा दुकान प्लॉट तल मंज़िल मंजिल"
)
_PLACE = _words(
    "sector sec phase block stage street st road rd lane ln cross main ward gali gully marg nagar"
    " layout circle km mile milestone nh sh highway pillar extension extn avenue ave town zone"
    " सेक्टर गली रोड मार्ग वार्ड ब्लॉक"
)
_ORDINAL = re.compile(r"[0-9]{1,3}(?:st|nd|rd|th)").fullmatch
_GLUED = re.compile(r"([^\W\d]+)[-. ]?[0-9]+[a-z]?").fullmatch
_STOREYS = frozenset({"floor", "flr", "level", "तल", "मंज़िल", "मंजिल"})
_EDGES = " .,;:#()[]'\"-/\\"
_SHORT = 3
"""Letters that a unit's mark may have: "Flat B", "Shop GF"."""
_PARTS = re.compile(r"[,;\n]+")


def without_unit(line: str) -> str:
    """ "Flat 7-B, Neelkurinji Residency" is "Neelkurinji Residency"; "" if nothing is left."""
    kept = (_part(part) for part in _PARTS.split(line))
    return ", ".join(part for part in kept if part)


def _part(part: str) -> str:
    words = part.split()
    bare = [fold(word).strip(_EDGES) for word in words]
    low = [word.lower() for word in bare]
    kept = [
        word
        for at, word in enumerate(words)
        if bare[at]
        and not (_is_unit(bare, low, at) if low[at] in _UNIT else _numbers(bare, low, at))
    ]
    return " ".join(kept).strip(" ,;:-/#")


def _is_unit(bare: list[str], low: list[str], at: int) -> bool:
    """Does this word name a unit: is there a number or a mark beside it, or another unit's word?"""
    if low[at] in _NUMBER and _before(low, at) in _PLACE:
        return False  # "Road No. 12"
    after = at + 1
    while after < len(low) and low[after] in _UNIT:
        after += 1
    numbered = after < len(low) and (_has_digit(low[after]) or _is_mark(bare[after]))
    return numbered or not low[at].isalpha() or (at > 0 and _has_digit(low[at - 1]))


def _numbers(bare: list[str], low: list[str], at: int) -> bool:
    """Does this word number a unit?"""
    before = _before(low, at)
    if _has_digit(low[at]):
        after = low[at + 1] if at + 1 < len(low) else ""
        is_of_town = bool(_ORDINAL(low[at])) and after not in _STOREYS
        return not (before in _PLACE or is_of_town or _of_town(low[at]))
    return at > 0 and low[at - 1] in _UNIT and before not in _PLACE and _is_mark(bare[at])


def _of_town(word: str) -> bool:
    """ "sector-21": both in one word."""
    match = _GLUED(word)
    return match is not None and match[1] in _PLACE


def _before(low: list[str], at: int) -> str:
    """The word before; of "Road No. 12" it is the road."""
    at -= 1
    while at >= 0 and low[at] in _NUMBER:
        at -= 1
    return low[at] if at >= 0 else ""


def _has_digit(word: str) -> bool:
    return any(char.isdigit() for char in word)


def _is_mark(word: str) -> bool:
    return word.isalpha() and word.isupper() and len(word) < _SHORT
