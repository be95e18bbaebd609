"""Any entry of the ledger as a sentence, in the reader's language.

Rules kept here:
- a sentence says what the entry's own bytes say, and nothing that is not in them;
- pseudonyms stay what they are: pages put names beside them (`Said.about`);
- a kind or a detail that has no words of its own is told by its name; only what no reader can
  use (digests, zeros) is left to the entry itself.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_noop as _

from orderveil.core.forms import SHOWS_NOTHING, Form
from orderveil.ledger.acts import ActKind
from orderveil.ledger.entries import ActEntry, BulkEntry, DisclosureEntry, DisclosureKind, Entry


class Said(NamedTuple):
    """An entry in words."""

    what: str
    about: str = ""
    """The act's subject, a pseudonym: "person:17", "partner:5", "policy:3"; "" for none."""
    why: str = ""
    """The purpose and the reason of a disclosure."""


class Doer(NamedTuple):
    """Who did it, or was shown it; pseudonyms and ids only."""

    person: str = ""
    partner: int | None = None
    credential: int | None = None
    system: str = ""


ACTS: Mapping[str, str] = MappingProxyType(
    {
        ActKind.BRAND_CREATED: _("Brand created"),
        ActKind.BRAND_CHANGED: _("Brand's settings changed"),
        ActKind.CHANNEL_ADDED: _("Channel added for orders in the format {format}"),
        ActKind.CHANNEL_ROTATED: _("Channel's secret rotated"),
        ActKind.CHANNEL_REVOKED: _("Channel closed"),
        ActKind.SUBSCRIPTION_ADDED: _("Subscription added for the hop {hop}"),
        ActKind.SUBSCRIPTION_ROTATED: _("Subscription's secret rotated"),
        ActKind.SUBSCRIPTION_REVOKED: _("Subscription ended"),
        ActKind.LOCATIONS_SET: _("Places of items set: {set}, taken off the list: {removed}"),
        ActKind.WAVE_MADE: _("Wave {wave} made, with {parcels} parcels"),
        ActKind.WAVE_PICKED: _("Wave {wave} picked"),
        ActKind.WAVE_ENDED: _("Wave {wave} ended before all was packed"),
        ActKind.ORDER_ADMITTED: _("Order admitted and sealed"),
        ActKind.ORDERS_ADMITTED: _("Orders admitted and sealed"),
        ActKind.ORDER_UPDATED: _("Order updated by its shop"),
        ActKind.ORDER_CANCELLED: _("Order cancelled by its shop"),
        ActKind.CARD_DATA_DROPPED: _("Card data dropped before anything was written"),
        ActKind.STATE_CHANGED: _("Parcel {parcel} moved from {from} to {to}"),
        ActKind.PARCEL_ASSIGNED: _("Parcel {parcel} assigned on the hop {hop}"),
        ActKind.PARCEL_UNASSIGNED: _("Parcel {parcel} taken back on the hop {hop}"),
        ActKind.REVERSE_OPENED: _("Reverse parcel {parcel} opened"),
        ActKind.PRIVACY_REQUEST_RECEIVED: _("Privacy request received: {kind}"),
        ActKind.ERASED: _("Erased"),
        ActKind.COMPARTMENTS_ERASED: _("Erased: {compartments}"),
        ActKind.POLICY_DRAFTED: _("Policy drafted"),
        ActKind.POLICY_PUBLISHED: _("Policy put in force"),
        ActKind.POLICY_APPROVED: _("Policy approved by a second person and put in force"),
        ActKind.POLICY_REJECTED: _("Policy draft rejected"),
        ActKind.SIGNATORY_ADDED: _("Signatory added"),
        ActKind.SIGNATORY_REVOKED: _("Signatory removed"),
        ActKind.PARTNER_ADDED: _("Partner added for {hops}"),
        ActKind.PARTNER_SUSPENDED: _("Partner suspended"),
        ActKind.PARTNER_RESTORED: _("Partner's standing given back"),
        ActKind.PARTNER_MODE_CHANGED: _("Partner set to {mode}"),
        ActKind.AGREEMENT_RECORDED: _("Agreement recorded, in force from {from}"),
        ActKind.CREDENTIAL_ISSUED: _("Credential issued for the hop {hop}"),
        ActKind.CREDENTIAL_ROTATED: _("Credential rotated"),
        ActKind.CREDENTIAL_NARROWED: _("Credential narrowed"),
        ActKind.CREDENTIAL_REVOKED: _("Credential revoked"),
        ActKind.DEVICE_REGISTERED: _("Device of the floor registered"),
        ActKind.DEVICE_ENROLLED: _("Device of the floor enrolled"),
        ActKind.DEVICE_ATTESTED: _("Device of the floor attested"),
        ActKind.DEVICE_RELINKED: _("New link for a device of the floor"),
        ActKind.DEVICE_LEFT: _("Device of the floor left it"),
        ActKind.DEVICE_REVOKED: _("Device of the floor revoked"),
        ActKind.APPROVAL_ASKED: _("Approval asked for: {operation}"),
        ActKind.APPROVAL_GIVEN: _("Approved: {operation}"),
        ActKind.APPROVAL_TURNED_DOWN: _("Turned down: {operation}"),
        ActKind.APPROVAL_USED: _("Approval used: {operation}"),
        ActKind.CENTRE_TERMS_CHANGED: _("Hours and networks of a centre changed"),
        ActKind.PERSON_ADDED: _("Person added as {role}"),
        ActKind.PERSON_INVITED: _("One-time link made"),
        ActKind.MEMBERSHIP_ACCEPTED: _("Membership accepted"),
        ActKind.ROLE_CHANGED: _("Role changed from {from} to {to}"),
        ActKind.MEMBERSHIP_ENDED: _("Membership ended"),
        ActKind.SIGNED_IN: _("Signed in"),
        ActKind.SIGNED_OUT: _("Signed out"),
        ActKind.SESSIONS_ENDED: _("Sessions ended"),
        ActKind.PASSWORD_SET: _("Password set"),
        ActKind.FACTOR_ADDED: _("Second factor added: {factor}"),
        ActKind.FACTOR_REMOVED: _("Second factor removed: {factor}"),
        ActKind.FACTORS_RESET: _("Second factors reset"),
        ActKind.IDENTITY_JOINED: _("Joined to an identity of the single sign-on"),
        ActKind.ORDERS_SEARCHED: _("Searched orders by {by}, {found} found"),
        ActKind.CALLER_VERIFIED: _("Caller asked for {asked}"),
        ActKind.ADDRESS_CORRECTED: _("Address corrected"),
        ActKind.ATTEMPT_REPORTED: _("Failed delivery attempt reported"),
        ActKind.ATTEMPT_ANSWERED: _("Failed delivery attempt answered"),
        ActKind.CENTRE_SIGNED: _("Audit pack of a centre signed off"),
        ActKind.LEDGER_EXPORTED: _("Ledger exported, {entries} entries"),
        ActKind.REVIEW_OPENED: _("Access review opened"),
        ActKind.REVIEW_DECIDED: _("Access review decided"),
        ActKind.REVIEW_CLOSED: _("Access review closed"),
        ActKind.ALERT_RAISED: _("Alert raised"),
        ActKind.ALERT_WORSE: _("Alert became worse"),
        ActKind.ALERT_CLOSED: _("Alert closed"),
        ActKind.ALERT_RECEIVER_CHANGED: _("Receiver of alerts changed"),
        ActKind.CANARY_MARKED: _("Marked as a canary order"),
        ActKind.PURGE_REQUESTED: _("Partner asked to delete what it got"),
        ActKind.PURGE_REMINDED: _("Partner reminded to delete what it got"),
        ActKind.PURGE_LIST_SHOWN: _("Partner shown the list of what it must delete"),
        ActKind.PURGE_CONFIRMED: _("Partner confirmed that it deleted what it got"),
        ActKind.SHEETS_ASKED: _("Printing asked for: {kind}, {sheets} sheets"),
        ActKind.SHEETS_PRINTED: _("Reported as printed: {kind}, {printed} sheets"),
        ActKind.SHEET_SETTLED: _("Sheet in doubt settled: {as}"),
        ActKind.SHEETS_CALLED_OFF: _("Printing called off: {kind}, {sheets} sheets"),
        ActKind.CARRIER_CONNECTED: _("Carrier account connected: {carrier}"),
        ActKind.CARRIER_DISCONNECTED: _("Carrier account disconnected: {carrier}"),
        ActKind.PARCEL_BOOKED: _("Parcel {parcel} booked with its carrier"),
        ActKind.PARCEL_UNBOOKED: _("Waybill of parcel {parcel} given up"),
        ActKind.BOOKING_SETTLED: _("Booking of parcel {parcel} settled by hand: {answer}"),
        ActKind.INVENTORY_CONNECTED: _("Inventory system connected at {host}"),
        ActKind.INVENTORY_DISCONNECTED: _("Inventory system disconnected"),
        ActKind.INVENTORY_REFUSED: _("Message refused: it held a buyer ({kinds})"),
        ActKind.CONTACTS_CHANGED: _("Virtual contacts set up"),
        ActKind.MAIL_CHANGED: _("Mail relay set up"),
        ActKind.CONTACT_USED: _("Virtual {kind} used {way}: {outcome}"),
        ActKind.CALL_LINE_ADDED: _("Telephone line {line} set up with {provider}"),
        ActKind.CALL_LINE_ENDED: _("Telephone line {line} ended"),
        ActKind.CALL_AGENT_ADDED: _("Telephone {agent} of an agent registered"),
        ActKind.CALL_AGENT_ENDED: _("Telephone {agent} of an agent removed"),
        ActKind.CALL_PLACED: _("Call to the customer: {outcome}"),
        ActKind.CALL_SETTLED: _("Call to the customer ended: {outcome}"),
        ActKind.INVENTORY_OBSERVED: _("Message let through that held a buyer ({kinds})"),
        ActKind.ROOT_ROTATED: _("Root key rotated"),
        ActKind.EPOCH_ROTATED: _("Epoch key rotated"),
        ActKind.EPOCH_DESTROYED: _("Epoch key destroyed"),
    }
)
"""What an act of each kind says; what is in braces comes from its detail."""

QUIET = frozenset({"membership", "digest", "document"})
"""Details for machines: the entry itself has them."""

KINDS: Mapping[str, str] = MappingProxyType(
    {
        DisclosureKind.DISCLOSURE: _("Disclosure"),
        DisclosureKind.REVEAL: _("Reveal"),
        DisclosureKind.BULK: _("Bulk disclosure"),
    }
)


def say(entry: Entry) -> Said:
    """The sentence for any entry."""
    if isinstance(entry, ActEntry):
        return Said(_act(entry), _about(entry))
    # "call_back ticket T_1": the code becomes words, the ticket stays what it is.
    code, space, rest = (entry.reason or "").partition(" ")
    why = "; ".join(part for part in (entry.purpose, plain(code) + space + rest) if part)
    return Said(_disclosure(entry), "", why)


def who(entry: Entry) -> Doer:
    """Who did it, or to whom it was shown."""
    if isinstance(entry, ActEntry):
        by = entry.who
        return Doer(by.person or "", by.partner, by.credential, by.system or "")
    return Doer(entry.person or "", entry.partner, entry.credential)


def kind_words(kind: str) -> str:
    """A kind's name for people: "Reveal", "Policy approved"."""
    known = KINDS.get(kind)
    return gettext(known) if known else plain(kind).capitalize()


def plain(code: object) -> str:
    """ "out_for_delivery" -> "out for delivery"."""
    return str(code).replace("_", " ")


def _about(entry: ActEntry) -> str:
    """The subject; of an act on an order, the partner in its detail."""
    partner = entry.detail.get("partner")
    return entry.subject or (f"partner:{partner}" if partner else "")


def _disclosure(entry: DisclosureEntry | BulkEntry) -> str:
    shown = _fields(entry.forms.items())
    if isinstance(entry, BulkEntry):
        count = entry.rows
        told = ngettext("Shown {count} order: {fields}", "Shown {count} orders: {fields}", count)
        return told.format(count=count, fields=shown)
    if entry.kind == DisclosureKind.REVEAL:
        return gettext("Revealed {fields}").format(fields=shown)
    if not shown:
        return gettext("Opened, and nothing shown")
    return gettext("Shown {fields}").format(fields=shown)


def _fields(forms: Iterable[tuple[str, Form]]) -> str:
    """ "whole: city, state; masked: phone", the most telling form first."""
    found: dict[Form, list[str]] = {}
    for name, form in forms:
        if form not in SHOWS_NOTHING:
            found.setdefault(form, []).append(plain(name))
    order = list(Form)
    parts = (
        f"{', '.join(names)} ({plain(form)})"
        for form, names in sorted(found.items(), key=lambda pair: order.index(pair[0]))
    )
    return "; ".join(parts)


def _act(entry: ActEntry) -> str:
    """The kind's sentence, then the details that it does not say by itself."""
    sentence = ACTS.get(entry.kind)
    said = set() if entry.subject else {"partner"}
    told = kind_words(entry.kind)
    if sentence is not None:
        values = _Values(entry.detail)
        told = gettext(sentence).format_map(values)
        said |= values.said
    if entry.rows:
        count = ngettext("{count} order", "{count} orders", entry.rows).format(count=entry.rows)
        told = f"{told}: {count}"
    rest = [
        f"{plain(name)} {_value(value)}"
        for name, value in entry.detail.items()
        if name not in said and name not in QUIET and (value or value is False)
    ]
    return f"{told} ({', '.join(rest)})" if rest else told


class _Values(dict[str, object]):
    """A detail as a sentence takes it; remembers what it took."""

    def __init__(self, detail: Mapping[str, object]) -> None:
        super().__init__(detail)
        self.said: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.said.add(name)
        return _value(super().get(name))


def _value(value: object) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return "?" if value is None else ", ".join(plain(value).split(","))
