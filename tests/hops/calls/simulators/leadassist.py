"""Exotel's LeadAssist (GreenVN) as its documentation says (developer.exotel.com/api).

JSON, HTTP Basic with account and token. POST takes a connection_id once (code 18 after that), maps
both sides to a number of a small pool (code 4 when none is free for them), checks E.164, pins that
are positive integers, `usage` and the duration; GET searches and shows; DELETE puts into the vault.
The codes and the search are from memory.
"""

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from hops.calls.simulators.server import Provider, Received

_E164 = re.compile(r"\+[1-9]\d{6,14}")


@dataclass
class LeadAssist(Provider):
    """One tenant. `allocations`: by greenvn_id; `ever`: how many were made."""

    account: str = "tenant1"
    pool: tuple[str, ...] = ("+918069000001", "+918069000002")
    allocations: dict[str, dict[str, Any]] = field(default_factory=dict)
    ever: int = 0

    def answer(self, asked: Received) -> tuple[int, Any]:
        """Allocate, look, release."""
        if asked.basic != self.credentials:
            return 401, _error(401, 5, "Authentication failed")
        url = urlsplit(asked.path)
        begin = f"/v1/tenants/{self.account}/greenvn"
        if url.path == begin and asked.method == "POST":
            return self._allocate(asked)
        if url.path == begin and asked.method == "GET":
            wanted = parse_qs(url.query)["connection_id"][0]
            found = [one for one in self.alive() if one["connection_id"] == wanted]
            return 200, {"success": True, "status": 200, "code": None, "data": found}
        name = url.path.removeprefix(begin + "/")
        if asked.method == "DELETE" and name in self.allocations:
            self.allocations[name]["state"] = "vault"
            return 200, {"success": True, "status": 200, "data": self.allocations[name]}
        return 404, _error(404, 1, "Could not find the given GreenVN")

    def alive(self) -> list[dict[str, Any]]:
        return [one for one in self.allocations.values() if one["state"] == "active"]

    def _allocate(self, asked: Received) -> tuple[int, Any]:
        try:
            told = asked.json
            numbers = [*told["aparty_numbers"], *told["bparty_numbers"]]
            fine = (
                all(_E164.fullmatch(each) for each in numbers)
                and told["bparty_numbers"]
                and all(type(pin) is int and pin > 0 for pin in told["aparty_pins"])
                and told["usage"] in {"oneway", "twoway"}
                and 0 < told["deallocation_policy"]["duration"] <= 14_688_000
            )
        except (json.JSONDecodeError, KeyError, TypeError):
            fine = False
        if not fine:
            return 400, _error(400, 3, "One or more mandatory parameters not present")
        if any(one["connection_id"] == told["connection_id"] for one in self.allocations.values()):
            return 409, _error(409, 18, "Duplicate connection_id")
        used = {one["greenvn"] for one in self.alive() if one["aparty_pins"] == told["aparty_pins"]}
        free = [number for number in self.pool if number not in used]
        if not free:
            return 404, _error(404, 4, "No VN available")
        self.ever += 1
        name = f"gvn-{self.ever}"
        made = told | {"greenvn": free[0], "greenvn_id": name, "state": "active"}
        self.allocations[name] = made
        return 200, {"success": True, "status": 200, "code": None, "data": made}


def _error(status: int, code: int, message: str) -> dict[str, Any]:
    return {"success": False, "status": status, "code": code, "message": message, "data": None}
