"""Devices of the floor: registered, enrolled with a one-time link, attested, revoked.

Rules kept here:
- a device is somebody's word that this machine is the company's and stays on the floor; the word
  lasts `ATTESTED_DAYS`, and a device without it opens nothing;
- its secret is made on the device itself, by a link that works once, for a day, and for one kind
  of device: whoever registers it never sees the secret;
- looking at a link spends nothing; a text that is no link of ours takes no lock and writes nothing;
- a secret is 256 random bits, stored as SHA-256 and compared in constant time;
- one sticker, one device: an asset number is on one machine of a floor at a time;
- revoked, out of its term, unknown: the same refusal.
"""

import hmac
import re
import secrets
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from orderveil.core.devices import ATTEST_AGAIN_DAYS, ATTESTED_DAYS, DeviceKind
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.hops import Hop
from orderveil.ledger.acts import ActKind, Who, machine, record
from orderveil.partners.credentials import LAST_USE_STEP, digest_of
from orderveil.partners.models import Device, Partner
from orderveil.partners.registry import missing

LINK_TERM = timedelta(days=1)
ATTESTED_FOR = timedelta(days=ATTESTED_DAYS)
_MARKS = {"link": "ovl", "token": "ovd"}
_TEXT = re.compile(r"(ovl|ovd)_([1-9][0-9]{0,17})_([A-Za-z0-9_-]{43})")
_NAME = re.compile(r"[^\x00-\x1f\x7f]{1,60}")
_NO_HASH = bytes(32)
"""Compared with where there is none: no text hashes to it."""

NOT_ENROLLED = Problem(
    code="device_unknown",
    detail="This device is unknown, revoked, or nobody has vouched for it in time.",
    remedy="Ask whoever manages the floor's devices to attest it, or to register it again.",
    rule="wms: a buyer is shown on registered devices of the floor only",
    status=401,
)


@transaction.atomic
def register(
    partner: Partner,
    name: str,
    kind: DeviceKind,
    asset: str,
    *,
    now: datetime,
    who: Who | None = None,
) -> tuple[Device, str]:
    """The device, and the one-time link's text to be opened on it. Raises `RefusedError`."""
    if not {Hop.WMS.value, Hop.LABEL.value} & set(partner.hops):
        raise RefusedError(_NO_FLOOR)
    for text in (name, asset):
        if not _NAME.fullmatch(text.strip()):
            raise RefusedError(_NAMELESS)
    by = who or machine()
    secret = secrets.token_urlsafe(32)
    made = Device(
        brand_id=partner.brand_id,
        partner=partner,
        name=name.strip(),
        kind=kind,
        asset=asset.strip(),
        link_hash=digest_of(secret),
        link_until=now + LINK_TERM,
        registered_at=now,
        registered_by=by.person or "",
        attested_at=now,
        attested_by=by.person or "",
        attested_until=now + ATTESTED_FOR,
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        raise RefusedError(_STICKER_TAKEN) from None
    _note(made, ActKind.DEVICE_REGISTERED, now, by, partner=partner.pk, kind=str(kind))
    return made, _written("link", made, secret)


def linked(link: str, kind: DeviceKind, *, now: datetime) -> Device:
    """What would be enrolled with this link; nothing is spent. Raises `RefusedError` (410, 409)."""
    found = _read("link", link)
    device = found and Device.objects.select_related("partner").filter(pk=found[0]).first()
    if not found or not device or not _opens(device, found[1], now):
        raise RefusedError(LINK_SPENT)
    if device.kind != kind:
        raise RefusedError(_ANOTHER_KIND)
    return device


@transaction.atomic
def enrol(link: str, kind: DeviceKind, *, now: datetime) -> tuple[Device, str]:
    """The device, and its token: the link is spent. Raises `RefusedError` (410, 409)."""
    # Whoever has no link waits for nobody's lock; of two who have it the second finds it spent.
    Device.objects.select_for_update().get(pk=linked(link, kind, now=now).pk)
    device = linked(link, kind, now=now)
    secret = secrets.token_urlsafe(32)
    device.secret_hash, device.link_hash, device.link_until = digest_of(secret), None, None
    device.save(update_fields=["secret_hash", "link_hash", "link_until"])
    _note(device, ActKind.DEVICE_ENROLLED, now, _itself(device), kind=device.kind)
    return device, _written("token", device, secret)


@transaction.atomic
def attest(device_id: int, brand_id: int, *, now: datetime, who: Who | None = None) -> Device:
    """Somebody has seen it on the floor and vouches for it again. Raises `RefusedError`."""
    device = locked(device_id, brand_id)
    by = who or machine()
    device.attested_at, device.attested_until = now, now + ATTESTED_FOR
    device.attested_by = by.person or ""
    device.save(update_fields=["attested_at", "attested_until", "attested_by"])
    _note(device, ActKind.DEVICE_ATTESTED, now, by, until=device.attested_until.isoformat())
    return device


@transaction.atomic
def relink(device_id: int, brand_id: int, *, now: datetime, who: Who | None = None) -> str:
    """A new one-time link; what the device knew so far opens nothing. Raises `RefusedError`."""
    device = locked(device_id, brand_id)
    if not stands(device, now):
        raise RefusedError(_ATTEST_FIRST)
    secret = secrets.token_urlsafe(32)
    device.secret_hash, device.link_hash, device.link_until = (
        None,
        digest_of(secret),
        now + LINK_TERM,
    )
    device.save(update_fields=["secret_hash", "link_hash", "link_until"])
    _note(device, ActKind.DEVICE_RELINKED, now, who or machine(), kind=device.kind)
    return _written("link", device, secret)


@transaction.atomic
def leave(device_id: int, brand_id: int, *, now: datetime, who: Who | None = None) -> None:
    """This machine is no device of the floor any more: its secret opens nothing, anywhere.

    It stays registered, and a new link makes it one again. Raises `RefusedError`.
    """
    device = locked(device_id, brand_id)
    device.secret_hash = None
    device.save(update_fields=["secret_hash"])
    _note(device, ActKind.DEVICE_LEFT, now, who or machine())


@transaction.atomic
def revoke(device_id: int, brand_id: int, *, now: datetime, who: Who | None = None) -> None:
    """From its commit on it opens nothing, and nothing is printed by it. Raises `RefusedError`."""
    device = locked(device_id, brand_id)
    device.revoked_at = now
    device.save(update_fields=["revoked_at"])
    _note(device, ActKind.DEVICE_REVOKED, now, who or machine())


def locked(device_id: int, brand_id: int) -> Device:
    """The brand's device that is not revoked, for a change. Raises `RefusedError` (404)."""
    found = (
        Device.objects.select_for_update()
        .filter(pk=device_id, brand_id=brand_id, revoked_at=None)
        .first()
    )
    if found is None:
        raise missing("device", str(device_id), "See the list of devices.")
    return found


def of_token(token: str, *, now: datetime) -> Device | None:
    """The device that shows this token; None if it is none, or stands no more."""
    found = _read("token", token)
    device = found and Device.objects.select_related("partner").filter(pk=found[0]).first()
    if not found or not device or not _is_genuine(device.secret_hash, found[1]):
        return None
    if not serves(device, now):
        return None
    last = device.last_used_at
    if last is None or now - last >= LAST_USE_STEP:
        Device.objects.filter(pk=device.pk).update(last_used_at=now)
    return device


def ending(brand_id: int, now: datetime) -> int:
    """How many of the brand's devices nobody vouches for any more, or only for few days yet."""
    soon = now + timedelta(days=ATTEST_AGAIN_DAYS)
    return Device.objects.filter(
        brand_id=brand_id, revoked_at=None, attested_until__lte=soon
    ).count()


def stands(device: Device, now: datetime) -> bool:
    """Is it neither revoked nor out of its attestation's term?"""
    return device.revoked_at is None and now < device.attested_until


def serves(device: Device, now: datetime) -> bool:
    """Does it stand, and is it enrolled? What waits for its link shows nothing."""
    return stands(device, now) and device.secret_hash is not None


def _opens(device: Device, proof: bytes, now: datetime) -> bool:
    """Is this the digest of its link, in time?"""
    in_time = device.link_until is not None and now < device.link_until
    return _is_genuine(device.link_hash, proof) and in_time and stands(device, now)


def _is_genuine(known: bytes | memoryview | None, proof: bytes) -> bool:
    """Constant-time."""
    return hmac.compare_digest(bytes(known or _NO_HASH), proof)


def _itself(device: Device) -> Who:
    return Who(system=f"device:{device.pk}")


def _note(device: Device, what: ActKind, now: datetime, who: Who, **detail: str | int) -> None:
    subject = f"device:{device.pk}"
    record(device.brand_id, what, now=now, who=who, subject=subject, detail=detail)


def _written(what: str, device: Device, secret: str) -> str:
    return f"{_MARKS[what]}_{device.pk}_{secret}"


def _read(what: str, text: str) -> tuple[int, bytes] | None:
    match = _TEXT.fullmatch(text.strip())
    if match is None or match[1] != _MARKS[what]:
        return None
    return int(match[2]), digest_of(match[3])


LINK_SPENT = Problem(
    code="link_spent",
    detail="This link was used, has run out, or is no link of a device.",
    remedy="Ask whoever manages the floor's devices for a new one.",
    rule="wms: a device's link works once, for a day",
    status=410,
)
_NO_FLOOR = Problem(
    code="no_floor",
    detail="This partner neither packs nor prints labels.",
    remedy="Choose a partner of the hops wms or label.",
    rule="wms: a device stands on the floor of a warehouse",
)
_NAMELESS = Problem(
    code="device_nameless",
    detail="A device has a name and the number on its sticker, of up to 60 characters each.",
    remedy="Write both.",
    rule="wms: devices are recognised by who walks the floor",
)
_ANOTHER_KIND = Problem(
    code="device_of_another_kind",
    detail="This link is for another kind of device. It is not spent.",
    remedy="Open a station's link in the station's browser; give a printer's to its print agent.",
    rule="wms: a link makes the kind of device that it was registered as",
    status=409,
)
_ATTEST_FIRST = Problem(
    code="device_not_attested",
    detail="Nobody vouches for this device any more.",
    remedy="Look at it where it stands and attest it; then make its link.",
    rule="wms: a device that nobody vouches for opens nothing",
    status=409,
)
_STICKER_TAKEN = Problem(
    code="asset_taken",
    detail="A device of this partner's floor has that asset number already.",
    remedy="Read the sticker again, or revoke the other device first.",
    rule="wms: one sticker, one device",
    status=409,
)
