"""The platform operator's pages."""

from orderveil.core.pages import Page
from orderveil.core.roles import Permission
from orderveil.gate.brands import views

_P, _B = Permission.PROVISION_BRANDS, "platform/brands/"

PAGES: tuple[Page, ...] = (
    Page(_B, views.brands, _P, "brands", menu="Brands", group="Connections"),
    Page(f"{_B}add/", views.brand_add, _P, "brand_add", fresh=True),
    Page(f"{_B}<int:number>/", views.brand, _P, "brand"),
    Page(f"{_B}<int:number>/quota/", views.brand_quota, _P, "brand_quota", fresh=True),
    Page(f"{_B}<int:number>/keys/", views.brand_keys, _P, "brand_keys", fresh=True),
    Page(f"{_B}<int:number>/check/", views.brand_keys_check, _P, "brand_keys_check", fresh=True),
)
