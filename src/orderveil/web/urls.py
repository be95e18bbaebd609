"""What the people's door serves: every folder's pages, guarded; sign-in; the assets."""

from django.urls import include, path

from orderveil.gate.staffing.first import first_run
from orderveil.hops.label.views import scanned
from orderveil.hops.retention.views_link import link as purge_link
from orderveil.partners.views_station import enrol
from orderveil.web.assets import asset
from orderveil.web.guard import guarded
from orderveil.web.pages import PAGES

urlpatterns = [
    *(path(page.path, guarded(page), name=page.name) for page in PAGES),
    path("account/", include("orderveil.people.urls")),
    path("first/<str:token>/", first_run, name="first_run"),
    # A code in capitals is smaller (ISO/IEC 18004, alphanumeric mode).
    *(path(f"{t}/<str:token>", scanned, name="scanned") for t in "tT"),
    path("purge/<str:token>", purge_link, name="purge_link"),
    path("device/<str:link>/", enrol, name="device_enrol"),
    path("static/<path:name>", asset, name="asset"),
]

handler403 = handler404 = "orderveil.web.errors.not_found"
handler500 = "orderveil.web.errors.broken"
