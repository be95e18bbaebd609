"""The law of a brand as one process knows it: policies, partners, credentials, people.

Rules kept here:
- a Law is what *one revision* says, and never changes afterwards;
- every statement that hands something out checks that revision again; a Law that is behind is
  read anew and the decision made again, so caching saves the reading, never the checking.
"""

import threading
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import connection

from orderveil.core.decision import Grant, Mode, Policies, Standing, decide
from orderveil.core.errors import Problem
from orderveil.core.hops import Hop
from orderveil.gate.compose import Plan, plan_for
from orderveil.partners import networks
from orderveil.partners.credentials import (
    UNAUTHORISED,
    credential_id,
    is_genuine,
    is_in_force,
    proof_of,
    touch,
)
from orderveil.partners.models import Agreement, Brand, Credential, Device, Partner
from orderveil.partners.standing import paper_of
from orderveil.people.models import Membership
from orderveil.policy import versions

Decision = tuple[Grant, Plan] | Problem


@dataclass(frozen=True, slots=True)
class Law:
    """What one brand's decisions are made under."""

    brand: Brand
    brand_id: int
    rev: int
    policies: Policies
    partners: dict[int, Partner]
    agreements: dict[int, list[Agreement]]
    credentials: dict[int, Credential]
    members: dict[int, Membership]
    devices: dict[int, Device] = field(default_factory=dict)
    _standings: dict[tuple[int, date], Standing] = field(default_factory=dict)
    _decisions: dict[tuple[int, Hop, bool, date], Decision] = field(default_factory=dict)

    def standing(self, partner: Partner, today: date) -> Standing:
        """May this partner receive data today? Found out once a day and kept with the Law."""
        key = (partner.id, today)
        found = self._standings.get(key)
        if found is None:
            found = self._standings[key] = self._standing(partner, today)
        return found

    def _standing(self, partner: Partner, today: date) -> Standing:
        paper = paper_of(self.agreements.get(partner.id, []), today)
        return Standing(
            partner=partner.slug,
            hops=frozenset(Hop(hop) for hop in partner.hops),
            suspended=partner.suspended_at is not None,
            own=partner.own,
            agreement_in_force=paper.in_force,
            begins_on=paper.begins_on,
            ended_on=paper.ended_on,
            named=paper.named,
            demands_email=partner.demands_email,
            mode=Mode(partner.mode),
            enforce_percent=partner.enforce_percent,
        )

    def decide(self, partner: Partner, hop: Hop, *, enforced: bool, today: date) -> Decision:
        """The Grant and how to compose it, made once per day and kept with the Law."""
        key = (partner.id, hop, enforced, today)
        found = self._decisions.get(key)
        if found is None:
            grant = decide(hop, self.policies, self.standing(partner, today), enforced=enforced)
            found = grant if isinstance(grant, Problem) else (grant, plan_for(grant))
            self._decisions[key] = found
        return found


_laws: dict[int, Law] = {}
_brand_of_credential: dict[int, int] = {}
_lock = threading.Lock()


def law_of(brand_id: int) -> Law:
    """The Law as this process last read it."""
    return _laws.get(brand_id) or reload(brand_id)


def reload(brand_id: int) -> Law:
    """Read the Law anew: again if a change was committed while it was read."""
    while True:
        law = _read(brand_id, _rev(brand_id))
        if _rev(brand_id) == law.rev:
            break
    with _lock:
        _laws[brand_id] = law
        _brand_of_credential.update(dict.fromkeys(law.credentials, brand_id))
    return law


def _rev(brand_id: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rev FROM ledger_law WHERE log_id = %s", [brand_id])
        return int(cursor.fetchone()[0])


def _read(brand_id: int, rev: int) -> Law:
    agreements: dict[int, list[Agreement]] = {}
    for agreement in Agreement.objects.filter(partner__brand_id=brand_id):
        agreements.setdefault(agreement.partner_id, []).append(agreement)
    return Law(
        brand=Brand.objects.get(pk=brand_id),
        brand_id=brand_id,
        rev=rev,
        policies=versions.policies(brand_id),
        partners={partner.pk: partner for partner in Partner.objects.filter(brand_id=brand_id)},
        agreements=agreements,
        credentials={c.pk: c for c in Credential.objects.filter(brand_id=brand_id)},
        members={m.pk: m for m in Membership.objects.in_force().filter(brand_id=brand_id)},
        devices={d.pk: d for d in Device.objects.filter(brand_id=brand_id, revoked_at=None)},
    )


def forget() -> None:
    """Drop what this process has read: between tests, and after a restore."""
    with _lock:
        _laws.clear()
        _brand_of_credential.clear()


def current(law: Law) -> Law:
    """This Law if it still holds, else the one that does."""
    return law if is_current(law) else reload(law.brand.pk)


def is_current(law: Law) -> bool:
    """Inside the caller's transaction: is this still the brand's law?"""
    return _rev(law.brand.pk) == law.rev


def brand_of(number: int) -> int | None:
    """The brand of a credential that this process has met; None for any other number."""
    return _brand_of_credential.get(number)


def authenticate(
    token: str, *, now: datetime, address: str | None
) -> tuple[Law, Credential] | Problem:
    """The credential behind a bearer token and its brand's Law.

    What this process knows is asked first. A secret that it does not know may be a newer one: then
    the revision is read, and the Law if that has changed. What else changed meanwhile the
    statement notices.
    """
    number = credential_id(token)
    if number is None:
        return UNAUTHORISED
    proof = proof_of(token)
    law = _laws.get(_brand_of_credential.get(number, -1)) or _law_with(number)
    if law is None or number not in law.credentials:
        return UNAUTHORISED
    if not is_genuine(law.credentials[number], proof, now):
        law = current(law)
    credential = law.credentials[number]
    if not (
        is_genuine(credential, proof, now) and is_in_force(credential, now=now, address=address)
    ):
        return UNAUTHORISED
    touch(credential, now)
    networks.note(credential, address, now)
    return law, credential


def _law_with(number: int) -> Law | None:
    """The fresh Law of the brand whose credential this is."""
    row = Credential.objects.filter(pk=number).values_list("brand_id", flat=True).first()
    return reload(row) if row is not None else None
