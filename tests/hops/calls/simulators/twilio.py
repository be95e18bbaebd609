"""Twilio's Calls resource as its documentation says (twilio.com/docs/voice/api/call-resource).

Form-encoded, HTTP Basic with account SID and auth token; To, From and Twiml; answers 201 with
`sid`; errors have `code` and `message` (20003 credentials, 21200 missing, 21211 a bad `To`).
"""

import re
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree as ET

from hops.calls.simulators.server import Provider, Received

_E164 = re.compile(r"\+[1-9]\d{6,14}")


@dataclass
class Twilio(Provider):
    """One account."""

    account: str = "AC1"
    rung: list[dict[str, str]] = field(default_factory=list)

    def answer(self, asked: Received) -> tuple[int, Any]:
        """Place a call."""
        if asked.basic != self.credentials:
            return 401, {"code": 20003, "message": "Authenticate"}
        if asked.path != f"/2010-04-01/Accounts/{self.account}/Calls.json":
            return 404, {"code": 20404, "message": "Not found"}
        form = asked.form
        if not all(form.get(name) for name in ("To", "From", "Twiml")):
            return 400, {"code": 21200, "message": "Missing"}
        if not _E164.fullmatch(form["To"]):
            return 400, {"code": 21211, "message": f"Invalid 'To' {form['To']}"}
        dial = ET.fromstring(form["Twiml"]).find("Dial")
        if dial is None or not _E164.fullmatch(dial.findtext("Number", "")):
            return 400, {"code": 21205, "message": "Bad TwiML"}
        self.rung.append(form | {"Number": dial.findtext("Number", ""), **dial.attrib})
        return 201, {"sid": f"CA{len(self.rung)}", "status": "queued"}
