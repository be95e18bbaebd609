"""Which hop may move a parcel from which state to which.

Rules kept here:
- a hop never opens its own window: the states in which the courier may ask begin at `packed`,
  and only the warehouse (or the shop) moves a parcel there;
- `delivered`, `returned`, `cancelled` and `closed` are never left by the hop whose window ended
  there, so an access that closed stays closed;
- a return is a new, reverse parcel with a window of its own.
"""

from collections.abc import Mapping
from types import MappingProxyType

from orderveil.core.hops import Hop
from orderveil.core.states import ParcelState as S

_SHIP_ROAD = {
    S.PACKED: {S.SHIPPED},
    S.SHIPPED: {S.OUT_FOR_DELIVERY, S.UNDELIVERED, S.DELIVERED, S.RETURNING},
    S.OUT_FOR_DELIVERY: {S.UNDELIVERED, S.DELIVERED, S.RETURNING},
    S.UNDELIVERED: {S.OUT_FOR_DELIVERY, S.DELIVERED, S.RETURNING},
    # A carrier that was told to turn back may have delivered it after all.
    S.RETURNING: {S.RETURNED, S.DELIVERED},
}
_SHOP_ROAD = {
    S.PLACED: {S.PACKED, S.SHIPPED, S.DELIVERED, S.CANCELLED},
    S.PACKED: {S.SHIPPED, S.DELIVERED, S.CANCELLED},
    S.SHIPPED: {S.OUT_FOR_DELIVERY, S.UNDELIVERED, S.DELIVERED},
    S.OUT_FOR_DELIVERY: {S.UNDELIVERED, S.DELIVERED},
    S.UNDELIVERED: {S.OUT_FOR_DELIVERY, S.DELIVERED},
}
_OMS_ROAD = {
    S.PLACED: {S.CANCELLED},
    S.PACKED: {S.CANCELLED},
    S.RETURNING: {S.RETURNED},
    S.DELIVERED: {S.CLOSED},
    S.RETURNED: {S.CLOSED},
    S.CANCELLED: {S.CLOSED},
}

ROADS: Mapping[Hop, Mapping[S, set[S]]] = MappingProxyType(
    {
        Hop.STOREFRONT: _SHOP_ROAD,
        Hop.OMS: _OMS_ROAD,
        Hop.WMS: {S.PLACED: {S.PACKED}, S.RETURNING: {S.RETURNED}},
        Hop.COURIER: _SHIP_ROAD,
    }
)

MAY_ASSIGN = frozenset({Hop.OMS})
MAY_OPEN_REVERSE = frozenset({Hop.OMS, Hop.SUPPORT})

ENDED = frozenset({S.DELIVERED, S.RETURNED, S.CANCELLED, S.CLOSED})


def may_move(hop: Hop, before: S, after: S) -> bool:
    """True if this hop may move a parcel from `before` to `after`."""
    return after in ROADS.get(hop, {}).get(before, ())


def movers(before: S, after: S) -> tuple[Hop, ...]:
    """The hops that may make this move, in the order of the road: what a refusal names."""
    return tuple(hop for hop in Hop if may_move(hop, before, after))
