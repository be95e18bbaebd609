"""What a key path says: of its value, of whom it speaks, of what.

Rules kept here:
- keys repeat from record to record, so what one says is worked out once and kept; a key that may
  be somebody's number itself is not kept;
- the last name of a path speaks first; the one above it is heard for whom the value belongs to.
"""

import re
from dataclasses import dataclass
from enum import Flag, auto

from orderveil.core.detect.context import PHONE_WORDS, KeySays, key_says, key_words, path_segments
from orderveil.core.detect.cvv import is_cvv_key
from orderveil.core.detect.vocabulary import words
from orderveil.core.scripts import fold

_MOST_KEPT = 4096
_LONGEST_KEPT = 160
_MAY_BE_DATA = re.compile(r"[@%&\\]|(?:[0-9][^A-Za-z0-9]?){6}").search
_OTHER_WORD = re.compile(r"[^\W\d_](?:[^\s\d!-/:-@\[-`{-~])*")


class Says(Flag):
    """What a key may say, several at once."""

    NOTHING = 0
    NAME = auto()
    PERHAPS_NAME = auto()
    ADDRESS = auto()
    PINCODE = auto()
    CITY = auto()
    PERSON = auto()
    BUSINESS = auto()
    PRODUCT = auto()
    AMOUNT = auto()


_NAMES = words("name names naam fullname नाम पूरा")
_WHOLE_NAMES = words(
    "firstname lastname surname fullname middlename givenname familyname customername buyername"
    " recipientname consigneename receivername contactname shiptoname billtoname shippingname"
    " billingname personname recipient consignee addressee receiver attention attn shipto billto"
    " deliverto soldto careof contactperson cardholder cardholdername nameoncard accountholder"
    " naam नाम beneficiary beneficiaryname payeename buyer customer orderedby signedby receivedby"
)
_PERSONS = words(
    "customer customers buyer recipient consignee receiver addressee shipping ship billing bill"
    " deliver contact person shopper client guest patient member payer payee cardholder beneficiary"
    " first last full middle given family nick user sur gift ग्राहक"
)
_BUYERS = words("customer customers buyer recipient consignee ग्राहक")
_BUSINESSES = words(
    "warehouse wh supplier suppliers vendor vendors store stores seller merchant company firm brand"
    " carrier courier facility depot godown hub branch location locations origin pickup shipper"
    " sender manufacturer distributor factory plant dc return returns from node site consignor"
    " importer marketer packer dealer outlet bank center centre"
)
_PRODUCTS = words(
    "product products item items title sku variant variants category description desc model colour"
    " color material style article goods collection feature features composition bullet"
    " specification keywords tags option options line lineitem hsn unit uom bundle kit component"
    " file filename status state reason event type method mode service channel currency zone rack"
    " bin shelf aisle"
)
_ADDRESSES = words(
    "address addresses addr street landmark locality area addressline streetaddress पता flat house"
    " building apartment address1 address2 line1 line2 shippingaddress billingaddress"
    " deliveryaddress fulladdress"
)
_SHIP_TO = words("shipto deliverto deliverat billto soldto sendto")
"""A name, an address, or one after the other."""

_LINES = re.compile(r"(?:address|addr|street)?_?-? ?(?:line)?_?-? ?[1-4]").fullmatch
_PINS = words("pin pincode zip zipcode postal postcode postalcode पिन पिनकोड")
_CITIES = words(
    "city town district province taluka taluk tehsil state region country शहर जिला राज्य"
)
_AMOUNTS = words(
    "amount price total subtotal tax qty quantity stock weight mrp cost count available reserved"
    " onhand balance gst cgst sgst igst length width height volume rate discount percent size"
)
_TAILS_OF_THINGS = words("id ids code codes type types status count no number hash token url ref")


_PERSONAL = Says.NAME | Says.ADDRESS | Says.PINCODE | Says.PERHAPS_NAME
_ANY_TOPIC = PHONE_WORDS | words(
    "aadhaar aadhar adhaar adhar uidai uid pan pancard gst gstin vpa upi upiid ifsc iban bhim"
    " email mail card आधार पैन"
)


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """What a key path says, worked out once."""

    path: str
    kind: KeySays
    words: frozenset[str]
    """Of the last name and the one above it, lower-case, and the last name's words together."""
    cvv: bool
    name: bool
    perhaps_name: bool
    address: bool
    pincode: bool
    city: bool
    person: bool
    business: bool
    product: bool
    amount: bool
    inert: bool
    """An identifier, a time or an amount, and nothing of a person: one token there is nobody's."""
    suspicious: bool
    """The key itself may be somebody's: it is long, or holds an `@` or many digits."""


_KEPT: dict[str, KeyFacts] = {}


def facts_of(path: str) -> KeyFacts:
    """What the key path, or JSON pointer, says."""
    facts = _KEPT.get(path)
    if facts is None:
        facts = _facts(path)
        if not facts.suspicious and len(_KEPT) < _MOST_KEPT:
            _KEPT[path] = facts
    return facts


def _facts(path: str) -> KeyFacts:
    segments = path_segments(path)
    last = _all_words(segments[-1]) if segments else []
    above = _all_words(segments[-2]) if len(segments) > 1 else []
    higher = [word for segment in segments[-5:-2] for word in _all_words(segment)]
    says = _says(segments[-1] if segments else "", last, above, higher)
    kind, cvv = key_says(path), is_cvv_key(path)
    spoken = frozenset([*last, *above, "".join(last)])
    personal = cvv or bool(says & _PERSONAL) or not _ANY_TOPIC.isdisjoint(spoken)
    return KeyFacts(
        path=path,
        kind=kind,
        words=spoken,
        cvv=cvv,
        name=Says.NAME in says,
        perhaps_name=Says.PERHAPS_NAME in says,
        address=Says.ADDRESS in says,
        pincode=Says.PINCODE in says,
        city=Says.CITY in says,
        person=Says.PERSON in says,
        business=Says.BUSINESS in says,
        product=Says.PRODUCT in says,
        amount=Says.AMOUNT in says,
        inert=not personal and (kind is KeySays.IDENTIFIER or Says.AMOUNT in says),
        suspicious=_is_suspicious(path),
    )


def _is_suspicious(path: str) -> bool:
    return bool(_MAY_BE_DATA(fold(path))) or not path.isascii() or len(path) > _LONGEST_KEPT


def _all_words(segment: str) -> list[str]:
    spoken = key_words(segment)
    return spoken if segment.isascii() else [*spoken, *_OTHER_WORD.findall(segment)]


def _says(segment: str, last: list[str], above: list[str], higher: list[str]) -> Says:
    own, near = set(last), {*last, *above}
    says = Says.NOTHING
    if not _PERSONS.isdisjoint({*near, *higher}):
        says |= Says.PERSON
    if _is_business(near, set(higher)):
        says |= Says.BUSINESS
    if not _PRODUCTS.isdisjoint(own) or (last == ["name"] and not _PRODUCTS.isdisjoint(above)):
        says |= Says.PRODUCT
    if not _AMOUNTS.isdisjoint(own):
        says |= Says.AMOUNT
    if last and last[-1] in _TAILS_OF_THINGS and own.isdisjoint(_PINS):
        return says
    return _what(segment, last, says)


def _what(segment: str, last: list[str], says: Says) -> Says:
    """What the value is, by the words of the last name."""
    whole, own = "".join(last), set(last)
    if not _PINS.isdisjoint(own) or whole in _PINS:
        return says | Says.PINCODE
    if (last and last[-1] in _NAMES) or whole in _WHOLE_NAMES or whole in _SHIP_TO:
        return says | _naming(whole, says)
    if not _ADDRESSES.isdisjoint(own) or _LINES(segment.lower()):
        return (says | Says.ADDRESS) & ~Says.PRODUCT
    if not _CITIES.isdisjoint(own):
        return says | Says.CITY
    return says if own.isdisjoint(_NAMES) else says | _naming(whole, says)


def _is_business(near: set[str], higher: set[str]) -> bool:
    """True under a warehouse's or a seller's key, not under a buyer's inside a shop's order."""
    if not _BUSINESSES.isdisjoint(near):
        return near.isdisjoint(_BUYERS)
    return not _BUSINESSES.isdisjoint(higher) and near.isdisjoint(_PERSONS)


def _naming(whole: str, says: Says) -> Says:
    if whole in _SHIP_TO and Says.BUSINESS not in says:
        return Says.NAME | Says.ADDRESS
    if whole in _WHOLE_NAMES and Says.BUSINESS not in says:
        return Says.NAME
    if says & (Says.PRODUCT | Says.BUSINESS):
        return Says.NOTHING
    return Says.NAME if says & Says.PERSON else Says.PERHAPS_NAME
