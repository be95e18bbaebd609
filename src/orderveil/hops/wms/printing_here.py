"""Printing at a station: on the printers that somebody chose for it, and again with a reason.

Rules kept here:
- a station prints on its own partner's printers that somebody vouches for, and on no other;
- the choice is the station's, and is remembered: whoever works there next prints there, too;
- the label is asked for in the partner's own name on the hop label; printing waits until the
  journey has given it the parcel.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from orderveil.core.devices import DeviceKind
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.hops import Hop
from orderveil.gate import law as laws
from orderveil.gate.asking import Caller
from orderveil.hops.printing import batches
from orderveil.hops.printing.kinds import Kind, PrintForm, ReprintReason
from orderveil.hops.wms.models import Station, Tote
from orderveil.hops.wms.waves import parcel_of
from orderveil.partners.devices import stands
from orderveil.partners.models import Device

LABEL_FORMS: Mapping[str, tuple[PrintForm, int]] = MappingProxyType(
    {
        "zpl203": (PrintForm.ZPL, 203),
        "zpl300": (PrintForm.ZPL, 300),
        "pdf": (PrintForm.PDF, 203),
    }
)
"""How a label printer may be spoken to."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of asking for one kind of sheet."""

    kind: Kind
    printer: str
    """Its name; "" if the station has none."""
    problem: Problem | None = None
    """Why nothing is printed."""


def device_of(caller: Caller) -> int:
    """The station that the person works on. Raises `RefusedError` where there is none."""
    if caller.device_id is None:
        raise RefusedError(_NO_STATION)
    return caller.device_id


def printers(caller: Caller, now: datetime) -> list[Device]:
    """The printers of this partner's floor that somebody vouches for."""
    found = Device.objects.filter(partner_id=caller.partner_id, kind=DeviceKind.PRINTER.value)
    return [each for each in found.order_by("name", "pk") if stands(each, now)]


def choose(
    caller: Caller, slips: int | None, labels: int | None, label_form: str, *, now: datetime
) -> None:
    """What this station prints on from now on. Raises `RefusedError` (404)."""
    known = {each.pk for each in printers(caller, now)}
    if not {slips, labels} - {None} <= known or label_form not in LABEL_FORMS:
        raise RefusedError(_NO_SUCH_PRINTER)
    told = {"slip_printer_id": slips, "label_printer_id": labels, "label_form": label_form}
    Station.objects.update_or_create(device_id=device_of(caller), defaults=told)


def print_parcel(
    caller: Caller, station: Station, tote: Tote, *, now: datetime
) -> tuple[Asked, ...]:
    """Slip and label of a parcel that was packed, as far as this station and partner print them."""
    return tuple(
        print_sheet(caller, station, tote, kind, None, now=now)
        for kind in kinds_at(caller, station)
    )


def kinds_at(caller: Caller, station: Station) -> tuple[Kind, ...]:
    """What is printed here: slips, and labels if the partner prints them."""
    law = laws.law_of(caller.brand_id)
    labels = Hop.LABEL in law.partners[caller.partner_id].hops
    return (Kind.SLIP, Kind.LABEL) if labels or station.label_printer_id else (Kind.SLIP,)


def print_sheet(
    caller: Caller,
    station: Station,
    tote: Tote,
    kind: Kind,
    reason: ReprintReason | None,
    *,
    now: datetime,
) -> Asked:
    """One sheet: once more only with a reason, which is on record; its copy's number is on it."""
    printer = station.slip_printer if kind == Kind.SLIP else station.label_printer
    if printer is None:
        return Asked(kind, "", NO_PRINTER)
    form, dpi = LABEL_FORMS[station.label_form] if kind == Kind.LABEL else (PrintForm.PDF, 203)
    made = batches.begin(
        *(caller, [parcel_of(tote)], kind, form),
        now=now,
        dpi=dpi,
        device_id=printer.pk,
        reason=reason,
    )
    problem = made if isinstance(made, Problem) else next(iter(made.refused.values()), None)
    return Asked(kind, printer.name, problem)


NO_PRINTER = Problem(
    code="no_printer",
    detail="This station has no printer for it.",
    remedy="Choose one below, then print.",
    rule="wms: a station prints on the printers chosen for it",
    status=409,
)
_NO_STATION = Problem(
    code="no_station",
    detail="This is no packing station.",
    remedy="Pack at one of the floor's registered stations.",
    rule="wms: no personal phones on the floor",
    status=403,
)
_NO_SUCH_PRINTER = Problem(
    code="no_such_printer",
    detail="Your floor has no such printer.",
    remedy="Choose one of the list; whoever manages the floor's devices registers others.",
    rule="wms: a station prints on printers of its own floor",
    status=404,
)
