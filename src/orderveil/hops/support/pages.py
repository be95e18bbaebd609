"""The order desk's pages."""

from orderveil.core.pages import Page
from orderveil.core.roles import Permission
from orderveil.hops.support import contacts, correcting, order_page, revealing, undelivered, views

PAGES: tuple[Page, ...] = (
    Page(
        "desk/orders/", views.orders, Permission.SEE_ORDERS, "orders", menu="Orders", group="Orders"
    ),
    Page("desk/search/", views.search, Permission.SEARCH_ORDERS, "search"),
    Page("desk/hand/", views.hand_many, Permission.HAND_OUT_ORDERS, "hand_many"),
    Page("desk/t/<str:ticket>/", revealing.open_ticket, Permission.REVEAL, "ticket"),
    Page("desk/orders/<str:ref>/", order_page.order, Permission.SEE_ORDERS, "order"),
    Page("desk/orders/<str:ref>/reveal/", revealing.reveal, Permission.REVEAL, "reveal"),
    Page("desk/orders/<str:ref>/verify/", revealing.verify, Permission.VERIFY_CALLER, "verify"),
    Page("desk/orders/<str:ref>/contacts/", contacts.contacts, Permission.SEE_ORDERS, "contacts"),
    Page(
        "desk/orders/<str:ref>/hand/", order_page.hand_one, Permission.HAND_OUT_ORDERS, "hand_one"
    ),
    Page(
        "desk/undelivered/",
        undelivered.queue,
        Permission.WORK_UNDELIVERED,
        "undelivered",
        menu="Undelivered",
        group="Orders",
    ),
    Page(
        "desk/undelivered/<str:ref>/address/",
        correcting.correct,
        Permission.CORRECT_ADDRESS,
        "correct_address",
    ),
    Page(
        "desk/undelivered/<str:ref>/<int:number>/",
        undelivered.answer,
        Permission.WORK_UNDELIVERED,
        "answer_attempt",
    ),
)
