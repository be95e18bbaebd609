"""The desk's pages about purges."""

from orderveil.core.pages import Page
from orderveil.core.roles import Permission
from orderveil.hops.retention import views

_READ, _MANAGE = Permission.READ_LEDGER, Permission.MANAGE_PARTNERS
_ONE = "purges/<int:partner>/"

PAGES: tuple[Page, ...] = (
    Page("purges/", views.purges, _READ, "purges", menu="Purges", group="Record"),
    Page(_ONE, views.of_partner, _READ, "purges_partner"),
    Page(f"{_ONE}send/", views.send, _MANAGE, "purges_send", fresh=True),
    Page(
        "purges/requests/<int:number>/confirm/",
        views.confirm,
        _MANAGE,
        "purge_confirm",
        fresh=True,
    ),
)
