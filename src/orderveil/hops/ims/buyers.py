"""Which keys name a buyer, whatever stands under them.

Rules kept here:
- a key is read as its words, in any spelling: `shipToName`, `SHIP_TO_NAME`, full-width letters,
  letters of other scripts that look the same, Hindi in either script, the usual abbreviations;
- every name from the top down speaks: what stands under `customer` is the customer's;
- under a warehouse's, a supplier's or another firm's key only words for a buyer speak: an address
  there is the firm's. What is a person's number there is found by its value;
- how many customers returned something names nobody: a quantity under such a key is one.
"""

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

from orderveil.core.detect.context import path_segments
from orderveil.core.detect.keys import facts_of
from orderveil.core.detect.vocabulary import words
from orderveil.core.scripts import fold

BUYER: Mapping[str, str] = MappingProxyType(
    {
        "buyer": "customer customers cust custs buyer buyers consignee consignees recipient"
        " recipients addressee receiver shopper purchaser cardholder customerid custid custno"
        " custcode customerno buyerid userid shipto billto deliverto soldto shpto consigneeid"
        " orderedby placedby giftfrom giftto ग्राहक खरीदार ख़रीदार क्रेता प्राप्तकर्ता grahak graahak"
        " kharidar kharidaar praptkarta",
        "name": "firstname lastname surname givenname familyname fullname middlename fname lname"
        " mname cname custname customername buyername personname contactname contactperson"
        " nameofcustomer ग्राहकनाम",
    }
)
"""Words, and words written together, that name a buyer under any key."""

PERSONAL: Mapping[str, str] = MappingProxyType(
    {
        "phone": "phone phones phoneno phonenumber mobile mobiles mobileno mobilenumber mob mobno"
        " tel telephone telno cell cellphone cellno whatsapp whatsappno msisdn ph phno contactno"
        " contactnumber landline फोन फ़ोन मोबाइल मोबाईल दूरभाष mobail fon",
        "email": "email emails emailid emailaddress eml mailid ईमेल ई-मेल imel",
        "address": "address addresses addr addrs addressline streetaddress street landmark pincode"
        " pin zip zipcode postcode postalcode postal houseno flatno doorno पता पते पिनकोड पिन pata"
        " geolocation latlng latlong",
        "vpa": "upi vpa upiid",
        "card": "cardno cardnumber ccnumber ccno pannumberofcard cvv cvc cardlast4",
        "aadhaar": "aadhaar aadhar adhaar aadhaarno aadharno uidai आधार",
        "pan": "panno pannumber pancard",
        "browsing": "ipaddress useragent deviceid",
    }
)
"""Words that name what is a person's, unless the key is a firm's."""

_SENDINGS = words("shipping billing delivery ship bill deliver shipment invoice डिलीवरी शिपिंग")
_OF_SENDINGS = words(
    "name to contact person city town state district country area locality line line1 line2"
    " company first last attention attn नाम शहर राज्य"
)
_OF_THINGS = frozenset({"mac", "bin", "web", "memory", "return", "url", "node", "pallet"})
"""An address of these is no place."""
_COUNTED = words(
    "qty quantity count counts total returns returned return orders demand backorder backorders"
    " reserved allocated units stock sold sales rate share percent segment tier type"
)
_MOST_COUNTED = 7
_SEPARATE = re.compile(
    r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W\d_A-Za-z](?:[^\s\d!-/:-@\[-`{-~])*"
)
_LOOKALIKES = str.maketrans(
    "аАвВсСԁеЕёЁһНіІїјЈкКӏмМоОрРѕЅтТуУѵхХԝαΑβΒεΕηιΙκΚΜνΝοΟρΡτΤυΥχΧ",
    "aABBcCdeEeEhHiIijJkKlmMoOpPsStTyYvxXwaABBeEniIkKMvNoOpPtTuYxX",
)
_MOST_KEPT = 8192
_LONGEST_KEPT = 160
_kept: dict[str, str | None] = {}


def words_of(name: str) -> list[str]:
    """The words of a key, lower-case."""
    plain = fold(unicodedata.normalize("NFKC", name)).translate(_LOOKALIKES)
    return [_same(word) for word in _SEPARATE.findall(plain)]


def _same(word: str) -> str:
    return unicodedata.normalize("NFC", word.casefold())


def _listed(table: Mapping[str, str]) -> Mapping[str, str]:
    return MappingProxyType({_same(w): kind for kind, row in table.items() for w in row.split()})


_BUYER, _PERSONAL = _listed(BUYER), _listed(PERSONAL)


def named_by(path: str) -> str | None:
    """What a key path says its value is of a buyer's: a kind; None if it says no such thing."""
    if path in _kept:
        return _kept[path]
    said = _named_by(path)
    if len(path) <= _LONGEST_KEPT and len(_kept) < _MOST_KEPT and not facts_of(path).suspicious:
        _kept[path] = said
    return said


def _named_by(path: str) -> str | None:
    names = [words_of(segment) for segment in path_segments(path)]
    is_firms = facts_of(path).business
    for at, own in enumerate(names):
        kind = _listed_kind(own, _BUYER)
        if kind is None and not is_firms and _OF_THINGS.isdisjoint(own):
            kind = _listed_kind(own, _PERSONAL) or _of_sending(own, names[:at])
        if kind is not None:
            return kind
    return None


def _listed_kind(own: list[str], table: Mapping[str, str]) -> str | None:
    """By a word, or by two or three that stand together: `ship_to`, `flat no`."""
    for size in (3, 2, 1):
        for start in range(len(own) - size + 1):
            kind = table.get("".join(own[start : start + size]))
            if kind is not None:
                return kind
    return None


def _of_sending(own: list[str], above: list[list[str]]) -> str | None:
    """Where something is sent, or billed: `shipping_city`, and `city` under `delivery`."""
    spoken = {*own, "".join(own)}
    if spoken.isdisjoint(_OF_SENDINGS):
        return None
    near = {*own, *(word for each in above for word in each)}
    return None if near.isdisjoint(_SENDINGS) else "buyer"


def is_listed(name: str) -> bool:
    """True for a key that is made of words of these tables alone, in any script."""
    spoken = words_of(name)
    return bool(spoken) and all(word in _BUYER or word in _PERSONAL for word in spoken)


def is_counted(path: str, value: str) -> bool:
    """True for how many: `customer_returns` is 4."""
    digits = value.lstrip("-").replace(".", "", 1)
    is_small = digits.isascii() and digits.isdigit() and len(digits) <= _MOST_COUNTED
    last = path.rpartition("/")[2]
    return is_small and not _COUNTED.isdisjoint(words_of(last))
