"""The pages of printing: what was asked for, how far it has come, and what is in doubt."""

from orderveil.core.pages import Page
from orderveil.core.roles import Permission
from orderveil.hops.printing import views

PAGES: tuple[Page, ...] = (
    Page(
        "floor/prints/", views.prints, Permission.PICK, "prints", menu="Prints", group="Warehouse"
    ),
    Page("floor/prints/<int:number>/", views.one, Permission.PICK, "print"),
    Page("floor/prints/<int:number>/settle/", views.settle, Permission.PACK, "print_settle"),
    Page("floor/prints/<int:number>/again/", views.again, Permission.PACK, "print_again"),
    Page("floor/prints/<int:number>/off/", views.call_off, Permission.PACK, "print_call_off"),
)
