"""The page about inventory systems. They are connected at the command line (`cli/inventory`)."""

from orderveil.core.pages import Page
from orderveil.core.roles import Permission
from orderveil.hops.ims import views

_LOOK, _KEYS = Permission.READ_CONNECTIONS, Permission.MANAGE_CREDENTIALS
_END = "inventory/<int:number>/disconnect/"

PAGES: tuple[Page, ...] = (
    Page("inventory/", views.listed, _LOOK, "inventory", menu="Inventory", group="Connections"),
    Page(_END, views.disconnect, _KEYS, "inventory_disconnect", fresh=True),
)
