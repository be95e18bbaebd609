"""What the pages about keys have in common: a key's state in a word, and a secret shown once."""

from datetime import datetime, timedelta
from typing import Protocol

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from orderveil.core.devices import ATTEST_AGAIN_DAYS
from orderveil.partners import devices
from orderveil.partners.models import Approval, Device


class Rotated(Protocol):
    """A key whose secret is rotated with an overlap: a credential, a channel, a subscription."""

    @property
    def revoked_at(self) -> datetime | None:
        """When it ended; None: it lives."""

    @property
    def previous_until(self) -> datetime | None:
        """How long the secret before the last rotation stays good."""


def state_of(key: Rotated, now: datetime, *, ends: datetime | None = None) -> str:
    """ "revoked", "expired", "two_secrets" while it is being rotated, else "in_force"."""
    if key.revoked_at is not None:
        return "revoked"
    if ends is not None and ends <= now:
        return "expired"
    until = key.previous_until
    return "two_secrets" if until is not None and now < until else "in_force"


def state_of_device(device: Device, now: datetime) -> str:
    """ "revoked", "over" or "ending" (its attestation), "unenrolled", else "in_force"."""
    if device.revoked_at is not None:
        return "revoked"
    if not devices.stands(device, now):
        return "over"
    if device.secret_hash is None:
        return "unenrolled"
    soon = now + timedelta(days=ATTEST_AGAIN_DAYS)
    return "ending" if device.attested_until <= soon else "in_force"


def shown_once(
    request: HttpRequest, title: str, what: str, secret: str, *, use: str, back: str, number: int
) -> HttpResponse:
    """The only page that ever shows this secret; `back` and `number` name the page after it."""
    told = {
        "title": title,
        "what": what,
        "secret": secret,
        "use": use,
        "back": back,
        "number": number,
    }
    return render(request, "partners/shown_once.html", told)


def asked(request: HttpRequest, made: Approval) -> HttpResponse:
    """To the request that now waits for a second person."""
    said = _("You asked for it. An owner or a privacy officer decides; then you collect it here.")
    messages.success(request, said)
    return redirect("approval", number=made.pk)
