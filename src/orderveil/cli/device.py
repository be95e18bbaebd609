"""`orderveil device`: the floor's devices: who vouches for which machine, and for how long.

Rule kept here: whoever registers or attests says that they have seen it; no default says it for
them.
"""

import functools
from typing import Any

import click
from django.urls import reverse

from orderveil.cli.choosing import needs_database, with_brand, words
from orderveil.cli.output import print_table
from orderveil.cli.session import F, guarded, show, with_json
from orderveil.core.clocks import utc_now
from orderveil.core.devices import ATTESTATION, ATTESTED_DAYS, DeviceKind
from orderveil.core.errors import Problem, RefusedError
from orderveil.partners import choice, devices, registry
from orderveil.partners.models import Device
from orderveil.partners.showing import state_of_device
from orderveil.people import links


def with_word(command: F) -> F:
    """The option `--seen`, without which nobody vouches for anything."""

    @functools.wraps(command)
    def run(*args: Any, seen: bool, **kwargs: Any) -> Any:
        if not seen:
            raise RefusedError(_UNSEEN)
        return command(*args, **kwargs)

    said = f"You have seen it and vouch for it: {ATTESTATION}"
    return click.option("--seen", is_flag=True, help=said)(run)  # type: ignore[return-value]


@click.group()
def device() -> None:
    """Devices of the floor: register, list, attest, link, revoke."""


@device.command()
@click.argument("name")
@click.option("--partner", "slug", required=True, help="Whose floor it stands on.")
@click.option("--kind", required=True, type=words(DeviceKind), help="What it is.")
@click.option("--asset", required=True, help="The number on its sticker.")
@with_brand
@with_json
@guarded
@with_word
@needs_database
def register(
    name: str, slug: str, kind: str, asset: str, brand_name: str | None, *, as_json: bool
) -> None:
    """Register a device NAME; its one-time link is printed once."""
    partner = registry.partner(choice.brand(brand_name), slug)
    made, text = devices.register(partner, name, DeviceKind(kind), asset, now=utc_now())
    link_ = _spelled(made, text)
    answer = {"device": made.pk, "kind": made.kind, "asset": made.asset, "link": link_}
    show(answer, f"Device {made.pk} is on {slug}'s floor.\n{_told(link_)}", as_json=as_json)


def _spelled(made: Device, text: str) -> str:
    """A station's link is an address to open; a printer's is a text for the print agent."""
    if made.kind == DeviceKind.PRINTER:
        return text
    return links.absolute(reverse("device_enrol", kwargs={"link": text}))


def _told(link_: str) -> str:
    return f"Its link, shown now and never again, good once, for a day:\n{link_}"


@device.command("list")
@with_brand
@with_json
@guarded
@needs_database
def list_(brand_name: str | None, *, as_json: bool) -> None:
    """List the devices, whose floor they stand on, and how long somebody vouches for them."""
    brand, now = choice.brand(brand_name), utc_now()
    found = Device.objects.filter(brand=brand).select_related("partner").order_by("pk")
    rows = [
        {
            "device": each.pk,
            "name": each.name,
            "kind": each.kind,
            "asset": each.asset,
            "partner": each.partner.slug,
            "state": state_of_device(each, now),
            "attested_by": each.attested_by,
            "attested_until": each.attested_until,
            "last_used_at": each.last_used_at,
        }
        for each in found
    ]
    if as_json or not rows:
        show(rows, f"{brand.slug} has no floor devices yet.", as_json=as_json)
        return
    print_table(
        ("device", "name", "kind", "asset", "partner", "state", "vouched for until", "last used"),
        (
            (
                str(row["device"]),
                *(str(row[each]) for each in ("name", "kind", "asset", "partner")),
                _STATES[str(row["state"])],
                f"{row['attested_until']:%Y-%m-%d}",
                f"{row['last_used_at']:%Y-%m-%d}" if row["last_used_at"] else "never",
            )
            for row in rows
        ),
    )


@device.command()
@click.argument("number", type=int)
@with_brand
@with_json
@guarded
@with_word
@needs_database
def attest(number: int, brand_name: str | None, *, as_json: bool) -> None:
    """Vouch again for the device with that NUMBER of the list."""
    found = devices.attest(number, choice.brand(brand_name).pk, now=utc_now())
    answer = {"device": number, "attested_until": found.attested_until}
    said = f"You vouch for it, for {ATTESTED_DAYS} days: until {found.attested_until:%Y-%m-%d}."
    show(answer, said, as_json=as_json)


@device.command()
@click.argument("number", type=int)
@with_brand
@with_json
@guarded
@needs_database
def link(number: int, brand_name: str | None, *, as_json: bool) -> None:
    """Print a new one-time link; what the device knew so far opens nothing."""
    brand = choice.brand(brand_name)
    text = devices.relink(number, brand.pk, now=utc_now())
    made = _spelled(Device.objects.get(pk=number), text)
    show({"device": number, "link": made}, _told(made), as_json=as_json)


@device.command()
@click.argument("number", type=int)
@with_brand
@with_json
@guarded
@needs_database
def revoke(number: int, brand_name: str | None, *, as_json: bool) -> None:
    """End the device with that NUMBER of the list: it shows and prints nothing any more."""
    devices.revoke(number, choice.brand(brand_name).pk, now=utc_now())
    show({"device": number, "revoked": True}, f"Device {number} is revoked.", as_json=as_json)


_STATES = {
    "revoked": "revoked",
    "over": "NOBODY VOUCHES FOR IT",
    "unenrolled": "waits for its link",
    "ending": "look at it again",
    "in_force": "in force",
}
_UNSEEN = Problem(
    code="device_unseen",
    detail=f"Nobody has said that they have seen it. {ATTESTATION}",
    remedy="Go and look at it; then add `--seen`.",
    rule="wms: a device of the floor is somebody's word",
)
