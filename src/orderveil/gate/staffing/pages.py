"""The pages about who works for a brand."""

from orderveil.core.pages import Page
from orderveil.core.roles import Permission
from orderveil.gate.staffing import views

_READ, _MANAGE = Permission.READ_PEOPLE, Permission.MANAGE_PEOPLE
_ONE = "people/<int:number>/"

PAGES: tuple[Page, ...] = (
    Page("people/", views.people, _READ, "people", menu="People", group="People"),
    Page("people/add/", views.add, _MANAGE, "person_add", fresh=True),
    Page(_ONE, views.person, _READ, "person"),
    Page(f"{_ONE}change/", views.change, _MANAGE, "person_change", fresh=True),
    Page(f"{_ONE}end/", views.end, _MANAGE, "person_end", fresh=True),
    Page(f"{_ONE}link/", views.link, _MANAGE, "person_link", fresh=True),
    Page("roles/", views.roles, Permission.SEE_HOME, "roles", menu="Roles", group="People"),
)
