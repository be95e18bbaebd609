"""Asking for a credential or a new secret: what could not be done is refused when it is asked."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from orderveil.core.actors import Actor
from orderveil.core.hops import Hop
from orderveil.partners import approvals, credentials, quotas
from orderveil.partners.approvals import Issue, Rotate
from orderveil.partners.models import Approval, Credential, Partner


@transaction.atomic
def to_issue(
    actor: Actor,
    partner: Partner,
    hop: Hop,
    *,
    networks: Iterable[str] = (),
    daily_limit: int | None = None,
    expires_at: datetime | None = None,
) -> Approval:
    """The request for a credential with these terms. Raises `RefusedError`."""
    allowed = credentials.checked_terms(partner, hop, networks)
    quotas.check_credentials(actor.brand_id, actor.now)
    wanted = Issue(partner.pk, hop, tuple(allowed), daily_limit, expires_at)
    return approvals.ask(actor, wanted)


def to_rotate(actor: Actor, found: Credential, *, overlap: timedelta) -> Approval:
    """The request for a new secret. Raises `RefusedError`."""
    credentials.check_not_over(found, actor.now)
    hours = int(overlap / timedelta(hours=1))
    return approvals.ask(actor, Rotate(found.partner_id, Hop(found.hop), found.pk, hours))
