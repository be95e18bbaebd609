"""The demo's packing station: registered like any other, and made by opening its link.

Rules kept here:
- the browser in which the demo is looked at is no station until somebody makes it one: its people
  of the warehouse see the pick list until then, as they would anywhere;
- a start makes a link only where there is none that is good, and no browser is the station.
"""

from datetime import datetime

from orderveil.core.devices import DeviceKind
from orderveil.core.errors import RefusedError
from orderveil.partners import devices
from orderveil.partners.models import Brand, Device, Partner

WAREHOUSE = "packhouse"
NAME, STICKER = "Packing station 1 (sample)", "SAMPLE-1"


def station_link(brand: Brand, kept: str, now: datetime) -> str:
    """A link that makes a browser the station: the one that was kept, if it is good yet.

    "" while a browser is the station, or nobody vouches for it any more.
    """
    if _is_good(kept, now):
        return kept
    floor = Partner.objects.filter(brand=brand, slug=WAREHOUSE).first()
    if floor is None:
        return ""
    found = Device.objects.filter(partner=floor, asset=STICKER).order_by("-pk").first()
    if found is None:
        return devices.register(floor, NAME, DeviceKind.STATION, STICKER, now=now)[1]
    if found.secret_hash is not None or not devices.stands(found, now):
        return ""
    return devices.relink(found.pk, brand.pk, now=now)


def _is_good(link: str, now: datetime) -> bool:
    try:
        devices.linked(link, DeviceKind.STATION, now=now)
    except RefusedError:
        return False
    return True
