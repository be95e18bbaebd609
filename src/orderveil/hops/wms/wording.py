"""The words of the floor, for people."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext_lazy as _

from orderveil.hops.wms.station import Said
from orderveil.hops.wms.waves import Dropped

Words = Mapping[Any, Any]

DROPPED: Words = MappingProxyType(
    {
        Dropped.CANCELLED: _("cancelled: put its items back"),
        Dropped.GONE: _("erased, or another warehouse's: put its items back"),
        Dropped.MOVED_ON: _("packed or sent elsewhere"),
        Dropped.WAVE_ENDED: _("not packed: it waits for the next wave"),
    }
)
SAID: Words = MappingProxyType(
    {
        Said.OPENED: _("Scan each item as you put it in."),
        Said.COUNTED: _("%(item)s is in. Still to come: %(left)s."),
        Said.PACKED: _("Packed. Scan the next tote."),
        Said.UNKNOWN: _("UNKNOWN CODE. It is no tote, item, parcel or label of this warehouse."),
        Said.SCAN_A_TOTE: _("SCAN A TOTE FIRST. No parcel is open at this station."),
        Said.WRONG_ITEM: _("WRONG ITEM: %(item)s. It does not belong in this parcel. Take it out."),
        Said.ENOUGH: _("ONE TOO MANY: %(item)s. All of it is in already. Take this one out."),
        Said.ALREADY_PACKED: _("ALREADY PACKED. This parcel is done."),
        Said.CANCELLED: _("CANCELLED. Do not pack this parcel: put its items back."),
        Said.GONE: _("NOT YOURS ANY MORE. Do not pack this parcel: put its items back."),
        Said.WAVE_ENDED: _("THIS WAVE WAS ENDED. Its parcels wait for a new wave."),
        Said.REFUSED: _("NOT SHOWN."),
    }
)
GOOD = frozenset({Said.OPENED, Said.COUNTED, Said.PACKED})
LABELS: Words = MappingProxyType(
    {
        "zpl203": "ZPL, 203 dpi",
        "zpl300": "ZPL, 300 dpi",
        "pdf": "PDF",
    }
)
