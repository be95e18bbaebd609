"""Where a brand's alerts are posted: one URL, signed with a secret that is shown once."""

import secrets as randomness

from django.conf import settings
from django.db import transaction

from orderveil.core.actors import Actor, check_act
from orderveil.core.clocks import short_digest
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.roles import Permission
from orderveil.incidents.models import Notice, Receiver
from orderveil.incidents.words import Way
from orderveil.keyring import secrets
from orderveil.ledger.acts import ActKind, Detail, by, record
from orderveil.outbox.egress import EgressError, read_url
from orderveil.outbox.webhooks import SECRET_BYTES, spell_secret

SECRET = "alerts:receiver"  # noqa: S105 - the name of one


def of(brand_id: int) -> Receiver | None:
    """The brand's receiver, if it has one."""
    return Receiver.objects.filter(pk=brand_id).first()


@transaction.atomic
def change(actor: Actor, url: str) -> str:
    """Another receiver; its secret, shown this once. Raises `RefusedError`."""
    check_act(actor, Permission.HANDLE_ALERTS)
    try:
        read_url(url, private=settings.WEBHOOK_PRIVATE)
    except EgressError as error:
        raise RefusedError(_bad_url(error)) from None
    Receiver.objects.update_or_create(
        brand_id=actor.brand_id, defaults={"url": url, "set_at": actor.now}
    )
    secret = randomness.token_bytes(SECRET_BYTES)
    secrets.put(actor.brand_id, SECRET, secret)
    # A URL may hold a token of the receiver's: the record gets a digest.
    _put_on_record(actor, {"set": True, "url_digest": short_digest(url)})
    return spell_secret(secret)


@transaction.atomic
def end(actor: Actor) -> None:
    """No receiver any more; what still waited for it is not sent."""
    check_act(actor, Permission.HANDLE_ALERTS)
    Receiver.objects.filter(pk=actor.brand_id).delete()
    waiting = Notice.objects.filter(
        alert__brand_id=actor.brand_id, way=Way.WEBHOOK, next_at__isnull=False
    )
    waiting.update(next_at=None, error="no_receiver")
    secrets.delete(actor.brand_id, SECRET)
    _put_on_record(actor, {"set": False})


def _put_on_record(actor: Actor, detail: Detail) -> None:
    record(
        actor.brand_id,
        ActKind.ALERT_RECEIVER_CHANGED,
        now=actor.now,
        who=by(actor),
        detail=detail,
    )


def _bad_url(error: EgressError) -> Problem:
    return Problem(
        code=error.trouble.value,
        detail="Alerts go to an https URL at a public address, without user name or fragment.",
        remedy="Give such a URL; for a receiver in your own network see ORDERVEIL_WEBHOOK_PRIVATE.",
        pointer="/url",
        rule="webhooks: they leave by https, to public addresses",
    )
