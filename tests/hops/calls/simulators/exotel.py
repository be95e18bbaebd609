"""Exotel's Calls/connect as its documentation says (developer.exotel.com, "Connect Two Numbers").

Form-encoded, HTTP Basic with key and token; From, To and CallerId are mandatory; answers 200 with
`Call.Sid`; errors are a `RestException` with Status and Message (whose text names the number).
From memory: 401 for wrong credentials, 400 for what is missing.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from hops.calls.simulators.server import Provider, Received

_E164 = re.compile(r"\+[1-9]\d{6,14}")


@dataclass
class Exotel(Provider):
    """One account. `rung`: the calls that were placed, as their forms."""

    account: str = "brandsid1"
    rung: list[dict[str, str]] = field(default_factory=list)
    blocked: set[str] = field(default_factory=set)
    """Numbers that may not be called (NDNC)."""

    def answer(self, asked: Received) -> tuple[int, Any]:
        """Connect."""
        if asked.basic != self.credentials:
            return 401, _refused(401, "Authentication failed")
        if asked.path != f"/v1/Accounts/{self.account}/Calls/connect.json":
            return 404, _refused(404, "No such resource")
        form = asked.form
        for name in ("From", "To", "CallerId"):
            if not _E164.fullmatch(form.get(name, "")):
                return 400, _refused(400, f"Mandatory parameter missing: {name}")
        if int(form.get("TimeLimit", "0")) > 14_400 or form.get("CallType") != "trans":
            return 400, _refused(400, "Invalid parameter")
        if form["To"] in self.blocked:
            return 403, _refused(403, f"Call to {form['To']} cannot be made: TRAI NDNC regulations")
        self.rung.append(form)
        return 200, {"Call": {"Sid": f"sid{len(self.rung)}", "Status": "in-progress"}}


def _refused(status: int, message: str) -> dict[str, Any]:
    return {"RestException": {"Status": status, "Message": message}}


def ended(form: dict[str, str], *, agent: str, customer: str | None) -> dict[str, Any]:
    """What the `terminal` event tells as JSON. Numbers and durations come along."""
    legs = [{"OnCallDuration": 12, "Status": agent}]
    if customer is not None:
        legs.append({"OnCallDuration": 9, "Status": customer})
    return {
        "CallSid": "sid1",
        "EventType": "terminal",
        "Status": agent,
        "From": form["From"],
        "To": form["To"],
        "ConversationDuration": 9,
        "Legs": legs,
    }
