"""What a shipping label says in the open: two layouts, and which partner's parcels get which.

Rules kept here:
- `privacy` is for couriers whose app resolves the code on the label: the name as initials, the last
  four digits of the phone, no unit number; never more than the policy's label row shows;
- a parcel that no courier has taken yet gets the layout of couriers that are not named.

The three that `privacy` hides are those of GB/T 41833-2022, the privacy waybill.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from orderveil.core.fields import ADDRESS_LINES, Field
from orderveil.core.forms import Form


class Layout(StrEnum):
    """How much a label says in the open."""

    STANDARD = "standard"
    """What the policy's label row shows."""
    PRIVACY = "privacy"


PRIVACY_FORMS: Mapping[Field, Form] = MappingProxyType(
    {
        Field.NAME: Form.MASKED,
        Field.PHONE: Form.MASKED,
        **dict.fromkeys(ADDRESS_LINES, Form.COARSE),
    }
)


@dataclass(frozen=True, slots=True)
class Labels:
    """The policy's word on layouts; `partners` by a courier's slug."""

    layout: Layout = Layout.STANDARD
    partners: Mapping[str, Layout] = field(default_factory=dict)

    def layout_for(self, courier: str | None) -> Layout:
        """The layout of a parcel that this courier handles."""
        return self.partners.get(courier or "", self.layout)
