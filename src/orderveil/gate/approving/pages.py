"""The pages about requests for credentials and subscriptions, and what of them waits."""

from orderveil.core.pages import Page, Waiting
from orderveil.core.roles import Permission
from orderveil.gate.approving import views

_LOOK, _DECIDE = Permission.READ_CONNECTIONS, Permission.APPROVE_CREDENTIALS
_KEYS = Permission.MANAGE_CREDENTIALS
_ONE = "approvals/<int:number>/"

PAGES: tuple[Page, ...] = (
    Page("approvals/", views.listed, _LOOK, "approvals", menu="Approvals", group="Connections"),
    Page(_ONE, views.one, _LOOK, "approval"),
    Page(f"{_ONE}approve/", views.approve, _DECIDE, "approval_approve", fresh=True),
    Page(f"{_ONE}turn-down/", views.turn_down, _DECIDE, "approval_turn_down", fresh=True),
    Page(f"{_ONE}use/", views.use, _KEYS, "approval_use", fresh=True),
)

WAITING: tuple[Waiting, ...] = (
    Waiting("requests for keys to decide", views.to_decide, _DECIDE, "approvals"),
    Waiting("approved requests to collect", views.to_collect, _KEYS, "approvals"),
)
