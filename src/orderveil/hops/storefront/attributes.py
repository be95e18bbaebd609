"""Key-value lists that shops let anyone extend: each entry finds its field by key and value.

`note_attributes` and `properties` (Shopify), `meta_data` (WooCommerce). What is not recognised is
personal free text, because people write names, phones and addresses into such fields.
"""

import re
from collections.abc import Mapping

from orderveil.core.fields import Field
from orderveil.hops.storefront.found import Found

_GSTIN = re.compile(r"[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][0-9A-Z]Z[0-9A-Z]")
_UPI = re.compile(r"[A-Za-z0-9._-]{2,256}@[A-Za-z][A-Za-z0-9]{1,63}")
"""A virtual payment address: unlike an email's, its right side has no dot."""

_FIELD_OF_WORD: Mapping[str, Field] = {
    "gift": Field.GIFT_MESSAGE,
    "उपहार": Field.GIFT_MESSAGE,
    "landmark": Field.LANDMARK,
    "razorpay": Field.GATEWAY_REF,
    "payment id": Field.GATEWAY_REF,
    "transaction": Field.GATEWAY_REF,
    "txn": Field.GATEWAY_REF,
    "deliver": Field.DELIVERY_NOTE,
    "डिलीवरी": Field.DELIVERY_NOTE,
    "instruction": Field.DELIVERY_NOTE,
    "courier": Field.DELIVERY_NOTE,
    "user agent": Field.USER_AGENT,
    "referrer": Field.REFERRER,
    "device type": Field.DEVICE,
}
_SAYS_NO_MORE = re.compile(r"message|note|instruction|landmark")
"""A key with one of these words only names its field; any other is kept beside the value."""

_PROSE = frozenset({Field.GIFT_MESSAGE, Field.DELIVERY_NOTE, Field.FREE_TEXT})


def looks_like_gstin(value: str) -> bool:
    """True if the value has the shape of an Indian GST registration number."""
    return bool(_GSTIN.fullmatch(value.replace(" ", "").upper()))


def sort_attribute(found: Found, key: str, value: str, pointer: str) -> bool:
    """Put one attribute where it belongs; `pointer` is where the payload has it.

    Returns whether the key was kept too.
    """
    field = _field(key, value)
    if field not in _PROSE and found.get(field) not in {None, value}:
        field = Field.FREE_TEXT
    if field not in _PROSE:
        found.put(field, value)
        return False
    alone = field is not Field.FREE_TEXT and _SAYS_NO_MORE.search(key.casefold())
    found.add_line(field, value if alone or not key else f"{key}: {value}", pointer)
    return not alone


def _field(key: str, value: str) -> Field:
    if looks_like_gstin(value):
        return Field.GSTIN
    if _UPI.fullmatch(value):
        return Field.UPI
    words = re.sub(r"[\s_-]+", " ", key.casefold())
    for word, field in _FIELD_OF_WORD.items():
        if word in words:
            return field
    return Field.FREE_TEXT
