"""What carriers want to know of a parcel, read from the courier's view or refused by name.

Rules kept here:
- nothing is invented: what a carrier demands and the view lacks is a refusal that names the field,
  unless the account has an option that stands in for it (weight, size, country, an e-mail address);
- a masked phone is no phone, a masked line no address: nobody can be reached by it, so it isn't
  sent;
- of items only the kind and the number are read, whatever form the view shows them in;
- money stays decimal.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import wraps
from typing import Any, Final, NoReturn

import msgspec

from orderveil.core import virtual
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.forms import Form
from orderveil.core.money import plain_decimal
from orderveil.gate.compose import View
from orderveil.hops.courier.carriers.answers import json_of
from orderveil.hops.courier.carriers.speech import Account, Ask, Done, Known, Refused, Shipment

DEFAULTS: Mapping[str, str] = {
    "weight_g": "the weight of a parcel whose order says none, in grams",
    "size_mm": "length, width and height of a parcel whose order says none: 200x150x100",
    "country": "the country of an order that says none: IN",
}
"""Options that stand in for facts, alike for all carriers."""

encode = msgspec.json.Encoder(decimal_format="number", order="deterministic").encode
"""JSON in which decimals are numbers, digit by digit as they are."""

_LEADS_NOWHERE: Final = frozenset({Form.MASKED, Form.HASHED, Form.TOKEN, Form.SENT})

_EMAIL = re.compile(r"[^\s@*<>,;]{1,64}@[^\s@*<>,;]{1,190}").fullmatch
_SIZE = re.compile(r"([0-9]{1,5})x([0-9]{1,5})x([0-9]{1,5})").fullmatch
SPELLED: Final[Mapping[str, Callable[[str], object]]] = {
    "weight_g": re.compile(r"[1-9][0-9]{0,6}").fullmatch,
    "size_mm": re.compile(r"[1-9][0-9]{0,4}(x[1-9][0-9]{0,4}){2}").fullmatch,
    "country": re.compile(r"[A-Z]{2}").fullmatch,
    "from_country": re.compile(r"[A-Z]{2}").fullmatch,
}
"""How these options are written, whichever carrier's they are."""
_EXTENSION = re.compile(r"[0-9]{0,8}").fullmatch
_WHOLE = re.compile(r"[0-9]{1,7}").fullmatch
_SIX_DIGITS = re.compile(r"[1-9][0-9]{5}").fullmatch
_INDIAN = re.compile(r"\+91([1-9][0-9]{9})").fullmatch
_INDIA: Final = frozenset({"IN", "IND", "INDIA", "BHARAT"})


@dataclass(frozen=True, slots=True)
class Dial:
    """Where the customer is reached: a number as E.164, and what is dialled after it."""

    number: str
    pin: str
    """ "phone PIN 48-29-13", "phone ext 12", or "". In pairs: six digits in a row beside an address
    are a postal PIN to whoever sorts parcels."""


@dataclass(frozen=True, slots=True)
class Goods:
    """How many things of a kind."""

    kind: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Consignment:
    """A view, asked by one carrier. What is missing raises `RefusedError`."""

    view: View
    options: Mapping[str, str]
    carrier: str
    hidden: frozenset[str] = frozenset()
    """Fields that the view shows in a form which leads to nobody."""

    def may(self, name: str) -> str:
        """A text of the view; "" if it has none that can be used."""
        value = None if name in self.hidden else self.view.fields.get(name)
        return value.strip() if isinstance(value, str) else ""

    def text(self, name: str) -> str:
        """A text that the carrier demands."""
        return self.may(name) or self._lacks(name)

    def address(self) -> str:
        """The address lines as one text."""
        lines = ", ".join(filter(None, (self.may("line1"), self.may("line2"))))
        return lines or self._lacks("line1")

    def pincode(self) -> str:
        """Six digits of an Indian PIN."""
        code = self.text("pincode")
        return code if _SIX_DIGITS(code) else self.unusable("pincode", "is no PIN of six digits")

    def country(self) -> str:
        """ISO 3166, "IN" for India however it is written."""
        country = self.may("country") or self.options.get("country", "") or self._lacks("country")
        return "IN" if country.upper() in _INDIA else country

    def is_indian(self) -> None:
        """Refuses what doesn't go to India."""
        if self.country() != "IN":
            self.unusable("country", "isn't India, and this account books parcels within India")

    def dial(self) -> Dial:
        """Where the customer is reached."""
        text = self.view.fields.get("phone")
        if not isinstance(text, str) or not text:
            self._lacks("phone")
        number, _, extension = text.partition(";ext=")
        found = virtual.read(number)
        if found is None or not _EXTENSION(extension) or "phone" in self.hidden:
            self._no_phone(masked="phone" in self.hidden or "X" in text)
        after = f"PIN {_in_pairs(found[1])}" if found[1] else f"ext {extension}"
        return Dial(found[0], f"phone {after}" if found[1] or extension else "")

    def indian_dial(self) -> Dial:
        """The same, the number as ten digits."""
        dial = self.dial()
        match = _INDIAN(dial.number)
        if match is None:
            self.unusable("phone", "is no Indian number of ten digits")
        return Dial(match[1], dial.pin)

    def email(self, option: str) -> str:
        """The alias, or the address that the account has for orders without one."""
        for address in (self.may("email"), self.options.get(option, "").strip()):
            if _EMAIL(address):
                return address
        return self._lacks("email")

    def weight_g(self) -> int:
        """Grams."""
        weight = self.view.fields.get("weight")
        if isinstance(weight, int) and weight > 0:
            return weight
        option = self.options.get("weight_g", "")
        return int(option) if _WHOLE(option) and int(option) else self._lacks("weight")

    def size_mm(self) -> tuple[int, int, int]:
        """Length, width and height in millimetres."""
        size = _plain(self.view.fields.get("dimensions"))
        if isinstance(size, dict):
            sides = tuple(size.get(name) for name in ("length_mm", "width_mm", "height_mm"))
            if all(isinstance(side, int) and side > 0 for side in sides):
                return sides  # type: ignore[return-value]
        match = _SIZE(self.options.get("size_mm", ""))
        if match is None or not all(int(side) for side in match.groups()):
            return self._lacks("dimensions")
        return int(match[1]), int(match[2]), int(match[3])

    def declared(self, currency: str) -> Decimal:
        """The declared value, which must be in this currency."""
        amounts = _plain(self.view.fields.get("amounts"))
        if not isinstance(amounts, dict):
            return self._lacks("amounts")
        value = amounts.get("declared_value", amounts.get("total"))
        return self._money("amounts", amounts.get("currency"), value, currency)

    def cod(self, currency: str) -> Decimal | None:
        """What is to be collected at the door; None if it is paid. Never for a return."""
        due = _plain(self.view.fields.get("cod_due"))
        if not isinstance(due, dict):
            return None
        return self._money("cod_due", due.get("currency"), due.get("amount"), currency)

    def goods(self) -> tuple[Goods, ...]:
        """Kinds and numbers, each kind once."""
        counts: dict[str, int] = {}
        for item in _plain(self.view.fields.get("items")) or ():
            quantity = item.get("quantity")
            if isinstance(quantity, int) and quantity > 0:
                kind = item.get("kind") or "goods"
                counts[kind] = counts.get(kind, 0) + quantity
        return tuple(Goods(*pair) for pair in counts.items()) or self._lacks("items")

    def _money(self, name: str, told: Any, value: Any, currency: str) -> Decimal:
        if told != currency:
            self.unusable(name, f"isn't in {currency}")
        plain = plain_decimal(value) if isinstance(value, str) else None
        if plain is None or plain.startswith("-"):
            self.unusable(name, "is no amount of money")
        return Decimal(plain)

    def _lacks(self, name: str) -> NoReturn:
        raise RefusedError(
            Problem(
                code="carrier_lacks_field",
                detail=f"{self.carrier} takes no parcel without {name}, and the courier's view of "
                "this order has none that can be used.",
                remedy="Mend the order, or give the account an option that stands in for it, or let"
                " the policy show it to couriers.",
                pointer=f"/fields/{name}",
                rule=f"{self.carrier}'s API",
            )
        )

    def _no_phone(self, *, masked: bool) -> NoReturn:
        what = "is masked" if masked else "is no number that can be dialled"
        raise RefusedError(
            Problem(
                code="carrier_phone_masked" if masked else "carrier_field_unusable",
                detail=f"{self.carrier} needs a phone that can be dialled, and the phone that the"
                f" courier's view shows {what}.",
                remedy="Give the brand a pool of virtual numbers; or choose a policy under which "
                "couriers are shown a number.",
                pointer="/fields/phone",
                rule=f"{self.carrier}'s API",
            )
        )

    def unusable(self, name: str, why: str) -> NoReturn:
        """Refuses the parcel for one field that this carrier can't use."""
        raise RefusedError(
            Problem(
                code="carrier_field_unusable",
                detail=f"{self.carrier} can't take this parcel: {name} {why}.",
                remedy="Mend the order, or book the parcel with another courier.",
                pointer=f"/fields/{name}",
                rule=f"{self.carrier}'s API",
            )
        )


def _in_pairs(digits: str) -> str:
    return "-".join(digits[at : at + 2] for at in range(0, len(digits), 2))


def _plain(value: Any) -> Any:
    return msgspec.to_builtins(value)


def consignment(account: Account, shipment: Shipment, carrier: str) -> Consignment:
    """What one carrier asks of a shipment; ValueError for one without its view."""
    if shipment.view is None:
        msg = "this step is made of the view"
        raise ValueError(msg)
    forms = json_of(bytes(shipment.view.forms))
    shown = forms.items() if isinstance(forms, dict) else ()
    hidden = frozenset(name for name, form in shown if form in _LEADS_NOWHERE)
    return Consignment(shipment.view, account.options, carrier, hidden)


def option(account: Account, carrier: str, name: str) -> str:
    """An option that the account must have; raises `RefusedError`."""
    value = account.options.get(name, "").strip()
    if value:
        return value
    raise RefusedError(
        Problem(
            code="carrier_option_missing",
            detail=f"The account at {carrier} has no option {name}.",
            remedy=f"Connect the account again and give {name}.",
            pointer=f"/options/{name}",
            rule=f"{carrier}'s API",
        )
    )


def known_id(known: Known, carrier: str, name: str) -> str:
    """What an earlier step got to know; raises `RefusedError`."""
    value = known.get(name)
    if value:
        return value
    raise RefusedError(
        Problem(
            code="carrier_never_booked",
            detail=f"{carrier} gave no {name} for this parcel: it wasn't booked there.",
            remedy="Look at the parcel in the carrier's panel.",
            rule="a step follows the one before it",
            status=409,
        )
    )


Make = Callable[[Account, Shipment, Known], Ask | Done]


def refusing(make: Make) -> Callable[[Account, Shipment, Known], Ask | Done | Refused]:
    """A request's maker, whose `RefusedError` is its answer."""

    @wraps(make)
    def asked(account: Account, shipment: Shipment, known: Known) -> Ask | Done | Refused:
        try:
            return make(account, shipment, known)
        except RefusedError as error:
            return Refused(error.problem)

    return asked
