"""Inventory systems that are connected, what was refused on the way to them, and reserved stock.

Rules kept here:
- the secret of an inventory system is sealed in the keyring, never here;
- what is kept of a refusal: counts, kinds and masked pointers, never a value or its digest;
- stock is kept as SKU and quantity under the order's id.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from orderveil.partners.models import Partner


class Upstream(models.Model):
    """The inventory system of one partner: where messages go, and which may."""

    brand_id = models.IntegerField()
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT)
    base_url = models.TextField()
    prefixes = ArrayField(models.TextField())
    methods = ArrayField(models.TextField())
    header = models.TextField(blank=True, default="")
    """The header that carries its secret; empty: it has none."""
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("partner",),
                condition=models.Q(revoked_at=None),
                name="ims_upstream_one",
            ),
        )

    def __str__(self) -> str:
        return f"inventory system {self.pk}"


class RefusedDay(models.Model):
    """How many messages of a partner held a buyer on one UTC day, and were refused or not."""

    brand_id = models.IntegerField()
    partner_id = models.BigIntegerField()
    day = models.DateField()
    way = models.TextField()
    """ "guard", "out" to the inventory system or "back" from it."""
    is_refused = models.BooleanField()
    messages = models.BigIntegerField(default=0)
    places = models.BigIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("brand_id", "partner_id", "day", "way", "is_refused"),
                name="ims_refused_day_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.way} of partner {self.partner_id} on {self.day}"


class Minute(models.Model):
    """Which refusals of a partner have their act in this minute already."""

    brand_id = models.IntegerField()
    partner_id = models.BigIntegerField()
    minute = models.DateTimeField()
    told = ArrayField(models.TextField(), default=list)
    """Digests of kinds and masked pointers."""
    untold = models.BigIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("brand_id", "partner_id", "minute"), name="ims_minute_once"
            ),
        )

    def __str__(self) -> str:
        return f"minute of partner {self.partner_id}"


class Reservation(models.Model):
    """What the inventory system was told is kept for an order."""

    order_id = models.BinaryField(primary_key=True)
    brand_id = models.IntegerField()
    lines = models.JSONField(default=dict)
    """SKU -> quantity."""
    warehouse_id = models.BigIntegerField(null=True)
    """The partner that packs it."""
    ends = models.JSONField(default=dict)
    """Parcel number -> "left" or "cancelled": how one ended that is closed by now."""
    shipped_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return "reservation"


class Movement(models.Model):
    """One telling of stock: which lines, of which order, in which warehouse."""

    brand_id = models.IntegerField()
    order_id = models.BinaryField()
    lines = models.JSONField()
    warehouse_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("at",), name="ims_movement_at"),)

    def __str__(self) -> str:
        return f"movement {self.pk}"
