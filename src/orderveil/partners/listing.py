"""Lists of a brand's partners, credentials, channels and devices, a page at a time.

Keyset pagination: a page begins after the last one's number, so the hundredth costs what the
first did.
"""

from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, QuerySet

from orderveil.core.errors import RefusedError
from orderveil.core.numbers import row_number
from orderveil.partners.models import Channel, Credential, Device, Partner
from orderveil.partners.registry import missing

PAGE = 50
M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class PageOf(Generic[M]):
    """The rows of one page, and after which number the next begins; None: this is the last."""

    rows: list[M]
    next: int | None


def page_of(found: QuerySet[M], after: str) -> PageOf[M]:
    """The page after the number `after`, the newest first; what is no number begins anew."""
    last = row_number(after)
    if last is not None:
        found = found.filter(pk__lt=last)
    rows = list(found.order_by("-pk")[: PAGE + 1])
    return PageOf(rows[:PAGE], rows[PAGE - 1].pk if len(rows) > PAGE else None)


def partner_of(brand_id: int, number: int) -> Partner:
    """The brand's partner of that number; raises `RefusedError`."""
    found = Partner.objects.filter(pk=number, brand_id=brand_id).first()
    if found is None:
        raise _missing("partner", number)
    return found


def credential_of(brand_id: int, number: int) -> Credential:
    """The brand's credential of that number; raises `RefusedError`."""
    known = Credential.objects.select_related("partner", "channel")
    found = known.filter(pk=number, brand_id=brand_id).first()
    if found is None:
        raise _missing("credential", number)
    return found


def channel_of(brand_id: int, number: int) -> Channel:
    """The brand's channel of that number; raises `RefusedError`."""
    found = Channel.objects.filter(pk=number, brand_id=brand_id).first()
    if found is None:
        raise _missing("channel", number)
    return found


def device_of(brand_id: int, number: int) -> Device:
    """The brand's device of that number, revoked or not; raises `RefusedError`."""
    known = Device.objects.select_related("partner")
    found = known.filter(pk=number, brand_id=brand_id).first()
    if found is None:
        raise _missing("device", number)
    return found


def _missing(what: str, number: int) -> RefusedError:
    return missing(what, str(number), "Look at the list.")
