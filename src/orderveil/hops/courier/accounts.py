"""Which account at a carrier a partner books with: connected, found, disconnected; each an act.

Rules kept here:
- a booking goes to the address that was configured, and to no other;
- passwords, keys and the webhook's secret are sealed in the keyring, and shown to nobody;
- a partner has one account at a time; disconnecting ends it at the next request;
- a carrier that demands an e-mail makes its partner one that demands it: what the policy shows
  as `virtual` is an alias. Both change the law, so both acts bump its revision.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

import msgspec
from django.conf import settings
from django.db import transaction

from orderveil.core.errors import Problem, RefusedError
from orderveil.core.hops import Hop
from orderveil.hops.courier.carriers import registry
from orderveil.hops.courier.carriers.speech import Carrier
from orderveil.hops.courier.models import CarrierAccount
from orderveil.keyring import secrets as keyring
from orderveil.ledger.acts import ActKind, Who, record
from orderveil.outbox.egress import EgressError, read_url
from orderveil.partners.choice import must_run
from orderveil.partners.models import Partner

_RULE: Final = "courier: a booking goes where it was configured to go, and nowhere else"
_PATH: Final = re.compile(r"(?:/[A-Za-z0-9_~-][A-Za-z0-9_.~-]*)*")
_VALUE_MAX_CHARS: Final = 400
_SECRET_MAX_CHARS: Final = 4096


def carrier_of(name: str) -> Carrier:
    """The carrier of that name. Raises `RefusedError`."""
    found = registry.CARRIERS.get(name)
    if found is None:
        known = ", ".join(sorted(registry.CARRIERS))
        raise RefusedError(
            Problem(
                code="unknown_carrier",
                detail="No carrier of this name can be booked.",
                remedy=f"Those that can: {known}. For another, subscribe its system to webhooks.",
                rule=_RULE,
            )
        )
    return found


@transaction.atomic
def connect(
    partner: Partner,
    carrier_name: str,
    *,
    options: Mapping[str, str],
    secrets: Mapping[str, str],
    now: datetime,
    who: Who,
    base_url: str = "",
    webhook_secret: bytes | None = None,
) -> CarrierAccount:
    """The partner's account from now on. `base_url`: the carrier's own if empty.

    Raises `RefusedError`.
    """
    must_run(partner, Hop.COURIER)
    carrier = carrier_of(carrier_name)
    base_url = (base_url or carrier.base_url).rstrip("/")
    problem = (
        _wrong_address(base_url)
        or registry.wrong_account(carrier, options, secrets)
        or _wrong_values(options, secrets)
    )
    if problem is not None:
        raise RefusedError(problem)
    # Two at once wait for each other here, and the second finds the first.
    locked = Partner.objects.select_for_update().get(pk=partner.pk)
    if live(partner.brand_id, partner.pk) is not None:
        raise RefusedError(_CONNECTED)
    made = CarrierAccount.objects.create(
        brand_id=partner.brand_id,
        partner=partner,
        carrier=carrier.name,
        base_url=base_url,
        options=dict(options),
        created_at=now,
    )
    keyring.put(partner.brand_id, _name(made), msgspec.json.encode(dict(secrets)))
    if webhook_secret is not None:
        keyring.put(partner.brand_id, _webhook_name(made), webhook_secret)
    if carrier.demands_email and not locked.demands_email:
        locked.demands_email = partner.demands_email = True
        locked.save(update_fields=["demands_email"])
    _act(ActKind.CARRIER_CONNECTED, made, now, who, host=urlsplit(base_url).hostname or "")
    return made


@transaction.atomic
def disconnect(brand_id: int, number: int, *, now: datetime, who: Who) -> CarrierAccount:
    """End it, and its secrets with it. Raises `RefusedError` (404).

    What is on its way is finished by nobody: it waits for a person (`settling`).
    """
    found = CarrierAccount.objects.select_for_update().filter(pk=number, brand_id=brand_id).first()
    if found is None or found.revoked_at is not None:
        raise RefusedError(_UNKNOWN)
    found.revoked_at, found.token, found.token_until = now, None, None
    found.save(update_fields=["revoked_at", "token", "token_until"])
    keyring.delete(brand_id, _name(found))
    keyring.delete(brand_id, _webhook_name(found))
    carrier = registry.CARRIERS.get(found.carrier)
    if carrier is not None and carrier.demands_email:
        Partner.objects.filter(pk=found.partner_id).update(demands_email=False)
    _act(ActKind.CARRIER_DISCONNECTED, found, now, who)
    return found


def live(brand_id: int, partner_id: int) -> CarrierAccount | None:
    """The partner's account, if one is connected."""
    found = CarrierAccount.objects.filter(brand_id=brand_id, partner_id=partner_id, revoked_at=None)
    return found.first()


def of_partners(brand_id: int) -> dict[int, CarrierAccount]:
    """Partner id -> its account, of every partner of the brand that has one."""
    found = CarrierAccount.objects.filter(brand_id=brand_id, revoked_at=None)
    return {each.partner_id: each for each in found}


def listing(brand_id: int) -> list[CarrierAccount]:
    """The brand's accounts, those that are connected first."""
    found = CarrierAccount.objects.filter(brand_id=brand_id).select_related("partner")
    return sorted(found, key=lambda each: (each.revoked_at is not None, -each.pk))


def secrets_of(account: CarrierAccount) -> dict[str, str]:
    """What it signs in with. KeyringError once it is disconnected."""
    raw = keyring.get(account.brand_id, _name(account))
    return msgspec.json.decode(raw, type=dict[str, str])


def webhook_secret(account: CarrierAccount) -> bytes | None:
    """What its tracking webhooks are checked with; None if none was given."""
    return keyring.find(account.brand_id, _webhook_name(account))


def pause(number: int, until: datetime, code: str) -> None:
    """Send nothing for this account before then; a longer pause stays."""
    found = CarrierAccount.objects.select_for_update().filter(pk=number)
    with transaction.atomic(durable=True):
        account = found.first()
        if account is None:
            return
        account.paused_until = max(until, account.paused_until or until)
        account.trouble = code
        account.save(update_fields=["paused_until", "trouble"])


def _act(kind: ActKind, account: CarrierAccount, now: datetime, who: Who, **more: str) -> None:
    detail: dict[str, str | int] = {"partner": account.partner_id, "carrier": account.carrier}
    detail.update(more)
    subject = f"carrier:{account.pk}"
    record(account.brand_id, kind, now=now, who=who, subject=subject, detail=detail)


def _wrong_address(base_url: str) -> Problem | None:
    try:
        read_url(base_url, private=settings.WEBHOOK_PRIVATE)
    except EgressError as error:
        return _bad("/url", f"This address can't be used: {error.trouble}.")
    if "?" in base_url or not _PATH.fullmatch(urlsplit(base_url).path):
        return _bad("/url", "The address has a query, or a path that servers read differently.")
    return None


def _wrong_values(options: Mapping[str, str], secrets: Mapping[str, str]) -> Problem | None:
    for name, value in options.items():
        if not value.isprintable() or len(value) > _VALUE_MAX_CHARS:
            return _bad(f"/options/{name}", "An option is one line of up to 400 characters.")
    for name, value in secrets.items():
        if not value.isprintable() or len(value) > _SECRET_MAX_CHARS:
            return _bad(f"/secrets/{name}", "A secret is one line of up to 4,096 characters.")
    return None


def _bad(pointer: str, detail: str) -> Problem:
    return Problem(
        code="carrier_account_wrong",
        detail=detail,
        remedy="https at a public address; for your own network see ORDERVEIL_WEBHOOK_PRIVATE.",
        pointer=pointer,
        rule=_RULE,
    )


def _name(account: CarrierAccount) -> str:
    return f"courier:{account.pk}"


def _webhook_name(account: CarrierAccount) -> str:
    return f"courier:{account.pk}:webhook"


_CONNECTED = Problem(
    code="carrier_connected",
    detail="This partner has a carrier account already.",
    remedy="Disconnect that one first.",
    rule="courier: a partner books with one account",
    status=409,
)
_UNKNOWN = Problem(
    code="no_such_carrier_account",
    detail="This brand has no carrier account of that number connected.",
    remedy="List them: `orderveil courier list`.",
    rule="courier: a brand's own accounts",
    status=404,
)
