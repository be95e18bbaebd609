"""What an inventory message may hold: keys, and what a value under each looks like, as ONE table.

Rules kept here:
- a value that has its key's shape is fine, and nothing more is asked of it; any other value is
  looked at by the detector;
- no shape holds ten digits that could be a phone's, an `@`, or a sentence;
- a key is known if each of its words stands in one row of the table (`qty_on_hand`, `binCode`).
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from orderveil.core.detect.keys import facts_of
from orderveil.hops.ims.buyers import words_of
from orderveil.hops.ims.reading import Field

Fits = Callable[[str], bool]


def _matching(pattern: str) -> Fits:
    compiled = re.compile(pattern, re.ASCII)
    return lambda text: compiled.fullmatch(text) is not None


_code = _matching(r"[A-Za-z0-9](?:[A-Za-z0-9._/#:+-]{0,62}[A-Za-z0-9#])?")
_number = _matching(r"[+-]?[0-9]{1,8}(?:\.[0-9]{1,6})? ?[A-Za-z%]{0,6}")
_money = _matching(r"(?:[A-Z]{3} ?)?-?[0-9]{1,9}(?:\.[0-9]{1,4})?(?: ?[A-Z]{3})?")
_size = _matching(
    r"[0-9]{1,6}(?:\.[0-9]{1,3})?(?: ?[xX*] ?[0-9]{1,6}(?:\.[0-9]{1,3})?){1,2} ?[a-z]{0,4}"
)
_moment = _matching(
    r"(?:19|20)[0-9]{2}-[01][0-9](?:-[0-3][0-9](?:[T ][0-2][0-9]:[0-5][0-9](?::[0-6][0-9]"
    r"(?:[.,][0-9]{1,9})?)?(?:Z|[+-][0-2][0-9]:?[0-5][0-9])?)?)?"
    r"|[0-3]?[0-9]/[0-3]?[0-9]/(?:20)?[0-9]{2}|1[0-9]{9}|1[0-9]{12}"
)
_word = _matching(r"[A-Za-z][A-Za-z_-]{0,31}(?: [A-Za-z]{1,16}){0,2}[0-9]{0,3}")
_currency = _matching(r"[A-Za-z]{3}")
_hsn = _matching(r"[0-9]{4}(?:\.?[0-9]{2}){0,2}")
_digits = re.compile(r"[0-9]")
_MOST_DIGITS = 9


def _is_code(text: str) -> bool:
    return _code(text) and len(_digits.findall(text)) <= _MOST_DIGITS


def _is_number(text: str) -> bool:
    return _number(text) or _size(text)


def _is_barcode(text: str) -> bool:
    """A GTIN with its check digit (GS1 General Specifications 7.9); an Indian phone is none."""
    if not (text.isascii() and text.isdigit() and len(text) in {8, 12, 13, 14}):
        return False
    if len(text) == 12 and text.startswith("91") and text[2] in "6789":
        return False
    total = sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(reversed(text)))
    return total % 10 == 0


_NUMBERS = (
    "qty quantity quantities on hand onhand reserved available allocated committed incoming inbound"
    " outgoing outbound in out transit stock level count counted total physical virtual safety"
    " buffer min max minimum maximum reorder point damaged sellable unsellable balance change delta"
    " adjustment adjusted ordered received shipped backorder backordered pack packs size unit units"
    " per case cases box carton pallet weight gross net tare length width height depth volume mm cm"
    " m kg g gram grams ml l days lead time cycle line sequence page pages limit offset version"
    " priority customer returns returned demand expected free dimensions index row percent"
)
_CODES = (
    "sku skus id ids code no number ref reference variant product item stock keeping unit warehouse"
    " wh location bin batch lot serial supplier vendor manufacturer po purchase order so grn asn"
    " transfer movement shipment category style colour color size group key external internal line"
    " parent kit bundle hsn sac uom zone rack aisle shelf position store site facility channel"
    " brand model document request correlation message event count user picker wave pick slot"
)
_MONEYS = (
    "mrp cost price landed selling list unit purchase standard average amount tax value rate"
    " gst cgst sgst igst cess duty freight total currency discount"
)
_MOMENTS = (
    "at on date time timestamp expiry expires expiration expire exp mfg mfd manufactured"
    " manufacturing made created updated modified received counted best before valid until"
    " from to since due last next sync synced as of effective shelf life packed changed"
    " arrival arrives eta released reserved"
)
_WORDS = (
    "status state type reason code uom unit of measure units kind mode channel event action"
    " source operation condition grade level direction result warehouse location bin zone"
    " store site category size colour color method priority temperature dimension"
)

TABLE: Mapping[str, tuple[str, Fits]] = MappingProxyType(
    {
        "number": (_NUMBERS, _is_number),
        "code": (_CODES, _is_code),
        "money": (_MONEYS, _money),
        "moment": (_MOMENTS, _moment),
        "word": (_WORDS, _word),
        "currency": ("currency code iso price cost", _currency),
        "hsn": ("hsn sac code", _hsn),
        "barcode": ("ean ean13 ean8 upc gtin gtin13 gtin14 barcode isbn code number", _is_barcode),
    }
)
"""Row -> the words that its keys are made of, and what a value looks like."""

_ROWS = tuple((frozenset(row.split()), fits) for row, fits in TABLE.values())
_MOST_KEPT = 8192
_LONGEST_KEPT = 160
_kept: dict[str, tuple[Fits, ...]] = {}
_MOST_PLAIN = 100_000


def is_fine(field: Field) -> bool:
    """True if the value is what an inventory message holds under that key."""
    value = field.value
    if value is None or value == "":
        return True
    if isinstance(value, int) and -_MOST_PLAIN < value < _MOST_PLAIN:
        return True
    text = str(value)
    for fits in _fits_of(field.path):  # noqa: SIM110 - any() makes a generator, a million times
        if fits(text):
            return True
    return False


def _fits_of(path: str) -> tuple[Fits, ...]:
    found = _kept.get(path)
    if found is None:
        words = set(words_of(path.rpartition("/")[2]))
        found = tuple(fits for known, fits in _ROWS if words and words <= known)
        keeps = len(path) <= _LONGEST_KEPT and len(_kept) < _MOST_KEPT
        if keeps and not facts_of(path).suspicious:
            _kept[path] = found
    return found
