"""The order desk's pages."""

from orderveil.core.pages import Page
from orderveil.core.roles import Permission
from orderveil.hops.support import views

PAGES: tuple[Page, ...] = (
    Page(
        "desk/orders/", views.orders, Permission.SEE_ORDERS, "orders", menu="Orders", group="Orders"
    ),
    Page("desk/search/", views.search, Permission.SEARCH_ORDERS, "search"),
    Page("desk/orders/<str:ref>/", views.order, Permission.SEE_ORDERS, "order"),
)
