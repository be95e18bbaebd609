"""When a centre's people may work, and what a brand says of itself: its channel, its address."""

from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import available_timezones

from django.db import transaction

from orderveil.core.errors import Problem, RefusedError
from orderveil.ledger.acts import ActKind, Who, record
from orderveil.partners.credentials import checked_network
from orderveil.partners.models import Brand, Partner


@dataclass(frozen=True, slots=True)
class CentreTerms:
    """Networks (CIDR), ISO weekdays, hours in a zone; what is empty allows everything."""

    networks: tuple[str, ...] = ()
    days: tuple[int, ...] = ()
    opens: time | None = None
    closes: time | None = None
    zone: str = "Asia/Kolkata"


@transaction.atomic
def set_centre_terms(partner: Partner, terms: CentreTerms, *, now: datetime, who: Who) -> None:
    """From the commit on, people of this partner work within these terms. Raises `RefusedError`."""
    if (terms.opens is None) != (terms.closes is None) or (
        terms.opens is not None and terms.opens == terms.closes
    ):
        raise RefusedError(_HALF_A_DAY)
    if terms.zone not in available_timezones():
        raise RefusedError(_NO_ZONE)
    if not set(terms.days) <= set(range(1, 8)):
        raise RefusedError(_NO_DAY)
    networks = [checked_network(text) for text in terms.networks]
    days = sorted(set(terms.days))
    Partner.objects.filter(pk=partner.pk).update(
        desk_networks=networks,
        desk_days=days,
        desk_opens=terms.opens,
        desk_closes=terms.closes,
        desk_zone=terms.zone,
    )
    record(
        partner.brand_id,
        ActKind.CENTRE_TERMS_CHANGED,
        now=now,
        who=who,
        subject=f"partner:{partner.pk}",
        detail={
            "networks": ",".join(networks),
            "days": ",".join(map(str, days)),
            "opens": terms.opens.isoformat("minutes") if terms.opens else "",
            "closes": terms.closes.isoformat("minutes") if terms.closes else "",
            "zone": terms.zone,
        },
    )


@transaction.atomic
def publish_channel(brand: Brand, published_channel: str, *, now: datetime, who: Who) -> None:
    """Say where customers find the brand; "" takes it back.

    It changes no disclosure, but which scams are possible: a caller can pose as a care number
    only where the brand has not said which one is its own.
    """
    said = published_channel.strip()
    Brand.objects.filter(pk=brand.pk).update(published_channel=said)
    record(
        brand.pk,
        ActKind.BRAND_CHANGED,
        now=now,
        who=who,
        subject=f"brand:{brand.pk}",
        detail={"published_channel": bool(said)},
    )


LONGEST_LINE, MOST_LINES = 80, 4


@transaction.atomic
def set_return_address(brand: Brand, text: str, *, now: datetime, who: Who) -> None:
    """Where labels say that undelivered parcels go back to; "" takes it back.

    Raises `RefusedError` for more than `MOST_LINES` lines of `LONGEST_LINE` characters.
    """
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_LINES or any(len(line) > LONGEST_LINE for line in lines):
        raise RefusedError(_LONG_ADDRESS)
    said = "\n".join(lines)
    if (
        not Brand.objects.filter(pk=brand.pk)
        .exclude(return_address=said)
        .update(return_address=said)
    ):
        return
    record(
        brand.pk,
        ActKind.BRAND_CHANGED,
        now=now,
        who=who,
        subject=f"brand:{brand.pk}",
        detail={"return_address": bool(lines)},
    )


_LONG_ADDRESS = Problem(
    code="return_address_long",
    detail=f"A return address has at most {MOST_LINES} lines of {LONGEST_LINE} characters.",
    remedy="Write it as it is to stand on a label.",
    rule="label: a text that does not fit is refused",
)
_HALF_A_DAY = Problem(
    code="hours_invalid",
    detail="Working hours have a beginning and an end, and the two differ.",
    remedy="Give both, or leave both empty for any hour.",
    rule="people: a centre's people work in its hours",
)
_NO_ZONE = Problem(
    code="zone_invalid",
    detail="There is no such time zone.",
    remedy="Choose one by its IANA name, as in Asia/Kolkata.",
    rule="people: a centre's hours are told in a time zone",
)
_NO_DAY = Problem(
    code="day_invalid",
    detail="There is no such day of the week.",
    remedy="Days are 1 (Monday) to 7 (Sunday).",
    rule="people: a centre's people work on its days",
)
