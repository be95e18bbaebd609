"""Pages for which the gate has to be asked, though they belong to a folder below it."""

from orderveil.core.pages import Page
from orderveil.core.roles import Permission
from orderveil.gate import views_leaving, views_ledger

PAGES: tuple[Page, ...] = (
    Page("ledger/find/", views_ledger.find, Permission.READ_LEDGER, "ledger_find"),
    Page(
        "partners/<int:number>/end/",
        views_leaving.partner_end,
        Permission.MANAGE_PARTNERS,
        "partner_end",
        fresh=True,
    ),
)
