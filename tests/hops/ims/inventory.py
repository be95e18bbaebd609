"""A brand with an inventory system connected, and how its partner asks."""

import json
from dataclasses import dataclass
from typing import Any

from falcon import testing

from doors import Doors
from orderveil.core.clocks import utc_now
from orderveil.core.decision import Mode
from orderveil.core.hops import Hop
from orderveil.hops.ims import upstreams
from orderveil.hops.ims.models import Upstream
from orderveil.partners import registry
from outbox.partner import PartnerServer
from scene import ME, Seat, rows

SECRET = b"the-stockroom-knows-us-by-this"
BUYER = {"sku": "A", "note": "call 90000 00001"}


@dataclass
class Inventory:
    """One partner's seat on the hop, and what it is connected to."""

    doors: Doors
    system: PartnerServer
    seat: Seat
    upstream: Upstream

    @classmethod
    def make(cls, doors: Doors, system: PartnerServer) -> "Inventory":
        seat = doors.scene.seat(Hop.IMS)
        return cls(doors, system, seat, connect(seat, system))

    def guard(self, body: Any, kind: str = "application/json", **more: Any) -> testing.Result:
        """What the guard says of a body."""
        headers = {"Content-Type": kind, **more.pop("headers", {})}
        token = more.pop("token", self.seat.token)
        path = "/v1/hops/ims/guard"
        return self.doors.call("POST", path, token=token, body=body, headers=headers, **more)

    def forward(
        self, method: str = "POST", path: str = "/api/stock", body: Any = None, **more: Any
    ) -> testing.Result:
        """What comes back through the forwarding path."""
        kind = {"Content-Type": more.pop("kind", "application/json")} if body is not None else {}
        headers = kind | more.pop("headers", {})
        token = more.pop("token", self.seat.token)
        path = f"/v1/hops/ims/forward{path}"
        return self.doors.call(method, path, token=token, body=body, headers=headers, **more)

    def observe(self, mode: Mode = Mode.OBSERVE, percent: int = 0) -> None:
        """The partner's mode, from now on."""
        registry.set_mode(self.seat.partner, mode, percent, now=utc_now())


def connect(seat: Seat, system: PartnerServer, **changes: Any) -> Upstream:
    """Connect a seat's partner to a server."""
    settings: dict[str, Any] = {
        "prefixes": ["/api"],
        "methods": list(upstreams.METHODS),
        "header": "X-Api-Key",
        "secret": SECRET,
    }
    url = changes.pop("url", None) or system.url("", name="127.0.0.1")
    told = settings | changes
    return upstreams.connect(seat.partner, url, now=utc_now(), who=ME, **told)


def acts(kind: str) -> list[dict[str, Any]]:
    """The details of every act of a kind."""
    found = rows("SELECT entry FROM ledger_entry WHERE kind = %s ORDER BY at", [kind])
    return [json.loads(bytes(entry))["detail"] for (entry,) in found]
