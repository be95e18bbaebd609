"""The law of a brand as one process knows it: policies, partners, credentials, at one revision.

Rules kept here:
- a Law is read in one snapshot together with its revision, and never changes afterwards;
- every statement that hands something out checks that revision again; a Law that is behind is
  read anew and the decision made again, so caching saves the reading, never the checking.
"""

import threading
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import connection, transaction

from orderveil.core.decision import Grant, Mode, Policies, Standing, decide
from orderveil.core.errors import Problem
from orderveil.core.hops import Hop
from orderveil.gate.compose import Plan, plan_for
from orderveil.partners.credentials import (
    UNAUTHORISED,
    credential_id,
    is_genuine,
    is_in_force,
    touch,
)
from orderveil.partners.models import Agreement, Brand, Credential, Partner
from orderveil.policy import versions

Decision = tuple[Grant, Plan] | Problem


@dataclass(frozen=True, slots=True)
class Law:
    """What one brand's decisions are made under."""

    brand: Brand
    rev: int
    policies: Policies
    partners: dict[int, Partner]
    agreements: dict[int, list[Agreement]]
    credentials: dict[int, Credential]
    _decisions: dict[tuple[int, Hop, bool, date], Decision] = field(default_factory=dict)

    def standing(self, partner: Partner, today: date) -> Standing:
        """May this partner receive data today?"""
        agreements = self.agreements.get(partner.pk, [])
        return Standing(
            partner=partner.slug,
            hops=frozenset(Hop(hop) for hop in partner.hops),
            suspended=partner.suspended_at is not None,
            own=partner.own,
            agreement_in_force=any(
                a.starts_on <= today and (a.ends_on is None or today <= a.ends_on)
                for a in agreements
            ),
            demands_email=partner.demands_email,
            mode=Mode(partner.mode),
            enforce_percent=partner.enforce_percent,
        )

    def decide(self, partner: Partner, hop: Hop, *, enforced: bool, today: date) -> Decision:
        """The Grant and how to compose it, made once per day and kept with the Law."""
        key = (partner.pk, hop, enforced, today)
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
    """Read the Law anew, in one snapshot."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            if not connection.in_atomic_block or len(connection.savepoint_ids) == 0:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SELECT rev FROM ledger_law WHERE log_id = %s", [brand_id])
            rev = int(cursor.fetchone()[0])
        partners = {p.pk: p for p in Partner.objects.filter(brand_id=brand_id)}
        agreements: dict[int, list[Agreement]] = {}
        for agreement in Agreement.objects.filter(partner__brand_id=brand_id):
            agreements.setdefault(agreement.partner_id, []).append(agreement)
        law = Law(
            brand=Brand.objects.get(pk=brand_id),
            rev=rev,
            policies=versions.policies(brand_id),
            partners=partners,
            agreements=agreements,
            credentials={c.pk: c for c in Credential.objects.filter(brand_id=brand_id)},
        )
    with _lock:
        _laws[brand_id] = law
        _brand_of_credential.update(dict.fromkeys(law.credentials, brand_id))
    return law


def forget() -> None:
    """Drop what this process has read: between tests, and after a restore."""
    with _lock:
        _laws.clear()
        _brand_of_credential.clear()


def is_current(law: Law) -> bool:
    """Inside the caller's transaction: is this still the brand's law?"""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rev = %s FROM ledger_law WHERE log_id = %s", [law.rev, law.brand.pk])
        row = cursor.fetchone()
    return bool(row and row[0])


def authenticate(
    token: str, *, now: datetime, address: str | None
) -> tuple[Law, Credential] | Problem:
    """The credential behind a bearer token and its brand's Law.

    A credential that this process does not know yet, or knows as unusable, is looked up again:
    it may have been issued a moment ago.
    """
    number = credential_id(token)
    if number is None:
        return UNAUTHORISED
    known = _laws.get(_brand_of_credential.get(number, -1))
    for law in (known, None):
        law = law or _law_with(number)
        credential = law.credentials.get(number) if law else None
        if (
            law is not None
            and credential is not None
            and is_genuine(credential, token)
            and is_in_force(credential, now=now, address=address)
        ):
            touch(credential, now)
            return law, credential
    return UNAUTHORISED


def _law_with(number: int) -> Law | None:
    """The fresh Law of the brand whose credential this is."""
    row = Credential.objects.filter(pk=number).values_list("brand_id", flat=True).first()
    return reload(row) if row is not None else None
