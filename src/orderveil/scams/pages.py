"""The brand's home, the walk's picture, and the scams that a policy leaves possible."""

from orderveil.core.pages import Page
from orderveil.core.roles import Permission
from orderveil.scams import views

_HOME, _READ = Permission.SEE_HOME, Permission.READ_POLICY

PAGES: tuple[Page, ...] = (
    Page("", views.home, _HOME, "home", menu="Home", group="Orders"),
    Page(
        "relay/",
        views.relay,
        _HOME,
        "relay",
        menu="The relay",
        group="Orders",
        shown=views.has_walk,
    ),
    Page("relay/ledger.json", views.relay_ledger, _HOME, "relay_ledger"),
    Page("policy/versions/<int:number>/scams/", views.policy_scams, _READ, "policy_scams"),
    Page("policy/draft/scams/", views.draft_scams, Permission.DRAFT_POLICY, "policy_draft_scams"),
)
