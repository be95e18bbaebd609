"""What makes a browser a packing station: a cookie that holds its device's token.

Rules kept here:
- no script reads it, no other site's request carries it, no plain connection outside this machine;
- it lasts no longer than somebody vouches for the device: every page renews it up to that;
- by itself it opens nothing: whoever works on the station signs in, with a factor of their own.
"""

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from orderveil.partners import devices
from orderveil.partners.models import Device


def token_of(request: HttpRequest) -> str:
    """What this browser shows of itself; "" if it is no station."""
    return request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")


def here(request: HttpRequest, now: datetime) -> Device | None:
    """The station that this browser is, of whatever brand."""
    return devices.of_token(token_of(request), now=now)


def remember(answer: HttpResponseBase, device: Device, token: str, now: datetime) -> None:
    """Have the browser keep it, as long as the device is vouched for."""
    left = device.attested_until - now
    answer.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        token,
        max_age=int(left.total_seconds()),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def forget(answer: HttpResponseBase) -> None:
    """Have the browser drop it."""
    answer.delete_cookie(settings.DEVICE_COOKIE_NAME, samesite="Strict")
