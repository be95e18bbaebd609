"""What pages of support call things: the words for people of every code they show."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext_lazy as _

from orderveil.contacts.using import Outcome
from orderveil.core.attempts import AttemptAnswer, AttemptReason
from orderveil.core.fields import Field
from orderveil.core.forms import Form
from orderveil.core.hops import Hop
from orderveil.core.states import ParcelState
from orderveil.gate.desk.reveal import Revealable
from orderveil.gate.desk.verifying import Said
from orderveil.gate.reasons import Reason
from orderveil.gate.search import By
from orderveil.ledger.acts import ActKind
from orderveil.ledger.entries import DisclosureKind

Words = Mapping[Any, Any]

STATES: Words = MappingProxyType(
    {
        ParcelState.PLACED: _("placed"),
        ParcelState.PACKED: _("packed"),
        ParcelState.SHIPPED: _("shipped"),
        ParcelState.OUT_FOR_DELIVERY: _("out for delivery"),
        ParcelState.UNDELIVERED: _("undelivered"),
        ParcelState.DELIVERED: _("delivered"),
        ParcelState.RETURNING: _("returning"),
        ParcelState.RETURNED: _("returned"),
        ParcelState.CANCELLED: _("cancelled"),
        ParcelState.CLOSED: _("closed"),
    }
)
REASONS: Words = MappingProxyType(
    {
        Reason.DELIVERY_PROBLEM: _("Problem with the delivery"),
        Reason.ADDRESS_UNCLEAR: _("Address is unclear"),
        Reason.CALL_BACK: _("Customer asked to be called back"),
        Reason.RETURN_PICKUP: _("Pick-up of a return"),
        Reason.PAYMENT_QUESTION: _("Question about a payment"),
        Reason.SUSPECTED_FRAUD: _("Suspected fraud"),
        Reason.PRIVACY_REQUEST: _("Privacy request"),
    }
)
REVEALABLES: Words = MappingProxyType(
    {
        Revealable.PHONE: _("Phone"),
        Revealable.EMAIL: _("Email"),
        Revealable.ADDRESS: _("Address"),
    }
)
SAID: Words = MappingProxyType(
    {
        Said.PINCODE: _("PIN code"),
        Said.PHONE_END: _("Last four digits of the phone"),
        Said.EMAIL: _("Email address"),
    }
)
BY: Words = MappingProxyType(
    {
        By.PHONE: _("phone"),
        By.EMAIL: _("email"),
        By.NUMBER: _("order number"),
        By.AWB: _("tracking number"),
    }
)
HOPS: Words = MappingProxyType(
    {
        Hop.STOREFRONT: _("Storefront"),
        Hop.OMS: _("Order system"),
        Hop.IMS: _("Stock"),
        Hop.WMS: _("Warehouse"),
        Hop.LABEL: _("Label"),
        Hop.COURIER: _("Courier"),
        Hop.COMMS: _("Messages"),
        Hop.SUPPORT: _("Support"),
        Hop.MARKETING: _("Marketing"),
        Hop.REPORTS: _("Reports"),
        Hop.RETENTION: _("Retention"),
    }
)
FORMS: Words = MappingProxyType(
    {
        Form.WHOLE: _("whole"),
        Form.HASHED: _("hashed"),
        Form.SENT: _("sent by us"),
        Form.SHORT: _("short"),
        Form.MASKED: _("masked"),
        Form.COARSE: _("coarse"),
        Form.STOCK: _("stock only"),
        Form.IF_COD: _("if cash on delivery"),
        Form.VIRTUAL: _("virtual"),
        Form.TOKEN: _("token"),
        Form.ABSENT: _("withheld"),
        Form.REFUSED: _("refused"),
    }
)
FIELDS: Words = MappingProxyType(
    {
        Field.NAME: _("name"),
        Field.PHONE: _("phone"),
        Field.EMAIL: _("email"),
        Field.LINE1: _("address line 1"),
        Field.LINE2: _("address line 2"),
        Field.LANDMARK: _("landmark"),
        Field.CITY: _("city"),
        Field.STATE: _("state"),
        Field.PINCODE: _("PIN code"),
        Field.COUNTRY: _("country"),
        Field.GEO: _("position"),
        Field.BILLING_NAME: _("billing name"),
        Field.BILLING_ADDRESS: _("billing address"),
        Field.GSTIN: _("GSTIN"),
        Field.UPI: _("UPI address"),
        Field.CARD_LAST4: _("end of the card number"),
        Field.GATEWAY_REF: _("payment reference"),
        Field.IP: _("network address"),
        Field.USER_AGENT: _("browser"),
        Field.DEVICE: _("device"),
        Field.REFERRER: _("came from"),
        Field.DELIVERY_NOTE: _("delivery note"),
        Field.GIFT_MESSAGE: _("gift message"),
        Field.FREE_TEXT: _("other text"),
        Field.ORDER_NUMBER: _("order number"),
        Field.PLACED_AT: _("placed at"),
        Field.ITEMS: _("items"),
        Field.AMOUNTS: _("amounts"),
        Field.COD_DUE: _("cash on delivery"),
        Field.PAYMENT_METHOD: _("payment method"),
        Field.PARCEL_STATE: _("parcel state"),
        Field.CARRIER: _("carrier"),
        Field.AWB: _("tracking number"),
        Field.WEIGHT: _("weight"),
        Field.DIMENSIONS: _("dimensions"),
        Field.REGION: _("region"),
    }
)
HAPPENED: Words = MappingProxyType(
    {
        DisclosureKind.DISCLOSURE: _("shown"),
        DisclosureKind.BULK: _("shown in a list"),
        DisclosureKind.REVEAL: _("revealed"),
        ActKind.ORDER_ADMITTED: _("order came in"),
        ActKind.ORDERS_ADMITTED: _("order came in"),
        ActKind.ORDER_UPDATED: _("order updated"),
        ActKind.ORDER_CANCELLED: _("order cancelled"),
        ActKind.CARD_DATA_DROPPED: _("card data dropped"),
        ActKind.STATE_CHANGED: _("parcel moved on"),
        ActKind.PARCEL_ASSIGNED: _("handed to a partner"),
        ActKind.PARCEL_UNASSIGNED: _("taken back from a partner"),
        ActKind.REVERSE_OPENED: _("return opened"),
        ActKind.PRIVACY_REQUEST_RECEIVED: _("privacy request came in"),
        ActKind.ERASED: _("erased"),
        ActKind.COMPARTMENTS_ERASED: _("erased in part"),
        ActKind.CALLER_VERIFIED: _("caller verified"),
        ActKind.ADDRESS_CORRECTED: _("address corrected"),
        ActKind.ATTEMPT_REPORTED: _("delivery failed"),
        ActKind.ATTEMPT_ANSWERED: _("failed delivery answered"),
        ActKind.CANARY_MARKED: _("marked as a canary"),
        ActKind.CONTACT_USED: _("virtual contact used"),
        ActKind.CALL_PLACED: _("call to the customer"),
        ActKind.CALL_SETTLED: _("call to the customer ended"),
        ActKind.PARCEL_BOOKED: _("booked with its courier"),
    }
)
CALLED: Words = MappingProxyType(
    {
        "ringing": _("it rings"),
        "connected": _("they were connected"),
        "not_connected": _("they were not connected"),
        "not_placed": _("nobody was rung"),
        "unknown": _("whether it rang is unknown"),
    }
)
OUTCOMES: Words = MappingProxyType(
    {
        Outcome.CONNECTED: _("put through"),
        Outcome.RELAYED: _("mail handed on"),
        Outcome.ENDED: _("it had ended already"),
        Outcome.STRANGER: _("by somebody who is not allowed to"),
        Outcome.TOO_OFTEN: _("too often"),
        Outcome.NO_STANDING: _("the partner may not receive data, or not this parcel's"),
        Outcome.NOBODY: _("nobody to answer to"),
        Outcome.UNVERIFIED: _("the sender could not be verified"),
        Outcome.TOO_LARGE: _("the mail was too large"),
        Outcome.UNREADABLE: _("the mail could not be read"),
        Outcome.UNREACHABLE: _("not reached"),
        Outcome.BOUNCED: _("the mail came back"),
        Outcome.LOOP: _("a mail that went in circles"),
        Outcome.EXHAUSTED: _("no number was free"),
    }
)
ATTEMPTS: Words = MappingProxyType(
    {
        AttemptReason.CUSTOMER_UNAVAILABLE: _("Nobody was there"),
        AttemptReason.ADDRESS_INCOMPLETE: _("The address is incomplete"),
        AttemptReason.ADDRESS_WRONG: _("The address is wrong"),
        AttemptReason.PHONE_UNREACHABLE: _("Nobody answered the phone"),
        AttemptReason.CUSTOMER_ASKED_LATER: _("The customer asked for another day"),
        AttemptReason.REFUSED: _("The customer refused it"),
        AttemptReason.COD_NOT_READY: _("The money was not ready"),
        AttemptReason.OUT_OF_AREA: _("Outside the courier's area"),
        AttemptReason.PREMISES_CLOSED: _("The premises were closed"),
        AttemptReason.DAMAGED: _("The parcel is damaged"),
        AttemptReason.OTHER: _("Another reason, or none told"),
    }
)
ANSWERS: Words = MappingProxyType(
    {
        AttemptAnswer.REATTEMPT: _("to be tried again"),
        AttemptAnswer.ADDRESS_CORRECTED: _("to be tried at the corrected address"),
        AttemptAnswer.CANCEL: _("to be sent back"),
        AttemptAnswer.MOVED_ON: _("moved on unanswered"),
    }
)
WHY_NOT: Words = MappingProxyType(
    {
        "order_erased": _("erased"),
        "outside_window": _("closed"),
        "not_assigned": _("not yours"),
        "unknown_order": _("gone"),
    }
)
"""Why a row of a list shows nothing, in a word."""


def of(words: Words, code: str) -> str:
    """The words for a code; the code itself, spelled out, if there are none."""
    return str(words.get(code) or code.replace("_", " "))


def spelled_reason(text: str | None) -> str:
    """A ledger's "call_back ticket T-4711" in words; any other reason as it stands."""
    code, _ticket, ticket = (text or "").partition(" ticket ")
    return f"{REASONS[Reason(code)]}, {ticket}" if ticket and code in set(Reason) else text or ""
