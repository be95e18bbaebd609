"""Facts that every shop's payload has in its own spelling: currency, amounts, cash on delivery."""

import re

from orderveil.core.currencies import CURRENCIES
from orderveil.core.orders import Amounts
from orderveil.hops.storefront.reader import Reader
from orderveil.hops.storefront.refusing import refuse

_COD = re.compile(
    r"(?<![a-z])(cod|(cash|pay|payment|collect)[\s_-]*(up)?on[\s_-]*delivery)(?![a-z])",
    re.IGNORECASE,
)


def says_cod(*texts: str | None) -> bool:
    """True if one of a payment's names means cash on delivery."""
    return any(_COD.search(text) for text in texts if text)


def read_currency(reader: Reader, key: str) -> str | None:
    """An ISO 4217 code in capitals, or None. An unknown one is a refusal."""
    code = (reader.text(key) or "").upper()
    if code and code not in CURRENCIES:
        refuse(
            "unknown_currency",
            "This is not the code of a currency in use.",
            "Send the three letters of ISO 4217, such as INR.",
            pointer=reader.at(key),
            rule="ISO 4217",
        )
    return code or None


def make_amounts(
    currency: str | None,
    total: str | None,
    *,
    subtotal: str | None = None,
    shipping: str | None = None,
    tax: str | None = None,
    discount: str | None = None,
) -> Amounts | None:
    """The order's amounts; None unless the payload names both a currency and a total."""
    if currency is None or total is None:
        return None
    return Amounts(
        currency=currency,
        total=total,
        subtotal=subtotal,
        shipping=shipping,
        tax=tax,
        discount=discount,
    )


def required_id(reader: Reader, key: str) -> str:
    """The shop's own id of the order: without it there is no order."""
    return reader.code(key) or refuse(
        "missing",
        "The order has no id.",
        "Send the shop's own id of the order.",
        pointer=reader.at(key),
        rule="storefront types",
    )


def last_four(masked: str | None) -> str | None:
    """The last four digits of a card number that is masked already; None for anything else."""
    match = re.fullmatch(r"[0-9 -]{0,8}[^0-9]*[xX*•·][^0-9]*([0-9]{4})", masked or "")
    return match[1] if match else None
