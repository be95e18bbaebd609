"""The vocabulary of an order: personal fields, their compartments, and facts.

Rules kept here:
- every value of an order has exactly one name, and it is a member of `Field`;
- a personal field belongs to one compartment, and is sealed with it;
- what has no compartment is a fact: stored as it is, yet governed by the policy table too.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Compartment(StrEnum):
    """A group of personal fields that is sealed, opened and shredded together."""

    IDENTITY = "identity"
    CONTACT = "contact"
    ADDRESS = "address"
    BILLING = "billing"
    PAYMENT = "payment"
    BROWSING = "browsing"
    NOTES = "notes"


class Field(StrEnum):
    """Everything an order can say, personal or not."""

    NAME = "name"
    PHONE = "phone"
    EMAIL = "email"
    LINE1 = "line1"
    LINE2 = "line2"
    LANDMARK = "landmark"
    CITY = "city"
    STATE = "state"
    PINCODE = "pincode"
    COUNTRY = "country"
    GEO = "geo"
    BILLING_NAME = "billing_name"
    BILLING_ADDRESS = "billing_address"
    GSTIN = "gstin"
    UPI = "upi"
    CARD_LAST4 = "card_last4"
    GATEWAY_REF = "gateway_ref"
    IP = "ip"
    USER_AGENT = "user_agent"
    DEVICE = "device"
    REFERRER = "referrer"
    DELIVERY_NOTE = "delivery_note"
    GIFT_MESSAGE = "gift_message"
    FREE_TEXT = "free_text"

    ORDER_NUMBER = "order_number"
    PLACED_AT = "placed_at"
    ITEMS = "items"
    AMOUNTS = "amounts"
    COD_DUE = "cod_due"
    PAYMENT_METHOD = "payment_method"
    PARCEL_STATE = "parcel_state"
    CARRIER = "carrier"
    AWB = "awb"
    WEIGHT = "weight"
    DIMENSIONS = "dimensions"
    REGION = "region"


FIELDS_OF: Mapping[Compartment, tuple[Field, ...]] = MappingProxyType(
    {
        Compartment.IDENTITY: (Field.NAME,),
        Compartment.CONTACT: (Field.PHONE, Field.EMAIL),
        Compartment.ADDRESS: (
            Field.LINE1,
            Field.LINE2,
            Field.LANDMARK,
            Field.CITY,
            Field.STATE,
            Field.PINCODE,
            Field.COUNTRY,
            Field.GEO,
        ),
        Compartment.BILLING: (Field.BILLING_NAME, Field.BILLING_ADDRESS, Field.GSTIN),
        Compartment.PAYMENT: (Field.UPI, Field.CARD_LAST4, Field.GATEWAY_REF),
        Compartment.BROWSING: (Field.IP, Field.USER_AGENT, Field.DEVICE, Field.REFERRER),
        Compartment.NOTES: (Field.DELIVERY_NOTE, Field.GIFT_MESSAGE, Field.FREE_TEXT),
    }
)

COMPARTMENT_OF: Mapping[Field, Compartment] = MappingProxyType(
    {field: compartment for compartment, fields in FIELDS_OF.items() for field in fields}
)

PERSONAL = frozenset(COMPARTMENT_OF)
FACTS = frozenset(Field) - PERSONAL

ADDRESS_LINES = frozenset({Field.LINE1, Field.LINE2, Field.LANDMARK})
PROSE = ADDRESS_LINES | frozenset(FIELDS_OF[Compartment.NOTES]) | {Field.BILLING_ADDRESS}
"""Fields people type sentences into: phones and emails found there take their own field's form."""
