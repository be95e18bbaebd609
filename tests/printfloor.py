"""A press that really draws: a few lines of ZPL, or of a PDF, from the view that the gate gave.

It stands where the journey puts the hops' own; what it draws holds the buyer's name, so that tests
can look for it where it must not be.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from orderveil.core.devices import DeviceKind
from orderveil.core.errors import Problem
from orderveil.core.hops import Hop
from orderveil.gate.asking import Caller
from orderveil.gate.bulk import disclose_many
from orderveil.hops.printing import batches, presses
from orderveil.hops.printing.kinds import Kind, PrintForm
from orderveil.hops.printing.presses import Document, Drawn, Format, Press, Shown
from orderveil.partners import devices
from orderveil.partners.models import Device, Partner
from scene import Scene

BROKEN = Problem(code="no_glyph", detail="A script is missing.", remedy="Install its font.")


@dataclass
class Drawer:
    """Draws; `unable` are positions it can't draw, `breaks` is raised once if it is set."""

    unable: set[int] = field(default_factory=set)
    breaks: BaseException | None = None

    def disclose(self, caller, wanted, now):
        """What the gate gives."""
        shown = disclose_many(caller, wanted, now=now)
        if isinstance(shown, Problem):
            return shown
        return [
            each.problem if each.view is None else Shown(each.view.disclosure, each.view)
            for each in shown
        ]

    def draw(self, items: Any, style: Format) -> Drawn:
        """A document per sheet, or one of all."""
        if self.breaks is not None:
            error, self.breaks = self.breaks, None
            raise error
        failed = {sheet.position: BROKEN for sheet, _ in items if sheet.position in self.unable}
        able = [pair for pair in items if pair[0].position not in failed]
        made = [Document((sheet.position,), 1, self._paper(sheet, view)) for sheet, view in able]
        if not style.apart and made:
            data = b"".join(each.data for each in made)
            made = [Document(tuple(s.position for s, _ in able), len(able), data)]
        return Drawn(tuple(made), failed)

    def _paper(self, sheet: Any, view: Any) -> bytes:
        name = view.fields["name"]
        return f"^XA^FD{name} copy {sheet.copy_no} of {sheet.position}^FS^XZ\n".encode()


@dataclass
class Floor:
    """A scene whose partner packs and labels, with a printer, and parcels that are packed."""

    scene: Scene
    partner: Partner
    printer: Device
    token: str
    drawer: Drawer

    @classmethod
    def make(cls, slug: str = "kalanjali", **settings: Any) -> "Floor":
        """A brand with a floor; the press is filled for both kinds."""
        scene = Scene.make(slug, **settings)
        partner = scene.seat(Hop.LABEL).partner
        printer, token = cls.device(scene, partner, DeviceKind.PRINTER)
        drawer = Drawer()
        press = Press(drawer.disclose, drawer.draw, frozenset(PrintForm))
        presses.fill({Kind.LABEL: press, Kind.SLIP: press})
        return cls(scene, partner, printer, token, drawer)

    @staticmethod
    def device(
        scene: Scene, partner: Partner, kind: DeviceKind, sticker: str = "A-1"
    ) -> tuple[Device, str]:
        """A device of the floor, enrolled."""
        _made, link = devices.register(partner, f"{kind} 1", kind, sticker, now=scene.now)
        return devices.enrol(link, kind, now=scene.now + timedelta(seconds=1))

    @property
    def caller(self) -> Caller:
        """The label system of the partner, by its credential."""
        return self.scene.seat(Hop.LABEL).caller

    def parcels(self, count: int) -> list[bytes]:
        """Orders whose first parcel is packed and assigned to the partner."""
        orders = self.scene.admit_many([self.scene.draft() for _ in range(count)], assign=True)
        return [self.scene.pack(order) for order in orders]

    def begin(self, orders: list[bytes], **changes: Any) -> Any:
        """A batch of labels, for the floor's printer unless `device_id` says otherwise."""
        told: dict[str, Any] = {"device_id": self.printer.pk, "now": self.scene.now}
        return batches.begin(
            self.caller, [(each, None) for each in orders], Kind.LABEL, PrintForm.ZPL,
            **(told | changes),
        )  # fmt: skip
