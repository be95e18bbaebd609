"""Setting up virtual contacts: the care number, the pool, the mail domain, and who carries them.

Rules kept here:
- what a policy says as `virtual else whole` was approved for a brand that has a virtual contact:
  taking that away would show more, so it takes a policy that says so first, and its second person;
- whoever carries a call or a mail is a partner of the brand that runs `comms`.
"""

import re
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from orderveil.contacts import setup as setups
from orderveil.contacts.models import Setup
from orderveil.core import normalise
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.hops import Hop
from orderveil.core.table import provably_tighter
from orderveil.ledger.acts import Who
from orderveil.partners.choice import must_run
from orderveil.partners.models import Partner
from orderveil.policy import versions
from orderveil.policy.toml import PolicyError, load

_DOMAIN: Final = re.compile(
    r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]"
)
_E164: Final = re.compile(r"\+[1-9][0-9]{6,14}")
_RULE: Final = "contacts: what stands for a customer is the brand's own"


def set_calls(
    brand_id: int, *, care_number: str, through: Partner | None, now: datetime, who: Who
) -> Setup:
    """The care number (E.164), and whose telephony connects. Raises `RefusedError`."""
    if through is not None:
        must_run(through, Hop.COMMS)
    number = _number("/care_number", care_number) if care_number else ""
    changes = {"care_number": number, "call_partner_id": through.pk if through else None}
    return _saved(brand_id, changes, now=now, who=who)


def set_mail(
    brand_id: int, *, domain: str, through: Partner | None, now: datetime, who: Who
) -> Setup:
    """The domain of the aliases, and whose server sends them on. Raises `RefusedError`."""
    if through is not None:
        must_run(through, Hop.COMMS)
    domain = domain.strip().lower()
    if domain and not _DOMAIN.fullmatch(domain):
        raise RefusedError(_bad("/mail_domain", "This is no domain: aliases are its addresses."))
    if domain and setups.brand_of_domain(domain) not in {None, brand_id}:
        raise RefusedError(_bad("/mail_domain", "This domain is in use here already."))
    changes = {"mail_domain": domain, "mail_partner_id": through.pk if through else None}
    return _saved(brand_id, changes, now=now, who=who)


def add_number(brand_id: int, number: str, *, now: datetime, who: Who) -> None:
    """Put a number (E.164) into the pool. Raises `RefusedError`."""
    if not setups.put_number(brand_id, _number("/number", number), now=now, who=who, retire=False):
        raise RefusedError(_bad("/number", "This number is in a pool already."))


@transaction.atomic
def retire_number(brand_id: int, number: str, *, now: datetime, who: Who) -> None:
    """Take a number out of the pool; who stands behind it stays. Raises `RefusedError`."""
    before = setups.configured(brand_id)
    if not setups.put_number(brand_id, _number("/number", number), now=now, who=who, retire=True):
        raise RefusedError(_bad("/number", "This number is not in the brand's pool."))
    _must_not_loosen(brand_id, before)


@transaction.atomic
def _saved(brand_id: int, changes: dict[str, Any], *, now: datetime, who: Who) -> Setup:
    before = setups.configured(brand_id)
    made = setups.save(brand_id, changes, now=now, who=who)
    _must_not_loosen(brand_id, before)
    return made


def _must_not_loosen(brand_id: int, before: frozenset[Any]) -> None:
    after = setups.configured(brand_id)
    if before <= after:
        return
    text = versions.active(brand_id).text
    try:
        is_tighter = provably_tighter(load(text, virtual=before), load(text, virtual=after))
    except PolicyError:
        is_tighter = False
    if not is_tighter:
        raise RefusedError(_POLICY_NEEDS_IT)


def _number(pointer: str, text: str) -> str:
    number = normalise.phone(text)
    if not _E164.fullmatch(number):
        raise RefusedError(_bad(pointer, "This is no phone number: +, country code, number."))
    return number


def _bad(pointer: str, detail: str) -> Problem:
    return Problem(
        code="bad_contact_setup",
        detail=detail,
        remedy="Give a number or a domain that is the brand's own.",
        pointer=pointer,
        rule=_RULE,
    )


_POLICY_NEEDS_IT = Problem(
    code="policy_needs_contact",
    detail="The policy in force shows a virtual contact: without one it would show more.",
    remedy="Publish a policy first that says what to show instead; a second person approves it.",
    rule="policy: what loosens takes effect when a second person approves",
    status=409,
)
