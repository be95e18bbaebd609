"""Shiprocket: signing in, what an account needs, and its tracking webhook.

apidocs.shiprocket.in: "Authentication API", "Webhooks", "Shipment Status Codes". The webhook bears
a token of the panel's as `x-api-key` and is not signed; its times are Indian.
"""

import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from orderveil.core.attempts import AttemptReason
from orderveil.core.errors import Problem
from orderveil.core.states import ParcelState as S
from orderveil.hops.courier.carriers import answers
from orderveil.hops.courier.carriers.answers import dig, id_of, json_of, listed, word_of
from orderveil.hops.courier.carriers.consignment import DEFAULTS, encode
from orderveil.hops.courier.carriers.reasons import reason_of
from orderveil.hops.courier.carriers.shiprocket_booking import BOOKING, CANCELLING, NAME, V1
from orderveil.hops.courier.carriers.speech import Ask, Heard, Later, Refused, Scan, Step

_TOKEN_SECONDS: Final = 240 * 60 * 60

STATES: Final[Mapping[str, S]] = {
    **dict.fromkeys(("6", "18", "22", "38", "39", "42", "50", "51", "54", "55"), S.SHIPPED),
    "17": S.OUT_FOR_DELIVERY,
    "21": S.UNDELIVERED,
    "77": S.UNDELIVERED,
    "7": S.DELIVERED,
    **dict.fromkeys(("9", "14", "40", "41", "46", "75", "78"), S.RETURNING),
    "10": S.RETURNED,
    **dict.fromkeys(("8", "45"), S.CANCELLED),
}
"""Its shipment status codes ("Shipment Status Codes"). Lost, destroyed and damaged have no state
here."""


def _scan(awb: str, code: Any, words: str, inner: str, at: datetime | None) -> Scan | None:
    number = word_of(code)
    if at is None or not number.isdecimal():
        return None
    state = STATES.get(number)
    reason = reason_of(inner, words) if state is S.UNDELIVERED else ""
    if number == "77" and not reason:
        reason = AttemptReason.CUSTOMER_UNAVAILABLE
    return Scan(awb, state, at, answers.code_of(number), reason)


OPTIONS: Final = {"pickup_location": "the name of a pickup address in the account's panel"}
MORE: Final = {
    **DEFAULTS,
    "email": "an address of the brand's own, for orders whose view has no alias",
    "courier_id": "the courier to use; Shiprocket chooses if there is none",
    "channel_id": "the sales channel that orders are put under",
    **{
        f"return_{name}": f"where returns are brought: {name.replace('_', ' ')}"
        for name in ("customer_name", "address", "city", "state", "pincode", "phone")
    },
}


class Shiprocket:
    """Shiprocket's API, v1 external."""

    name: str = "shiprocket"
    base_url: str = "https://apiv2.shiprocket.in"
    demands_email: bool = True
    options: Mapping[str, str] = OPTIONS
    defaults: Mapping[str, str] = MORE
    secrets: tuple[str, ...] = ("email", "password")
    booking: tuple[Step, ...] = BOOKING
    cancelling: tuple[Step, ...] = CANCELLING

    def sign_in(self, secrets: Mapping[str, str]) -> Ask | str:
        """An API user's e-mail and password buy a token."""
        body = {name: secrets.get(name, "") for name in self.secrets}
        headers = {"Content-Type": "application/json"}
        return Ask("POST", f"{V1}/auth/login", encode(body), headers)

    def read_token(self, heard: Heard, /) -> tuple[str, int] | Later | Refused:
        """Good for ten days."""
        said = answers.trouble(heard)
        if isinstance(said, Later):
            return said
        token = answers.token_of(dig(json_of(heard.body), "token"))
        if heard.status == 200:
            return (token, _TOKEN_SECONDS) if token else answers.UNREADABLE
        return answers.refused(
            *(NAME, "carrier_sign_in_refused", f"{NAME} did not let the account sign in."),
            "Connect the account again with the e-mail and password of an API user.",
        )

    def is_genuine(
        self, _body: bytes, headers: Mapping[str, str], secret: bytes, _now: datetime, /
    ) -> bool:
        """It sends the token that was set in its panel as `x-api-key`; it signs nothing."""
        told = headers.get("x-api-key", "").encode(errors="replace")
        return bool(secret) and hmac.compare_digest(told, secret)

    def scans(self, body: bytes) -> list[Scan] | Problem:
        """The latest status, and the scans before it."""
        facts = json_of(body)
        awb = id_of(dig(facts, "awb"))
        if awb is None:
            return answers.NO_SCANS
        found = [
            _scan(
                awb,
                dig(one, "sr-status"),
                word_of(dig(one, "activity")),
                word_of(dig(one, "status")),
                answers.moment_of(dig(one, "date")),
            )
            for one in listed(dig(facts, "scans"))[: answers.MOST_SCANS]
        ]
        now = answers.moment_of(dig(facts, "current_timestamp"), "%d %m %Y %H:%M:%S")
        current = dig(facts, "shipment_status_id")
        found.append(_scan(awb, current, word_of(dig(facts, "current_status")), "", now))
        return answers.in_order(found)


SHIPROCKET: Final = Shiprocket()
