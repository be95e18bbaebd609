"""The pages about subscriptions."""

from orderveil.core.pages import Page
from orderveil.core.roles import Permission
from orderveil.outbox import views

_LOOK, _KEYS = Permission.READ_CONNECTIONS, Permission.MANAGE_CREDENTIALS
_S = "subscriptions/"

PAGES: tuple[Page, ...] = (
    Page(_S, views.listed, _LOOK, "subscriptions", menu="Subscriptions", group="Connections"),
    Page(f"{_S}add/", views.add, _KEYS, "subscription_add", fresh=True),
    Page(f"{_S}<int:number>/", views.one, _LOOK, "subscription"),
    Page(f"{_S}<int:number>/rotate/", views.rotate, _KEYS, "subscription_rotate", fresh=True),
    Page(f"{_S}<int:number>/revoke/", views.revoke, _KEYS, "subscription_revoke", fresh=True),
)
