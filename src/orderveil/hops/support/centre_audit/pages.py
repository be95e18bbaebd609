"""The pages of the outsourced centres' audit packs."""

from orderveil.core.pages import Page
from orderveil.core.roles import Permission
from orderveil.hops.support.centre_audit import views

_READ, _SIGN = Permission.READ_CENTRES, Permission.SIGN_CENTRES
_MONTH = "centres/<int:partner_id>/<str:month>/"

PAGES: tuple[Page, ...] = (
    Page("centres/", views.list_centres, _READ, "centres", menu="Centres", group="Watch"),
    Page(_MONTH, views.centre, _READ, "centre"),
    Page(f"{_MONTH}pack.pdf", views.as_pdf, _READ, "centre_pdf"),
    Page(f"{_MONTH}pack.json", views.as_json, _READ, "centre_json"),
    Page(f"{_MONTH}sign/", views.sign, _SIGN, "centre_sign", fresh=True),
)
