"""The desk's button that rings an agent and the customer, and the brand's telephones."""

from orderveil.core.pages import Page
from orderveil.core.roles import Permission
from orderveil.hops.calls import views

_LOOK, _KEYS = Permission.READ_CONNECTIONS, Permission.MANAGE_CREDENTIALS

PAGES: tuple[Page, ...] = (
    Page("desk/orders/<str:ref>/call/", views.call, Permission.CALL, "call_customer"),
    Page(
        "telephones/", views.telephones, _LOOK, "telephones", menu="Telephones", group="Connections"
    ),
    Page("telephones/add/", views.agent_add, _KEYS, "agent_add", fresh=True),
    Page("telephones/<int:number>/end/", views.agent_end, _KEYS, "agent_end", fresh=True),
)
