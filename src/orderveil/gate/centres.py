"""When people of a partner's centre may work: its standing, its networks, its hours.

They are checked twice: by the guard before a page, and here, under the law of the disclosure.
"""

from datetime import datetime
from ipaddress import ip_network
from zoneinfo import ZoneInfo

from orderveil.core.actors import Actor
from orderveil.core.errors import Problem
from orderveil.gate.law import Law
from orderveil.partners.credentials import address_of
from orderveil.partners.models import Partner


def closed(law: Law, actor: Actor, now: datetime) -> Problem | None:
    """Why this person may not work now; None if they may, or are no partner's."""
    if actor.partner_id is None:
        return None
    partner = law.partners.get(actor.partner_id)
    if partner is None:
        return _NO_STANDING
    standing = law.standing(partner, now.date())
    if standing.suspended or not (standing.own or standing.agreement_in_force):
        return _NO_STANDING
    if not _from_its_networks(partner, actor.address):
        return _WRONG_NETWORK
    return None if _in_its_hours(partner, now) else _after_hours(partner)


def _from_its_networks(partner: Partner, address: str) -> bool:
    source = address_of(address)
    if not partner.desk_networks:
        return True
    return source is not None and any(source in ip_network(net) for net in partner.desk_networks)


def _in_its_hours(partner: Partner, now: datetime) -> bool:
    """Hours that end before they begin go past midnight, and belong to the day they began on."""
    here = now.astimezone(ZoneInfo(partner.desk_zone))
    opens, closes = partner.desk_opens, partner.desk_closes
    day, time = here.isoweekday(), here.time()
    if opens is not None and closes is not None:
        if opens <= closes:
            if not opens <= time < closes:
                return False
        elif time < closes:
            day = (day - 2) % 7 + 1
        elif time < opens:
            return False
    return not partner.desk_days or day in partner.desk_days


_NO_STANDING = Problem(
    code="centre_without_standing",
    detail="The centre you work for has no standing today.",
    remedy="Its agreement ended or it is suspended: the brand's privacy officer can tell.",
    rule="standing: a centre's people work while their partner has standing",
    status=403,
)
_WRONG_NETWORK = Problem(
    code="wrong_network",
    detail="The centre you work for has other networks than the one you are on.",
    remedy="Work from the centre's own network.",
    rule="people: a centre's people work from its address ranges",
    status=403,
)


def _after_hours(partner: Partner) -> Problem:
    return Problem(
        code="after_hours",
        detail="The centre you work for is closed now.",
        remedy=f"Its hours are {spelled_hours(partner)}.",
        rule="people: a centre's people work in its hours",
        status=403,
    )


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def spelled_hours(partner: Partner) -> str:
    """ "Mon, Tue 09:00-18:00 Asia/Kolkata"."""
    days = ", ".join(_DAYS[day - 1] for day in sorted(partner.desk_days)) or "every day"
    if partner.desk_opens is None or partner.desk_closes is None:
        return f"{days}, at any hour"
    return f"{days} {partner.desk_opens:%H:%M}-{partner.desk_closes:%H:%M} {partner.desk_zone}"
