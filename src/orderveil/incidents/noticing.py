"""Findings that need no statistics: networks, failed sign-ins, unexplained paper, late purges."""

from collections import defaultdict
from datetime import datetime, timedelta

from orderveil.hops.printing import counts as of_paper
from orderveil.hops.retention import overdue
from orderveil.incidents.alerts import Finding
from orderveil.incidents.detectors import Window, failing, is_new_network
from orderveil.incidents.history import begins
from orderveil.incidents.models import Alert, Count, Network
from orderveil.incidents.signins import NO_BRAND, account_of
from orderveil.incidents.words import AlertKind, Severity, What
from orderveil.partners import beyond
from orderveil.partners import networks as of_credentials
from orderveil.people.models import Membership


def networks(brand_id: int, now: datetime) -> list[Finding]:
    """Credentials and people of the brand that came from a network of their own they never used."""
    return [*_of_credentials(brand_id, now), *_of_people(brand_id, now)]


def _of_credentials(brand_id: int, now: datetime) -> list[Finding]:
    fresh = of_credentials.unlooked(brand_id)
    if fresh:
        of_credentials.looked([each.id for each in fresh], now)
    return [
        _new_network(f"credential:{each.credential_id}", each.network, each.at, Severity.MEDIUM)
        for each in fresh
        if is_new_network(each.known, each.since, each.at)
    ]


def _of_people(brand_id: int, now: datetime) -> list[Finding]:
    """A person may belong to several brands: each is told, and each looks for itself."""
    people = Membership.objects.in_force().filter(brand_id=brand_id)
    tags = [f"person:{number}" for number in people.values_list("person_id", flat=True)]
    since = now - timedelta(days=2)
    found = []
    for each in Network.objects.filter(person__in=tags, first_at__gte=since).order_by("pk"):
        earlier = Network.objects.filter(person=each.person, pk__lt=each.pk).order_by("first_at")
        first = earlier.values_list("first_at", flat=True).first()
        if not is_new_network(earlier.count(), first, each.first_at):
            continue
        if not _told(brand_id, each):
            found.append(_new_network(each.person, each.network, each.first_at, Severity.LOW))
    return found


def _told(brand_id: int, seen: Network) -> bool:
    """Is there an alert that names this network? There is one a day at most, so few to look at."""
    return Alert.objects.filter(
        brand_id=brand_id,
        kind=AlertKind.NEW_NETWORK,
        who=seen.person,
        day=seen.first_at.date(),
        evidence__networks__contains=[seen.network],
    ).exists()


def _new_network(who: str, network: str, at: datetime, severity: Severity) -> Finding:
    evidence = {"networks": [network]}
    return Finding(AlertKind.NEW_NETWORK, severity, who, at.date(), 1, evidence, adds=True)


def paper(brand_id: int, now: datetime) -> list[Finding]:
    """Printers of the floor that counted other sheets than the ledger and the reports explain."""
    return [
        Finding(
            AlertKind.PAPER_DIFFERS,
            Severity.MEDIUM,
            f"device:{each.device_id}",
            each.day,
            abs(each.difference) or each.handed - each.disclosed,
        )
        for each in of_paper.differences(brand_id, now=now)
    ]


def stopped(brand_id: int, now: datetime) -> list[Finding]:
    """Couriers that asked for more than was assigned to them, and were stopped for it."""
    fresh = beyond.unlooked(brand_id)
    if fresh:
        beyond.looked([each.id for each in fresh], now)
    return [
        Finding(
            AlertKind.COURIER_STOPPED,
            Severity.HIGH,
            f"partner:{each.partner_id}",
            each.at.date(),
            each.asked,
            {"allowance": each.allowance, "assigned": each.assigned},
            adds=True,
        )
        for each in fresh
    ]


VERY_LATE = timedelta(days=7)


def purges(brand_id: int, now: datetime) -> list[Finding]:
    """Partners that have not confirmed in time, told under the day on which the first was due.

    So one alert stays open, counts up, and becomes worse after a week.
    """
    return [
        Finding(
            AlertKind.PURGE_OVERDUE,
            Severity.HIGH if now - each.first_due >= VERY_LATE else Severity.MEDIUM,
            f"partner:{each.partner_id}",
            each.first_due.date(),
            each.overdue,
        )
        for each in overdue.late(brand_id, now)
    ]


def failed_sign_ins(brand_id: int, now: datetime) -> list[Finding]:
    """Accounts of the brand's people with many failures in this hour or the last, or in the day."""
    this_hour = begins(Window.HOUR, now)
    hours = [this_hour - timedelta(hours=1), this_hour]
    since = begins(Window.DAY, hours[0])
    accounts = _accounts(brand_id)
    # Anybody can fail to sign in, under any address: only the brand's own are read.
    rows = Count.objects.filter(
        brand_id=NO_BRAND,
        what=What.FAILED_SIGN_INS,
        who__in=[account for _, account in accounts],
        hour__gte=since,
    ).values_list("who", "hour", "count")
    counts: dict[str, dict[datetime, int]] = defaultdict(dict)
    for who, hour, count in rows:
        counts[who][hour] = count
    return [
        found
        for person, account in accounts
        for hour in hours
        if (found := _failing(person, counts.get(account, {}), hour)) is not None
    ]


def _accounts(brand_id: int) -> list[tuple[str, str]]:
    members = Membership.objects.in_force().filter(brand_id=brand_id)
    people = members.values_list("person_id", "person__email")
    return [(f"person:{number}", account_of(email)) for number, email in people]


def _failing(person: str, by_hour: dict[datetime, int], hour: datetime) -> Finding | None:
    day = begins(Window.DAY, hour)
    in_day = sum(count for at, count in by_hour.items() if begins(Window.DAY, at) == day)
    severity = failing(by_hour.get(hour, 0), in_day) if hour in by_hour else None
    if severity is None:
        return None
    evidence = {"what": What.FAILED_SIGN_INS, "hour": f"{hour:%H:%M}", "hour_count": by_hour[hour]}
    kind = AlertKind.FAILED_SIGN_INS
    return Finding(kind, severity, person, day.date(), in_day, evidence)
