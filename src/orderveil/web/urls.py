"""What the people's door serves: every folder's pages, guarded; sign-in; the assets."""

from django.urls import include, path

from orderveil.core.pages import Page
from orderveil.gate.brands.pages import PAGES as BRANDS
from orderveil.gate.pages import PAGES as GATE
from orderveil.gate.staffing.first import first_run
from orderveil.gate.staffing.pages import PAGES as PEOPLE
from orderveil.hops.support.pages import PAGES as SUPPORT
from orderveil.hops.support.pages_centres import PAGES as CENTRES
from orderveil.incidents.pages import PAGES as ALERTS
from orderveil.ledger.pages import PAGES as LEDGER
from orderveil.outbox.pages import PAGES as SUBSCRIPTIONS
from orderveil.partners.pages import PAGES as PARTNERS
from orderveil.policy.pages import PAGES as POLICY
from orderveil.reviews.pages import PAGES as REVIEWS
from orderveil.scams.pages import PAGES as SCAMS
from orderveil.web.assets import asset
from orderveil.web.guard import guarded

PAGES: tuple[Page, ...] = (
    *(*SCAMS, *SUPPORT, *LEDGER, *GATE, *POLICY),
    *(*PARTNERS, *SUBSCRIPTIONS, *BRANDS),
    *(*PEOPLE, *REVIEWS, *CENTRES, *ALERTS),
)
"""In the order of the navigation."""

urlpatterns = [
    *(path(page.path, guarded(page), name=page.name) for page in PAGES),
    path("account/", include("orderveil.people.urls")),
    path("first/<str:token>/", first_run, name="first_run"),
    path("static/<path:name>", asset, name="asset"),
]

handler403 = handler404 = "orderveil.web.errors.not_found"
handler500 = "orderveil.web.errors.broken"
