"""The brand's home."""

from orderveil.core.pages import Page
from orderveil.core.roles import Permission
from orderveil.scams import views

PAGES: tuple[Page, ...] = (
    Page("", views.home, Permission.SEE_HOME, "home", menu="Home", group="Orders"),
)
