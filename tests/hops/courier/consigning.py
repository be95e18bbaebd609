"""Couriers' views of invented parcels, and a client that walks a carrier's steps over real HTTP."""

import http.client
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec

from hops.courier.simulators.serving import Simulator
from orderveil.core.orders import Dimensions
from orderveil.gate.compose import ParcelView, View
from orderveil.hops.courier.carriers.speech import (
    Account,
    Ask,
    Carrier,
    Done,
    Find,
    Found,
    Heard,
    Later,
    NotThere,
    Outcome,
    Refused,
    Shipment,
    SignedOut,
    Step,
)

AT = datetime(2026, 11, 23, 20, 30, tzinfo=UTC)
REF = "K7Q2ABCDEFGHIJKLMNOPQRSTUV-1"
ALIAS = "p-7f3k2m9q@mail.brand.example"
NUMBER, PIN = "+918047100000", "482913"
WHOLE_PHONE, WHOLE_EMAIL = "+919000000017", "tarangini.v@mail.example"

FIELDS: Mapping[str, Any] = {
    "name": "Tarangini Vallabhdas",
    "phone": f"{NUMBER}, PIN {PIN}",
    "email": ALIAS,
    "line1": "Flat 7-B, Neelkurinji Residency",
    "line2": "Third Jacaranda Street",
    "landmark": "behind the Old Clocktower",
    "city": "Bengaluru",
    "state": "Karnataka",
    "pincode": "560001",
    "country": "IN",
    "delivery_note": "Ring twice, the bell is shy",
    "order_number": "T-GEZDGNBVGY3TQOJQ",
    "items": [{"kind": "apparel", "quantity": 2}, {"kind": "books", "quantity": 1}],
    "amounts": {"currency": "INR", "declared_value": "1798.00"},
    "cod_due": {"currency": "INR", "amount": "1798.00"},
    "payment_method": "cod",
    "weight": 640,
    "dimensions": Dimensions(250, 180, 60),
}


def view(forms: bytes = b"{}", **changes: Any) -> View:
    """A courier's view, some fields changed; `...` leaves one out. `forms` as JSON."""
    fields = {name: value for name, value in (FIELDS | changes).items() if value is not ...}
    return View(
        *(REF[:-2], "courier", "deliver the parcel", "strict v1", "entry"),
        fields=fields,
        parcels=[ParcelView(REF, is_reverse=False, state="packed")],
        forms=msgspec.Raw(forms),
        withheld=msgspec.Raw(b"{}"),
    )


def shipment(*, is_reverse: bool = False, forms: bytes = b"{}", **changes: Any) -> Shipment:
    """A parcel as its courier may see it."""
    return Shipment(view(forms, **changes), REF, AT, is_reverse)


@dataclass
class Client:
    """A carrier's account, and what is known of one parcel."""

    carrier: Carrier
    simulator: Simulator
    secrets: Mapping[str, str]
    options: Mapping[str, str]
    known: dict[str, str] = field(default_factory=dict)
    token: str = ""
    deadline_seconds: float = 2.0

    @property
    def account(self) -> Account:
        return Account(self.options, self.token)

    def send(self, ask: Ask) -> Heard | None:
        """What comes back; None if nothing whole does."""
        base = urlsplit(self.simulator.url)
        line = http.client.HTTPConnection(base.hostname, base.port, timeout=self.deadline_seconds)
        try:
            line.request(ask.method, ask.path or "/", ask.body, dict(ask.headers))
            answer = line.getresponse()
            headers = {name.lower(): value for name, value in answer.getheaders()}
            return Heard(answer.status, answer.read(), headers)
        except (OSError, http.client.HTTPException):
            return None
        finally:
            line.close()

    def sign_in(self) -> Later | Refused | None:
        """Get a token; or why not."""
        ask = self.carrier.sign_in(self.secrets)
        if isinstance(ask, str):
            self.token = ask
            return None
        heard = self.send(ask)
        assert heard is not None
        told = self.carrier.read_token(heard)
        if isinstance(told, tuple):
            self.token = told[0]
            return None
        return told

    def take(self, step: Step, what: Shipment) -> Outcome | None:
        """One step; None if its answer was lost."""
        ask = step.ask(self.account, what if step.shows_view else _blind(what), self.known)
        if isinstance(ask, Done | Refused):
            return ask
        heard = self.send(ask)
        if heard is None:
            return None
        outcome = step.read(heard, self.known)
        if isinstance(outcome, Done):
            self.known |= outcome.known
        return outcome

    def find(self, find: Find) -> Found | None:
        """What the carrier says of an earlier sending."""
        heard = self.send(find.ask(self.account, REF, self.known))
        if heard is None:
            return None
        found = find.read(heard, REF, self.known)
        if isinstance(found, Done):
            self.known |= found.known
        return found

    def book(self, what: Shipment) -> Outcome:
        """All steps in turn, until one isn't done."""
        return self._walk(self.carrier.booking, what)

    def cancel(self) -> Outcome:
        """All steps of a cancellation."""
        return self._walk(self.carrier.cancelling, shipment())

    def _walk(self, steps: tuple[Step, ...], what: Shipment) -> Outcome:
        outcome: Outcome = Done({})
        for step in steps:
            done = self.take(step, what)
            assert done is not None, f"{step.name} was not answered"
            outcome = done
            if not isinstance(outcome, Done):
                break
        return outcome

    def book_whatever_comes(self, what: Shipment) -> Outcome:
        """All steps, as a careful engine takes them: never sent anew before it was looked up."""
        outcome: Outcome = Done({})
        for step in self.carrier.booking:
            outcome = self._insist(step, what)
            if isinstance(outcome, Refused):
                break
        return outcome

    def _insist(self, step: Step, what: Shipment, tries: int = 12) -> Done | Refused:
        is_unsure = False
        for _ in range(tries):
            is_looking = is_unsure and step.find is not None
            got = self.find(step.find) if is_looking and step.find else self.take(step, what)
            if isinstance(got, Done | Refused):
                return got
            if isinstance(got, SignedOut):
                self.sign_in()
            elif is_looking:
                is_unsure = not isinstance(got, NotThere)
            elif got is None or (isinstance(got, Later) and not got.is_sure):
                assert step.repeatable or step.find
                is_unsure = not step.repeatable
        raise AssertionError(f"{step.name} never came to an end")


def _blind(what: Shipment) -> Shipment:
    return Shipment(None, what.reference, what.at, what.is_reverse)
