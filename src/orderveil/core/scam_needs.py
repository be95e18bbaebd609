"""The ten scams that feed on order data, and what a caller must hold to stage each.

Rules kept here:
- a scam is lit for a hop when the hop's policy row alone gives *all* of one alternative of its
  needs: half of a pretext convinces nobody;
- what a form lets a caller know is said in one table, `WAYS`, a reason on every line;
- everything is computed from the policy, never from an order: a hop that *may* hold a value
  counts as holding it;
- two hops count together only over a value by which both can tell that they hold the same order.
  Refs, tokens, hashes and virtual numbers differ from partner to partner and join nothing.
  Guessing a match from day, amount and PIN works for small shops, and is not counted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from types import MappingProxyType
from typing import TypeAlias

from orderveil.core.fields import Field
from orderveil.core.forms import Form
from orderveil.core.hops import Hop
from orderveil.core.states import ParcelState

Cells: TypeAlias = Mapping[Field, Form]
"""A hop's row of the policy table; a field that is missing is absent."""
States: TypeAlias = frozenset[ParcelState]
"""The states of a parcel during which a hop may ask."""


class Scam(StrEnum):
    """The ten scams, in the order in which the product's founding text tells them."""

    PAYMENT_FAILURE = "payment_failure"
    PRIZE = "prize"
    DELIVERY_FEE = "delivery_fee"
    CUSTOMS = "customs"
    REFUND_OTP_QR = "refund_otp_qr"
    REMOTE_ACCESS = "remote_access"
    FAKE_CARE_NUMBER = "fake_care_number"
    PHISHING_TRACKING = "phishing_tracking"
    ACCOUNT_TAKEOVER = "account_takeover"
    BRUSHING = "brushing"


TITLE_OF: Mapping[Scam, str] = MappingProxyType(
    {
        Scam.PAYMENT_FAILURE: "Payment-failure call",
        Scam.PRIZE: "Prize / lucky draw",
        Scam.DELIVERY_FEE: "Delivery-failure fee",
        Scam.CUSTOMS: "Customs / parcel held",
        Scam.REFUND_OTP_QR: "Refund OTP / QR",
        Scam.REMOTE_ACCESS: "Remote-access scam",
        Scam.FAKE_CARE_NUMBER: "Fake care number",
        Scam.PHISHING_TRACKING: "Phishing tracking link",
        Scam.ACCOUNT_TAKEOVER: "Account takeover",
        Scam.BRUSHING: "Brushing",
    }
)
"""What people call it."""


class Known(StrEnum):
    """One thing a caller can know, as a scam needs it."""

    ORDER_ID = "order_id"
    AMOUNT = "amount"
    PHONE = "phone"
    EMAIL = "email"
    ORDER_DETAILS = "order_details"
    ORDER_HISTORY = "order_history"
    TRACKING_STATUS = "tracking_status"
    IN_TRANSIT = "in_transit"
    AWB = "awb"
    REFUND_STATE = "refund_state"
    NAMES_AND_ADDRESSES = "names_and_addresses"
    NO_PUBLISHED_CHANNEL = "no_published_channel"


def _all(*atoms: Known) -> frozenset[Known]:
    return frozenset(atoms)


NEEDS: Mapping[Scam, tuple[frozenset[Known], ...]] = MappingProxyType(
    {
        Scam.PAYMENT_FAILURE: (_all(Known.ORDER_ID, Known.AMOUNT, Known.PHONE),),
        Scam.PRIZE: (_all(Known.ORDER_HISTORY, Known.PHONE),),
        Scam.DELIVERY_FEE: (_all(Known.TRACKING_STATUS, Known.PHONE),),
        Scam.CUSTOMS: (_all(Known.IN_TRANSIT, Known.PHONE),),
        Scam.REFUND_OTP_QR: (_all(Known.ORDER_DETAILS, Known.PHONE),),
        Scam.REMOTE_ACCESS: (_all(Known.ORDER_DETAILS, Known.REFUND_STATE, Known.PHONE),),
        # The buyer makes the call: no number of theirs is needed, only that ours can't be found.
        Scam.FAKE_CARE_NUMBER: (_all(Known.ORDER_DETAILS, Known.NO_PUBLISHED_CHANNEL),),
        # A tracking link is made from the AWB, so the AWB stands for both.
        Scam.PHISHING_TRACKING: (_all(Known.AWB, Known.PHONE), _all(Known.AWB, Known.EMAIL)),
        Scam.ACCOUNT_TAKEOVER: (_all(Known.EMAIL), _all(Known.PHONE)),
        Scam.BRUSHING: (_all(Known.NAMES_AND_ADDRESSES),),
    }
)
"""For each scam its alternatives; each is a set that must be known *together*."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to come to know `atom`: every field in one of its forms, in one of the states."""

    atom: Known
    forms: Mapping[Field, frozenset[Form]]
    why: str
    states: States = frozenset()
    """Empty: in any state. Otherwise the hop must be able to ask in one of these."""


_WHOLE = frozenset({Form.WHOLE})
_SAYABLE = frozenset({Form.WHOLE, Form.COARSE})
_DUE = frozenset({Form.WHOLE, Form.IF_COD})
_ADDRESSEE = frozenset({Form.WHOLE, Form.SHORT})
_MOVING = frozenset({ParcelState.SHIPPED, ParcelState.OUT_FOR_DELIVERY})

WAYS: tuple[Way, ...] = (
    Way(
        Known.PHONE,
        {Field.PHONE: _WHOLE},
        "only a whole number can be dialled: a hash is keyed with a key that never leaves us, a "
        "virtual number dies with the parcel, `sent` never leaves our sending code, and a masked "
        "number tells nothing to dial",
    ),
    Way(
        Known.EMAIL,
        {Field.EMAIL: _WHOLE},
        "only a whole address can be written to: hash, alias, `sent` and mask as for the phone",
    ),
    Way(
        Known.ORDER_ID,
        {Field.ORDER_NUMBER: _WHOLE},
        "the customer recognises the number the shop gave; a ref or token means nothing to them",
    ),
    Way(
        Known.AMOUNT,
        {Field.AMOUNTS: _SAYABLE},
        "a declared value is the amount that was paid, or near enough to sound right",
    ),
    Way(Known.AMOUNT, {Field.COD_DUE: _DUE}, "what is due at the door is the amount"),
    Way(
        Known.ORDER_DETAILS,
        {Field.ITEMS: _SAYABLE, Field.ORDER_NUMBER: _WHOLE},
        "what was bought under which number; an item without the number is anybody's parcel",
    ),
    Way(
        Known.ORDER_HISTORY,
        {Field.ITEMS: _SAYABLE},
        "even the kind of thing bought sounds authentic; an SKU and a quantity do not",
    ),
    Way(
        Known.TRACKING_STATUS,
        {Field.AWB: _WHOLE},
        "anyone can look an AWB up at the carrier's public page",
    ),
    Way(
        Known.TRACKING_STATUS,
        {Field.PARCEL_STATE: _WHOLE, Field.CARRIER: _WHOLE},
        "the state and the carrier's name are the status as the customer sees it",
    ),
    Way(Known.IN_TRANSIT, {Field.AWB: _WHOLE}, "the carrier's public page says that it moves"),
    Way(
        Known.IN_TRANSIT,
        {Field.PARCEL_STATE: _WHOLE},
        "the state says so itself, to a hop that may ask while the parcel moves",
        states=_MOVING,
    ),
    Way(Known.AWB, {Field.AWB: _WHOLE}, "the number that a tracking page asks for"),
    Way(
        Known.REFUND_STATE,
        {Field.AMOUNTS: _WHOLE, Field.PAYMENT_METHOD: _DUE},
        "how it was paid and how much is what a refund is made of",
    ),
    Way(
        Known.NAMES_AND_ADDRESSES,
        {Field.NAME: _ADDRESSEE, Field.LINE1: _WHOLE},
        "a parcel arrives with a first name and a door; a hop sees many",
    ),
    Way(
        Known.NAMES_AND_ADDRESSES,
        {Field.BILLING_NAME: _ADDRESSEE, Field.BILLING_ADDRESS: _WHOLE},
        "a bill is sent to a name and a door too",
    ),
)

JOINS: tuple[Mapping[Field, frozenset[Form]], ...] = (
    {Field.ORDER_NUMBER: _WHOLE},
    {Field.AWB: _WHOLE},
    {Field.PHONE: _WHOLE},
    {Field.EMAIL: _WHOLE},
    {Field.LINE1: _WHOLE, Field.NAME: _ADDRESSEE},
)
"""What both of two hops must hold, in one of these forms, to see that an order is the same."""


def _holds(rows: tuple[Cells, ...], wanted: Mapping[Field, frozenset[Form]]) -> bool:
    return all(
        any(row.get(field, Form.ABSENT) in forms for row in rows) for field, forms in wanted.items()
    )


def _knows(
    rows: tuple[Cells, ...], states_seen: States, *, published_channel: bool
) -> frozenset[Known]:
    atoms = {
        way.atom
        for way in WAYS
        if _holds(rows, way.forms) and (not way.states or way.states & states_seen)
    }
    if not published_channel:
        atoms.add(Known.NO_PUBLISHED_CHANNEL)
    return frozenset(atoms)


def known(cells: Cells, *, states_seen: States, published_channel: bool) -> frozenset[Known]:
    """What a hop whose policy row is `cells` knows.

    `states_seen` are the states during which it may ask; `published_channel` is whether the brand
    publishes a verified way to reach it, which is the same for every hop.
    """
    return _knows((cells,), states_seen, published_channel=published_channel)


def lit(atoms: frozenset[Known]) -> frozenset[Scam]:
    """The scams that `atoms` suffice to stage."""
    return frozenset(s for s, needs in NEEDS.items() if any(need <= atoms for need in needs))


def joinable(a_cells: Cells, b_cells: Cells) -> bool:
    """True if two hops in collusion can tell, by a value both hold, that an order is the same."""
    return any(_holds((a_cells,), join) and _holds((b_cells,), join) for join in JOINS)


@dataclass(frozen=True, slots=True)
class Holder:
    """One hop as the scams see it: its policy row and the states during which it may ask."""

    cells: Cells
    states_seen: States = frozenset()


def lit_together(a: Holder, b: Holder, *, published_channel: bool) -> frozenset[Scam]:
    """The scams two colluding hops can stage: each alone, and, if they can join, both as one.

    As one they know more than the two lists end to end: items here and the order's number there
    are order details.
    """
    alone = lit(known(a.cells, states_seen=a.states_seen, published_channel=published_channel))
    alone |= lit(known(b.cells, states_seen=b.states_seen, published_channel=published_channel))
    if not joinable(a.cells, b.cells):
        return alone
    states = a.states_seen | b.states_seen
    return lit(_knows((a.cells, b.cells), states, published_channel=published_channel))


def _holders(table: Mapping[Hop, Cells], states_seen: Mapping[Hop, States]) -> dict[Hop, Holder]:
    return {hop: Holder(table.get(hop, {}), states_seen.get(hop, frozenset())) for hop in Hop}


def stageable(
    table: Mapping[Hop, Cells],
    *,
    states_seen: Mapping[Hop, States],
    published_channel: bool,
) -> frozenset[tuple[Scam, Hop]]:
    """Every (scam, hop) where the hop alone holds enough. Its size is the headline's number."""
    return frozenset(
        (scam, hop)
        for hop, one in _holders(table, states_seen).items()
        for scam in lit(
            known(one.cells, states_seen=one.states_seen, published_channel=published_channel)
        )
    )


def stageable_together(
    table: Mapping[Hop, Cells],
    *,
    states_seen: Mapping[Hop, States],
    published_channel: bool,
) -> frozenset[tuple[Scam, Hop, Hop]]:
    """Every scam that two hops stage together and neither alone, the pair in the road's order."""
    alone = stageable(table, states_seen=states_seen, published_channel=published_channel)
    holders = _holders(table, states_seen)
    return frozenset(
        (scam, a, b)
        for a, b in combinations(Hop, 2)
        for scam in lit_together(holders[a], holders[b], published_channel=published_channel)
        if (scam, a) not in alone and (scam, b) not in alone
    )
