"""What people may do at the desk: permissions, and the roles that hold them, as ONE table.

Rules kept here:
- a permission is one thing a person can do; a page or use case names the one it needs;
- a role is a sentence and a set of permissions: whoever reads the table knows who can do what;
- who runs systems (integrator, platform operator) opens nothing, and comes to hold nothing that
  does without a second person; who audits reveals nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from orderveil.core.hops import Hop


class Permission(StrEnum):
    """One thing that a person may do."""

    SEE_HOME = "see_home"
    SEE_ORDERS = "see_orders"
    """List and open orders, masked as the policy says for the role's hop."""
    SEARCH_ORDERS = "search_orders"
    REVEAL = "reveal"
    VERIFY_CALLER = "verify_caller"
    CALL = "call"
    """Be connected to a customer by telephone, without seeing their number."""
    WORK_UNDELIVERED = "work_undelivered"
    CORRECT_ADDRESS = "correct_address"
    HAND_OUT_ORDERS = "hand_out_orders"
    """Give orders to an outsourced centre."""
    READ_LEDGER = "read_ledger"
    EXPORT_LEDGER = "export_ledger"
    READ_POLICY = "read_policy"
    DRAFT_POLICY = "draft_policy"
    APPROVE_POLICY = "approve_policy"
    READ_CONNECTIONS = "read_connections"
    """Partners, credentials, channels, subscriptions: that they are there, never their secrets."""
    MANAGE_PARTNERS = "manage_partners"
    MANAGE_CREDENTIALS = "manage_credentials"
    """Credentials, channels and subscriptions: create, rotate, revoke.

    Alone it asks for what opens personal data; somebody with `APPROVE_CREDENTIALS` decides.
    """
    APPROVE_CREDENTIALS = "approve_credentials"
    """Decide what somebody else asked for; with `MANAGE_CREDENTIALS`, do it without asking."""
    READ_PEOPLE = "read_people"
    MANAGE_PEOPLE = "manage_people"
    REVIEW_ACCESS = "review_access"
    READ_CENTRES = "read_centres"
    SIGN_CENTRES = "sign_centres"
    READ_ALERTS = "read_alerts"
    HANDLE_ALERTS = "handle_alerts"
    PROVISION_BRANDS = "provision_brands"
    PICK = "pick"
    """Waves and pick lists: what to fetch from where, and no buyer."""
    PACK = "pack"
    """The packing station, on a floor device: slips, labels, reprints."""
    MANAGE_DEVICES = "manage_devices"
    """Register, attest and revoke the floor's devices."""


class Role(StrEnum):
    """What a person is to a brand."""

    OWNER = "owner"
    PRIVACY_OFFICER = "privacy_officer"
    OPERATIONS = "operations"
    WAREHOUSE = "warehouse"
    SUPPORT = "support"
    OUTSOURCED_SUPPORT = "outsourced_support"
    MARKETER = "marketer"
    INTEGRATOR = "integrator"
    AUDITOR = "auditor"
    PLATFORM_OPERATOR = "platform_operator"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a role means."""

    title: str
    sentence: str
    permissions: frozenset[Permission]
    hop: Hop | None = None
    """Whose column of the policy its masked views follow; None: it sees no order."""
    needs_device: bool = False
    """Sees a buyer on a registered device of the floor only; elsewhere the pick list."""
    assigned_only: bool = False
    """Sees only orders assigned to its partner, whatever the policy's reach."""
    reveals_per_day: int = 0
    views_per_day: int = 0
    """Orders shown to it in a UTC day, each row of a list counted."""
    reveal_fresh_minutes: int = 10
    """How old the second factor may be at a reveal, and at what agents change about an order:
    an address corrected, an attempt answered, an order handed out. They do it many times a day,
    so the number is their role's. Any other sensitive act: ten minutes."""


P = Permission
_DESK = frozenset({P.SEE_HOME, P.SEE_ORDERS, P.SEARCH_ORDERS})
_AGENT = _DESK | {
    *(P.REVEAL, P.VERIFY_CALLER, P.CALL, P.WORK_UNDELIVERED, P.CORRECT_ADDRESS),
}
_READER = frozenset(
    {P.SEE_HOME, P.READ_LEDGER, P.READ_POLICY, P.READ_CONNECTIONS, P.READ_PEOPLE, P.READ_ALERTS}
)
_OFFICER = _READER | {
    *(P.EXPORT_LEDGER, P.DRAFT_POLICY, P.APPROVE_POLICY, P.MANAGE_PARTNERS, P.REVIEW_ACCESS),
    *(P.READ_CENTRES, P.SIGN_CENTRES, P.HANDLE_ALERTS, P.APPROVE_CREDENTIALS),
}

ROLES: Mapping[Role, Terms] = MappingProxyType(
    {
        Role.OWNER: Terms(
            "Owner",
            "Answers for the brand: everything at the desk, people and credentials included.",
            _AGENT
            | _OFFICER
            | {P.MANAGE_PEOPLE, P.MANAGE_CREDENTIALS, P.HAND_OUT_ORDERS, P.MANAGE_DEVICES},
            hop=Hop.SUPPORT,
            reveals_per_day=20,
            views_per_day=2_000,
        ),
        Role.PRIVACY_OFFICER: Terms(
            "Privacy officer",
            "Decides who gets what: policy, partners, reviews, alerts, and the ledger.",
            _AGENT | _OFFICER,
            hop=Hop.SUPPORT,
            reveals_per_day=20,
            views_per_day=2_000,
        ),
        Role.OPERATIONS: Terms(
            "Operations",
            "Keeps orders moving: sees them masked, hands them out, works undelivered parcels.",
            _AGENT
            | {P.HAND_OUT_ORDERS, P.READ_POLICY, P.READ_CONNECTIONS, P.MANAGE_DEVICES, P.PICK},
            hop=Hop.OMS,
            reveals_per_day=40,
            views_per_day=5_000,
            reveal_fresh_minutes=60,
        ),
        Role.WAREHOUSE: Terms(
            "Warehouse",
            "Picks and packs: sees the parcels that are to be packed, and reveals nothing.",
            _DESK | {P.PICK, P.PACK},
            hop=Hop.WMS,
            needs_device=True,
            assigned_only=True,
            views_per_day=3_000,
        ),
        Role.SUPPORT: Terms(
            "Support",
            "Helps customers: sees orders masked, reveals one field at a time with a reason.",
            _AGENT,
            hop=Hop.SUPPORT,
            reveals_per_day=60,
            views_per_day=2_000,
            reveal_fresh_minutes=240,
        ),
        Role.OUTSOURCED_SUPPORT: Terms(
            "Outsourced support",
            "Helps customers from a partner's centre: its assigned orders, its hours, its network.",
            _AGENT,
            hop=Hop.SUPPORT,
            assigned_only=True,
            reveals_per_day=25,
            views_per_day=600,
            reveal_fresh_minutes=120,
        ),
        Role.MARKETER: Terms(
            "Marketer",
            "Plans campaigns: sees what the policy shows, never an order or a person in it.",
            frozenset({P.SEE_HOME, P.READ_POLICY}),
        ),
        Role.INTEGRATOR: Terms(
            "Integrator",
            "Connects systems: credentials, channels and webhooks, never personal data.",
            frozenset({P.SEE_HOME, P.READ_POLICY, P.READ_CONNECTIONS, P.MANAGE_CREDENTIALS}),
        ),
        Role.AUDITOR: Terms(
            "Auditor",
            "Reads everything that is on record, and reveals nothing.",
            _READER | {P.EXPORT_LEDGER, P.READ_CENTRES},
        ),
        Role.PLATFORM_OPERATOR: Terms(
            "Platform operator",
            "Provisions brands, quotas and key providers for many brands, and can open nothing.",
            frozenset({P.PROVISION_BRANDS}),
        ),
    }
)


def holders(permission: Permission) -> tuple[Role, ...]:
    """The roles that hold a permission: what a refusal names."""
    return tuple(role for role, terms in ROLES.items() if permission in terms.permissions)
