"""What can happen beside a disclosure, and which of it changes what is lawful."""

from enum import StrEnum


class ActKind(StrEnum):
    """The kinds of act. A new one goes here, and into `CHANGES_LAW` if it changes the law."""

    BRAND_CREATED = "brand_created"
    CHANNEL_ADDED = "channel_added"
    CHANNEL_REVOKED = "channel_revoked"
    SUBSCRIPTION_ADDED = "subscription_added"
    SUBSCRIPTION_REVOKED = "subscription_revoked"

    ORDER_ADMITTED = "order_admitted"
    ORDERS_ADMITTED = "orders_admitted"
    ORDER_UPDATED = "order_updated"
    ORDER_CANCELLED = "order_cancelled"
    CARD_DATA_DROPPED = "card_data_dropped"
    STATE_CHANGED = "state_changed"
    PARCEL_ASSIGNED = "parcel_assigned"
    PARCEL_UNASSIGNED = "parcel_unassigned"
    REVERSE_OPENED = "reverse_opened"
    PRIVACY_REQUEST_RECEIVED = "privacy_request_received"
    ERASED = "erased"
    COMPARTMENTS_ERASED = "compartments_erased"

    POLICY_DRAFTED = "policy_drafted"
    POLICY_PUBLISHED = "policy_published"
    POLICY_APPROVED = "policy_approved"
    SIGNATORY_ADDED = "signatory_added"
    SIGNATORY_REVOKED = "signatory_revoked"

    PARTNER_ADDED = "partner_added"
    PARTNER_SUSPENDED = "partner_suspended"
    PARTNER_RESTORED = "partner_restored"
    PARTNER_MODE_CHANGED = "partner_mode_changed"
    AGREEMENT_RECORDED = "agreement_recorded"
    CREDENTIAL_ISSUED = "credential_issued"
    CREDENTIAL_REVOKED = "credential_revoked"
    DEVICE_REGISTERED = "device_registered"
    DEVICE_ENROLLED = "device_enrolled"
    DEVICE_ATTESTED = "device_attested"
    DEVICE_RELINKED = "device_relinked"
    DEVICE_LEFT = "device_left"
    DEVICE_REVOKED = "device_revoked"

    PERSON_ADDED = "person_added"
    PERSON_INVITED = "person_invited"
    MEMBERSHIP_ACCEPTED = "membership_accepted"
    ROLE_CHANGED = "role_changed"
    MEMBERSHIP_ENDED = "membership_ended"
    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    SESSIONS_ENDED = "sessions_ended"
    PASSWORD_SET = "password_set"  # noqa: S105 - the name of an act
    FACTOR_ADDED = "factor_added"
    FACTOR_REMOVED = "factor_removed"
    FACTORS_RESET = "factors_reset"
    IDENTITY_JOINED = "identity_joined"

    LOCATIONS_SET = "locations_set"
    WAVE_MADE = "wave_made"
    WAVE_PICKED = "wave_picked"
    WAVE_ENDED = "wave_ended"

    ORDERS_SEARCHED = "orders_searched"
    CALLER_VERIFIED = "caller_verified"
    ADDRESS_CORRECTED = "address_corrected"
    ATTEMPT_REPORTED = "attempt_reported"
    ATTEMPT_ANSWERED = "attempt_answered"
    CENTRE_SIGNED = "centre_signed"
    LEDGER_EXPORTED = "ledger_exported"

    POLICY_REJECTED = "policy_rejected"
    CREDENTIAL_ROTATED = "credential_rotated"
    CREDENTIAL_NARROWED = "credential_narrowed"
    APPROVAL_ASKED = "approval_asked"
    APPROVAL_GIVEN = "approval_given"
    APPROVAL_TURNED_DOWN = "approval_turned_down"
    APPROVAL_USED = "approval_used"
    CHANNEL_ROTATED = "channel_rotated"
    SUBSCRIPTION_ROTATED = "subscription_rotated"
    CENTRE_TERMS_CHANGED = "centre_terms_changed"
    BRAND_CHANGED = "brand_changed"

    REVIEW_OPENED = "review_opened"
    REVIEW_DECIDED = "review_decided"
    REVIEW_CLOSED = "review_closed"
    ALERT_RAISED = "alert_raised"
    ALERT_WORSE = "alert_worse"
    ALERT_CLOSED = "alert_closed"
    ALERT_RECEIVER_CHANGED = "alert_receiver_changed"
    CANARY_MARKED = "canary_marked"

    SHEETS_ASKED = "sheets_asked"
    SHEETS_PRINTED = "sheets_printed"
    SHEET_SETTLED = "sheet_settled"
    SHEETS_CALLED_OFF = "sheets_called_off"

    CONTACTS_CHANGED = "contacts_changed"
    CONTACT_USED = "contact_used"
    MAIL_CHANGED = "mail_changed"

    CALL_LINE_ADDED = "call_line_added"
    CALL_LINE_ENDED = "call_line_ended"
    CALL_AGENT_ADDED = "call_agent_added"
    CALL_AGENT_ENDED = "call_agent_ended"
    CALL_PLACED = "call_placed"
    CALL_SETTLED = "call_settled"

    INVENTORY_CONNECTED = "inventory_connected"
    INVENTORY_DISCONNECTED = "inventory_disconnected"
    INVENTORY_REFUSED = "inventory_refused"
    INVENTORY_OBSERVED = "inventory_observed"

    CARRIER_CONNECTED = "carrier_connected"
    CARRIER_DISCONNECTED = "carrier_disconnected"
    PARCEL_BOOKED = "parcel_booked"
    PARCEL_UNBOOKED = "parcel_unbooked"
    BOOKING_SETTLED = "booking_settled"

    PURGE_REQUESTED = "purge_requested"
    PURGE_REMINDED = "purge_reminded"
    PURGE_LIST_SHOWN = "purge_list_shown"
    PURGE_CONFIRMED = "purge_confirmed"

    ROOT_ROTATED = "root_rotated"
    EPOCH_ROTATED = "epoch_rotated"
    EPOCH_DESTROYED = "epoch_destroyed"

    @property
    def changes_law(self) -> bool:
        """True if a decision made before this act may be wrong after it."""
        return self in CHANGES_LAW


CHANGES_LAW = frozenset(
    {
        ActKind.POLICY_PUBLISHED,
        ActKind.POLICY_APPROVED,
        ActKind.SIGNATORY_ADDED,
        ActKind.SIGNATORY_REVOKED,
        ActKind.PARTNER_ADDED,
        ActKind.PARTNER_SUSPENDED,
        ActKind.PARTNER_RESTORED,
        ActKind.PARTNER_MODE_CHANGED,
        ActKind.AGREEMENT_RECORDED,
        ActKind.CREDENTIAL_ISSUED,
        ActKind.CREDENTIAL_REVOKED,
        ActKind.CREDENTIAL_ROTATED,
        ActKind.CREDENTIAL_NARROWED,
        ActKind.DEVICE_REGISTERED,
        ActKind.DEVICE_ENROLLED,
        ActKind.DEVICE_ATTESTED,
        ActKind.DEVICE_RELINKED,
        ActKind.DEVICE_LEFT,
        ActKind.DEVICE_REVOKED,
        ActKind.CENTRE_TERMS_CHANGED,
        ActKind.CONTACTS_CHANGED,
        ActKind.PERSON_ADDED,
        ActKind.MEMBERSHIP_ACCEPTED,
        ActKind.ROLE_CHANGED,
        ActKind.MEMBERSHIP_ENDED,
        ActKind.CARRIER_CONNECTED,
        ActKind.CARRIER_DISCONNECTED,
    }
)
