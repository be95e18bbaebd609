"""From changed counts to findings: who is compared with whom, over what, and what goes with it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from orderveil.incidents.alerts import Finding
from orderveil.incidents.detectors import (
    DAYS,
    ENOUGH,
    PEOPLE,
    SYSTEMS,
    Measure,
    Verdict,
    Window,
    judge,
    unlike,
)
from orderveil.incidents.history import History, Key, begins
from orderveil.incidents.models import Alert
from orderveil.incidents.words import RANK, AlertKind, What
from orderveil.ledger import counting
from orderveil.ledger.entries import DisclosureKind
from orderveil.partners import refused
from orderveil.partners.models import Credential
from orderveil.people.models import Membership

_KIND = {
    What.REVEALS: AlertKind.UNUSUAL_REVEALS,
    What.VIEWS: AlertKind.UNUSUAL_VIEWS,
    What.REFUSALS: AlertKind.MANY_REFUSALS,
}
_ENTRIES = {
    What.REVEALS: (DisclosureKind.REVEAL,),
    What.VIEWS: (DisclosureKind.DISCLOSURE, DisclosureKind.BULK),
}
_LENGTH = {Window.HOUR: timedelta(hours=1), Window.DAY: timedelta(days=1)}
_HISTORY_SHOWN = 14


class Judge:
    """One look's view of a brand: its people's roles, its credentials' hops, their histories."""

    def __init__(self, brand_id: int, now: datetime) -> None:
        self._brand_id = brand_id
        self._now = now
        self._roles = _roles(brand_id)
        self._histories: dict[What, History] = {}

    def unusual(self, changed: Iterable[Key]) -> Iterator[Finding]:
        """What is unusual among the hours that have changed, and the days they are in."""
        days: dict[tuple[str, What, datetime], set[datetime]] = defaultdict(set)
        for key in changed:
            if key.what in _KIND:
                days[key.who, key.what, begins(Window.DAY, key.hour)].add(key.hour)
        self._read_own(days)
        for (who, what, day), hours in sorted(days.items()):
            found = self._of_day(who, what, day, hours)
            if found is not None:
                yield found
            # What it is held against are the days before: once a day is enough.
            is_first = self._histories[what].first_hour(who, day) in hours
            if is_first and what is not What.REFUSALS:
                always = self._unlike(who, what, day)
                if always is not None:
                    yield always

    def _of_day(self, who: str, what: What, day: datetime, hours: set[datetime]) -> Finding | None:
        """The day and its changed hours are one finding: the worst of their verdicts."""
        history = self._histories[what]
        seen = [(Window.DAY, day), *((Window.HOUR, hour) for hour in sorted(hours))]
        worst: tuple[Verdict, Window, datetime] | None = None
        for window, at in seen:
            verdict = self._verdict(history, who, what, window, at)
            if verdict and (worst is None or RANK[verdict.severity] > RANK[worst[0].severity]):
                worst = verdict, window, at
        if worst is None:
            return None
        verdict, window, at = worst
        count = history.at(who, Window.DAY, day)
        evidence = self._evidence(history, who, what, verdict, window, at)
        return Finding(_KIND[what], verdict.severity, who, day.date(), count, evidence)

    def _verdict(
        self, history: History, who: str, what: What, window: Window, at: datetime
    ) -> Verdict | None:
        measure = _measure(who, what, window)
        if measure is None:
            return None
        count = history.at(who, window, at)
        if count <= measure.floor:
            return None
        own = history.before(who, window, at)
        # Colleagues are read only now: where the count is worth a look at all.
        colleagues = self._of_colleagues(history, who, window, at)
        return judge(count, own, colleagues, measure)

    def _unlike(self, who: str, what: What, day: datetime) -> Finding | None:
        """Said once in four weeks."""
        measure = _measure(who, what, Window.DAY)
        if measure is None or not who.startswith("person:"):
            return None
        history = self._histories[what]
        own = history.before(who, Window.DAY, day)
        if len(own) < ENOUGH or median(own) <= measure.floor:  # no limit is below the floor
            return None
        colleagues = self._of_colleagues(history, who, Window.DAY, day)
        verdict = unlike(own, colleagues, measure)
        if verdict is None or self._said(who, what, day):
            return None
        evidence = self._evidence(history, who, what, verdict, Window.DAY, day)
        count = sorted(own)[len(own) // 2]
        kind = AlertKind.UNLIKE_COLLEAGUES
        return Finding(kind, verdict.severity, who, day.date(), count, evidence)

    def _said(self, who: str, what: What, day: datetime) -> bool:
        return Alert.objects.filter(
            brand_id=self._brand_id,
            kind=AlertKind.UNLIKE_COLLEAGUES,
            who=who,
            day__gt=day.date() - timedelta(days=DAYS),
            evidence__what=what,
        ).exists()

    def _evidence(
        self, history: History, who: str, what: What, verdict: Verdict, window: Window, at: datetime
    ) -> dict[str, Any]:
        told: dict[str, Any] = {
            "what": what,
            "usual": round(verdict.usual),
            "limit": verdict.limit,
            "basis": verdict.basis,
            "role": self._roles.get(who, ""),
            "window": window,
            "history": history.before(who, window, at)[-_HISTORY_SHOWN:],
            "entries": self._entries(who, what, window, at),
        }
        if window is Window.HOUR:
            told |= {"hour": f"{at:%H:%M}", "hour_count": history.at(who, window, at)}
        if what is What.REFUSALS:
            told["codes"] = self._codes(who, begins(Window.DAY, at))
        return told

    def _entries(self, who: str, what: What, window: Window, at: datetime) -> list[str]:
        if what not in _ENTRIES:
            return []
        kind, _, number = who.partition(":")
        whose: dict[str, Any] = {"person": who} if kind == "person" else {"credential": int(number)}
        end = at + _LENGTH[window]
        found = counting.last_shown(self._brand_id, at, end, kinds=_ENTRIES[what], **whose)
        return [str(each) for each in found]

    def _codes(self, who: str, day: datetime) -> dict[str, int]:
        codes: dict[str, int] = defaultdict(int)
        for each in refused.since(self._brand_id, day):
            if each.who == who:
                codes[each.code] += each.times
        return dict(codes)

    def _read_own(self, changed: Iterable[tuple[str, What, datetime]]) -> None:
        """The histories of whoever did anything: one question for each thing that is counted."""
        whom: dict[What, set[str]] = defaultdict(set)
        for who, what, _ in changed:
            whom[what].add(who)
        for what, those in whom.items():
            self._histories[what] = History(self._brand_id, what, self._now)
            self._histories[what].read(those)

    def _of_colleagues(self, history: History, who: str, window: Window, at: datetime) -> list[int]:
        """What the others of the role did: read when somebody's count is worth it."""
        role = self._roles.get(who)
        whom = [each for each, held in self._roles.items() if held == role and each != who]
        history.read(whom)
        return history.together(whom, window, at)


def _measure(who: str, what: What, window: Window) -> Measure | None:
    measures = PEOPLE if who.startswith("person:") else SYSTEMS
    return measures.get((what, window))


def _roles(brand_id: int) -> dict[str, str]:
    """The role of each person, the hop of each credential: who is whose colleague."""
    members = Membership.objects.filter(brand_id=brand_id)
    roles = {
        f"person:{person}": str(role)
        for person, role in members.order_by("pk").values_list("person_id", "role")
    }
    keys = Credential.objects.filter(brand_id=brand_id).values_list("pk", "hop")
    return roles | {f"credential:{number}": f"hop {hop}" for number, hop in keys}
