"""The pages of alerts."""

from orderveil.core.pages import Page, Waiting
from orderveil.core.roles import Permission
from orderveil.incidents import views
from orderveil.incidents.alerts import open_count

_READ = Permission.READ_ALERTS
_HANDLE = Permission.HANDLE_ALERTS
_RECEIVER = "alerts/receiver/"

PAGES: tuple[Page, ...] = (
    Page("alerts/", views.listed, _READ, "alerts", menu="Alerts", group="Watch"),
    Page(_RECEIVER, views.receiver, _HANDLE, "alert_receiver", fresh=True),
    Page(f"{_RECEIVER}end/", views.receiver_end, _HANDLE, "alert_receiver_end", fresh=True),
    Page("alerts/<int:number>/", views.alert, _READ, "alert"),
    Page("alerts/<int:number>/close/", views.close, _HANDLE, "alert_close", fresh=True),
    Page(
        "canaries/",
        views.canary_list,
        _HANDLE,
        "canaries",
        fresh=True,
        menu="Canaries",
        group="Watch",
    ),
    Page(
        "canaries/<int:number>/retire/",
        views.canary_retire,
        _HANDLE,
        "canary_retire",
        fresh=True,
    ),
)

WAITING: tuple[Waiting, ...] = (Waiting("open alerts", open_count, _READ, "alerts"),)
