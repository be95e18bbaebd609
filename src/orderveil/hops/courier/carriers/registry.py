"""Which carriers can be booked by their own API, by name."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from orderveil.core.errors import Problem
from orderveil.hops.courier.carriers.consignment import SPELLED
from orderveil.hops.courier.carriers.delhivery import DELHIVERY
from orderveil.hops.courier.carriers.easypost import EASYPOST
from orderveil.hops.courier.carriers.generic import GENERIC
from orderveil.hops.courier.carriers.shiprocket import SHIPROCKET
from orderveil.hops.courier.carriers.speech import Carrier

CARRIERS: Final[Mapping[str, Carrier]] = MappingProxyType(
    {carrier.name: carrier for carrier in (SHIPROCKET, DELHIVERY, EASYPOST, GENERIC)}
)


def wrong_account(
    carrier: Carrier, options: Mapping[str, str], secrets: Mapping[str, str]
) -> Problem | None:
    """What an account lacks or has too much of, by name; None if it can be used."""
    for kind, given, needed, known in (
        ("option", options, carrier.options, {*carrier.options, *carrier.defaults}),
        ("secret", secrets, carrier.secrets, {*carrier.secrets}),
    ):
        lacking = [name for name in needed if not given.get(name, "").strip()]
        if lacking:
            return _problem(carrier, f"needs the {kind} {lacking[0]}", known)
        if not given.keys() <= known:
            return _problem(carrier, f"knows no {kind} of one of these names", known)
    for name, is_spelled in SPELLED.items():
        if name in options and not is_spelled(options[name]):
            told = carrier.defaults.get(name) or carrier.options.get(name, "")
            return _problem(carrier, f"has an option {name} that can't be read: {told}", set())
    return None


def _problem(carrier: Carrier, what: str, known: set[str]) -> Problem:
    return Problem(
        code="carrier_account_wrong",
        detail=f"An account at {carrier.name} {what}.",
        remedy=f"Known: {', '.join(sorted(known))}." if known else "Write it as it says.",
        rule=f"the options and secrets of {carrier.name}",
    )
