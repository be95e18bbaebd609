"""The warehouse's pages: waves and pick lists for whoever picks, the station for its devices."""

from orderveil.core.pages import Page
from orderveil.core.roles import Permission
from orderveil.hops.wms import views, views_station

PAGES: tuple[Page, ...] = (
    Page("floor/waves/", views.waves, Permission.PICK, "waves", menu="Waves", group="Warehouse"),
    Page("floor/waves/add/", views.add, Permission.PICK, "wave_add"),
    Page("floor/waves/<int:number>/", views.wave, Permission.PICK, "wave"),
    Page("floor/waves/<int:number>/sheet/", views.sheet, Permission.PICK, "wave_sheet"),
    Page("floor/waves/<int:number>/picked/", views.picked, Permission.PICK, "wave_picked"),
    Page("floor/waves/<int:number>/end/", views.end, Permission.PICK, "wave_end"),
    Page(
        "floor/packing/",
        views_station.packing,
        Permission.PACK,
        "packing",
        menu="Packing station",
        group="Warehouse",
        shown=lambda actor: not actor.terms.needs_device or actor.device_id is not None,
    ),
    Page("floor/packing/count/", views_station.count, Permission.PACK, "packing_count"),
    Page("floor/packing/full/", views_station.full, Permission.PACK, "packing_full"),
    Page("floor/packing/printers/", views_station.printers, Permission.PACK, "packing_printers"),
    Page("floor/packing/again/", views_station.again, Permission.PACK, "packing_again"),
)
