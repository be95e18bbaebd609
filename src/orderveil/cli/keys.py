"""`orderveil keys`: rotating what everything is sealed under, and what there is."""

import click
from django.db import transaction

from orderveil.cli.choosing import needs_database
from orderveil.cli.output import print_table, progress
from orderveil.cli.session import guarded, show, with_json
from orderveil.core.clocks import utc_now
from orderveil.gate.provision import INSTALLATION
from orderveil.gate.rekey import Rekeyed, rekey
from orderveil.keyring import rotation
from orderveil.ledger.acts import ActKind, machine, record
from orderveil.partners import registry
from orderveil.partners.models import Brand


@click.group()
def keys() -> None:
    """Root and epoch keys: rotate, status."""


@keys.command()
@click.option("--root", "only_root", is_flag=True, help="Only the root key.")
@click.option("--epoch", "only_epoch", is_flag=True, help="Only the epoch keys.")
@click.option("--brand", "brand_name", help="Epoch keys of this brand only.")
@with_json
@guarded
@needs_database
def rotate(brand_name: str | None, *, only_root: bool, only_epoch: bool, as_json: bool) -> None:
    """Rotate epoch keys, then the root key; safe to interrupt and run again."""
    both = only_root == only_epoch
    epochs = _rotate_epochs(brand_name) if both or only_epoch else {}
    root = _rotate_root() if both or only_root else None
    lines = [
        f"{slug}: {done.rewrapped} data keys rewrapped, {len(done.destroyed)} old epochs destroyed."
        for slug, done in epochs.items()
    ]
    if root is not None:
        lines.append(
            f"Root: {root.rewrapped} keys rewrapped, {len(root.destroyed)} old versions destroyed."
        )
    if both and brand_name is None:
        lines.append("Every shred before this is final.")
    show({"epochs": epochs, "root": root}, "\n".join(lines), as_json=as_json)


def _rotate_epochs(brand_name: str | None) -> dict[str, Rekeyed]:
    brands = [registry.brand(brand_name)] if brand_name else list(Brand.objects.order_by("pk"))
    done = {}
    with progress("Data keys") as bar:
        task = bar.add_task("", total=None)
        for brand in brands:
            done[brand.slug] = rekey(
                brand.pk,
                now=utc_now(),
                who=machine(),
                on_progress=lambda moved: bar.advance(task, moved),
            )
    return done


def _rotate_root() -> rotation.Report:
    with progress("Root") as bar:
        task = bar.add_task("", total=None)
        done = rotation.rotate_root(
            lambda count, total: bar.update(task, completed=count, total=total)
        )
    with transaction.atomic():
        record(
            INSTALLATION,
            ActKind.ROOT_ROTATED,
            now=utc_now(),
            who=machine(),
            subject="root",
            detail={
                "created": ",".join(done.created),
                "destroyed": ",".join(done.destroyed),
                "rewrapped": done.rewrapped,
                "resumed": done.resumed,
            },
        )
    return done


@keys.command()
@with_json
@guarded
@needs_database
def status(*, as_json: bool) -> None:
    """Show every root version, and how many keys are under each."""
    found = rotation.status()
    if as_json:
        show(found, "", as_json=True)
        return
    print_table(
        ("provider", "version", "", "epoch keys", "secrets"),
        (
            (
                each.provider,
                each.version,
                "wraps now" if each.active else "",
                each.epochs,
                each.secrets,
            )
            for each in found
        ),
    )
