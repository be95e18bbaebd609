"""What an alert can be, and the sentence that says it. No value of an order is ever in one.

The sentence is made from the alert's own numbers when it is shown, so that it is in the reader's
language; mails and webhooks are in English.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext, gettext_noop


class AlertKind(StrEnum):
    """What looks wrong."""

    UNUSUAL_REVEALS = "unusual_reveals"
    UNUSUAL_VIEWS = "unusual_views"
    UNLIKE_COLLEAGUES = "unlike_colleagues"
    MANY_REFUSALS = "many_refusals"
    FAILED_SIGN_INS = "failed_sign_ins"
    NEW_NETWORK = "new_network"
    CANARY_SEEN = "canary_seen"
    PAPER_DIFFERS = "paper_differs"
    PURGE_OVERDUE = "purge_overdue"
    COURIER_STOPPED = "courier_stopped"


class Severity(StrEnum):
    """How soon somebody should look."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


RANK = {Severity.LOW: 0, Severity.MEDIUM: 1, Severity.HIGH: 2}


class State(StrEnum):
    """Does it still wait for somebody?"""

    OPEN = "open"
    CLOSED = "closed"


class Outcome(StrEnum):
    """What it was."""

    EXPLAINED = "explained"
    INCIDENT = "incident"
    FALSE_ALARM = "false_alarm"


class Way(StrEnum):
    """How people are told, beside the desk itself."""

    MAIL = "mail"
    WEBHOOK = "webhook"


class What(StrEnum):
    """What is counted by the hour."""

    REVEALS = "reveals"
    VIEWS = "views"
    REFUSALS = "refusals"
    FAILED_SIGN_INS = "failed_sign_ins"


TITLES: Mapping[AlertKind, str] = MappingProxyType(
    {
        AlertKind.UNUSUAL_REVEALS: gettext_noop("Unusually many reveals"),
        AlertKind.UNUSUAL_VIEWS: gettext_noop("Unusually many views"),
        AlertKind.UNLIKE_COLLEAGUES: gettext_noop("Always more than colleagues"),
        AlertKind.MANY_REFUSALS: gettext_noop("Many refusals"),
        AlertKind.FAILED_SIGN_INS: gettext_noop("Many failed sign-ins"),
        AlertKind.NEW_NETWORK: gettext_noop("Used from a new network"),
        AlertKind.CANARY_SEEN: gettext_noop("A canary order was opened"),
        AlertKind.PAPER_DIFFERS: gettext_noop("Paper and ledger do not agree"),
        AlertKind.PURGE_OVERDUE: gettext_noop("A partner has not confirmed that it deleted"),
        AlertKind.COURIER_STOPPED: gettext_noop("A courier was stopped"),
    }
)
_IN_HOUR = gettext_noop("%(what)s: %(count)s in the hour from %(hour)s UTC; %(limit)s is the limit")
_IN_DAY = gettext_noop("%(what)s: %(count)s on this day (UTC); %(limit)s is the limit")
_USUAL = gettext_noop("%(usual)s is usual.")
_SENTENCES: Mapping[AlertKind, str] = MappingProxyType(
    {
        AlertKind.UNLIKE_COLLEAGUES: gettext_noop(
            "On a usual day %(count)s %(what)s, where the role's own limit is %(limit)s."
        ),
        AlertKind.FAILED_SIGN_INS: gettext_noop(
            "Failed sign-ins to this account on this day (UTC): %(count)s."
        ),
        AlertKind.NEW_NETWORK: gettext_noop("Networks it was never used from before: %(count)s."),
        AlertKind.CANARY_SEEN: gettext_noop(
            "An order that nobody has a reason to open was shown. How often: %(count)s."
        ),
        AlertKind.PAPER_DIFFERS: gettext_noop(
            "What this printer counted on this day (UTC) and what the ledger explains differ."
            " Sheets: %(count)s."
        ),
        AlertKind.PURGE_OVERDUE: gettext_noop(
            "Parcels that this partner was to delete by now and has not confirmed: %(count)s."
        ),
        AlertKind.COURIER_STOPPED: gettext_noop(
            "On this day (UTC) it asked for parcels that are not its own: %(count)s. Allowed are"
            " %(allowance)s; assigned to it in 30 days were %(assigned)s. It is suspended and"
            " receives nothing. Ask who used its key, have that rotated, then restore it on its"
            " page."
        ),
    }
)
_WHATS: Mapping[str, str] = MappingProxyType(
    {
        What.REVEALS: gettext_noop("reveals"),
        What.VIEWS: gettext_noop("orders viewed"),
        What.REFUSALS: gettext_noop("refusals"),
    }
)


def sentence(kind: str, count: int, evidence: Mapping[str, Any]) -> str:
    """What an alert says, in the language that is active."""
    what = gettext(_WHATS.get(str(evidence.get("what")), str(evidence.get("what", ""))))
    words = {"count": count, "what": what, "limit": evidence.get("limit", "")}
    words |= {name: evidence.get(name, "") for name in ("assigned", "allowance")}
    if AlertKind(kind) in _SENTENCES:
        return gettext(_SENTENCES[AlertKind(kind)]) % words
    if evidence.get("hour"):
        told = words | {"count": evidence["hour_count"], "hour": evidence["hour"]}
        said = gettext(_IN_HOUR) % told
    else:
        said = gettext(_IN_DAY) % words
    usual = gettext(_USUAL) % {"usual": evidence.get("usual", 0)}
    return f"{said[:1].upper()}{said[1:]}, {usual}"
