"""The pages about partners, credentials, channels, floor devices and the brand itself."""

from orderveil.core.actors import Actor
from orderveil.core.pages import Page, Waiting
from orderveil.core.roles import Permission
from orderveil.partners import (
    devices,
    views,
    views_channels,
    views_credentials,
    views_devices,
    views_station,
)

_LOOK, _KEYS = Permission.READ_CONNECTIONS, Permission.MANAGE_CREDENTIALS
_MANAGE = Permission.MANAGE_PARTNERS
_FLOOR = Permission.MANAGE_DEVICES
_P, _CR, _CH, _D = "partners/", "credentials/", "channels/", "devices/"
_GROUP = "Connections"

PAGES: tuple[Page, ...] = (
    Page(
        "brand/",
        views.brand_settings,
        _MANAGE,
        "brand_settings",
        fresh=True,
        menu="Brand",
        group=_GROUP,
    ),
    Page(_P, views.partners, _LOOK, "partners", menu="Partners", group=_GROUP),
    Page(f"{_P}add/", views.partner_add, _MANAGE, "partner_add", fresh=True),
    Page(f"{_P}<int:number>/", views.partner, _LOOK, "partner"),
    Page(f"{_P}<int:number>/agree/", views.partner_agree, _MANAGE, "partner_agree", fresh=True),
    Page(f"{_P}<int:number>/mode/", views.partner_mode, _MANAGE, "partner_mode", fresh=True),
    Page(
        f"{_P}<int:number>/standing/",
        views.partner_standing,
        _MANAGE,
        "partner_standing",
        fresh=True,
    ),
    Page(f"{_P}<int:number>/centre/", views.partner_centre, _MANAGE, "partner_centre", fresh=True),
    Page(_CR, views_credentials.listed, _LOOK, "credentials", menu="Credentials", group=_GROUP),
    Page(f"{_CR}add/", views_credentials.add, _KEYS, "credential_add", fresh=True),
    Page(f"{_CR}<int:number>/", views_credentials.one, _LOOK, "credential"),
    Page(
        f"{_CR}<int:number>/rotate/",
        views_credentials.rotate,
        _KEYS,
        "credential_rotate",
        fresh=True,
    ),
    Page(
        f"{_CR}<int:number>/revoke/",
        views_credentials.revoke,
        _KEYS,
        "credential_revoke",
        fresh=True,
    ),
    Page(_CH, views_channels.listed, _LOOK, "channels", menu="Channels", group=_GROUP),
    Page(f"{_CH}add/", views_channels.add, _KEYS, "channel_add", fresh=True),
    Page(f"{_CH}<int:number>/", views_channels.one, _LOOK, "channel"),
    Page(f"{_CH}<int:number>/rotate/", views_channels.rotate, _KEYS, "channel_rotate", fresh=True),
    Page(f"{_CH}<int:number>/revoke/", views_channels.revoke, _KEYS, "channel_revoke", fresh=True),
    Page(_D, views_devices.listed, _LOOK, "devices", menu="Floor devices", group=_GROUP),
    Page(f"{_D}add/", views_devices.add, _FLOOR, "device_add", fresh=True),
    Page(f"{_D}<int:number>/", views_devices.one, _LOOK, "device"),
    Page(f"{_D}<int:number>/attest/", views_devices.attest, _FLOOR, "device_attest", fresh=True),
    Page(f"{_D}<int:number>/link/", views_devices.link, _FLOOR, "device_link", fresh=True),
    Page(f"{_D}<int:number>/revoke/", views_devices.revoke, _FLOOR, "device_revoke", fresh=True),
    Page(
        "station/",
        views_station.station,
        Permission.PICK,
        "station",
        menu="This device",
        group="Warehouse",
        shown=views_station.works_on_the_floor,
    ),
)


def _ending(actor: Actor) -> int:
    return devices.ending(actor.brand_id, actor.now)


WAITING: tuple[Waiting, ...] = (
    Waiting("floor devices to look at and vouch for again", _ending, _FLOOR, "devices"),
)
