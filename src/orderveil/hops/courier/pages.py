"""The page about bookings. Accounts are connected at the command line (`cli/courier`)."""

from orderveil.core.actors import Actor
from orderveil.core.pages import Page, Waiting
from orderveil.core.roles import Permission
from orderveil.hops.courier import settling, views

_LOOK, _KEYS = Permission.READ_CONNECTIONS, Permission.MANAGE_CREDENTIALS
_ONE = "bookings/<str:reference>"


def _waiting(actor: Actor) -> int:
    return settling.waiting(actor.brand_id)


PAGES: tuple[Page, ...] = (
    Page("bookings/", views.listed, _LOOK, "bookings", menu="Bookings", group="Connections"),
    Page(f"{_ONE}/again/", views.again, _KEYS, "booking_again", fresh=True),
    Page(f"{_ONE}/there/", views.there, _KEYS, "booking_there", fresh=True),
    Page(f"{_ONE}/not-there/", views.not_there, _KEYS, "booking_not_there", fresh=True),
)
WAITING: tuple[Waiting, ...] = (
    Waiting("bookings that somebody has to look at", _waiting, _KEYS, "bookings"),
)
