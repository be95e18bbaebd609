"""The words of printing, for people."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext_lazy as _

from orderveil.hops.printing.kinds import Kind, ReprintReason, Seen

Words = Mapping[Any, Any]

KINDS: Words = MappingProxyType({Kind.SLIP: _("Packing slip"), Kind.LABEL: _("Shipping label")})
REASONS: Words = MappingProxyType(
    {
        ReprintReason.DAMAGED: _("it was damaged"),
        ReprintReason.JAMMED: _("the printer jammed"),
        ReprintReason.LOST: _("it was lost"),
        ReprintReason.UNREADABLE: _("it can't be read"),
        ReprintReason.ADDRESS_CORRECTED: _("the address was corrected"),
        ReprintReason.WRONG_PRINTER: _("it came out of the wrong printer"),
        ReprintReason.IN_DOUBT: _("nobody knows whether it was printed"),
    }
)
SEEN: Words = MappingProxyType(
    {
        Seen.IN_HAND: _("I hold it in my hand"),
        Seen.ON_PARCEL: _("it is on its parcel"),
        Seen.DESTROYED: _("it was printed, and destroyed"),
    }
)
