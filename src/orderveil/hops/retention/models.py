"""Purges, and the requests in which partners are asked for them.

Rules kept here:
- a purge holds ids and dates only, so that it outlives the order's own shredding;
- of one parcel there is one open purge for a partner, however often its events come;
- of a link only the digest is kept; where a request goes is looked up when it is sent.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from orderveil.partners.models import Partner


class Request(models.Model):
    """One request to one partner: delete what you hold of these parcels, and say that you did."""

    name = models.TextField(unique=True)
    """How the partner names it: "purge_" and 32 hexadecimal digits."""
    brand_id = models.IntegerField()
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT)
    items = models.IntegerField()
    confirmed = models.IntegerField(default=0)
    due_at = models.DateTimeField()
    """When the first of its parcels is due."""
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    """When it was sent first: handed to the outbox, or taken by the mail server."""
    way = models.TextField(blank=True, default="")
    """ "webhook" or "mail": how it was sent last."""
    next_at = models.DateTimeField(null=True)
    """When it is sent, tried or reminded of next; None: never again."""
    attempts = models.IntegerField(default=0)
    """At what is due now."""
    error = models.TextField(blank=True, default="")
    """Why the last attempt failed: a code."""
    reminders = models.IntegerField(default=0)
    link_until = models.DateTimeField()
    link_digests = ArrayField(models.BinaryField(), default=list)
    closed_at = models.DateTimeField(null=True)
    """When the last of its parcels was confirmed."""

    class Meta:
        indexes = (
            models.Index(
                fields=("next_at",), condition=models.Q(next_at__isnull=False), name="retention_due"
            ),
            models.Index(fields=("brand_id", "partner", "-id"), name="retention_request_list"),
            models.Index(
                fields=("brand_id", "partner"),
                condition=models.Q(closed_at=None),
                name="retention_request_open",
            ),
        )

    def __str__(self) -> str:
        return self.name


class Purge(models.Model):
    """One parcel that one partner must delete: its clock runs since the partner's work was over."""

    brand_id = models.IntegerField()
    order_id = models.BinaryField()
    parcel_no = models.SmallIntegerField()
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT)
    why = models.TextField()
    """ "delivered", "cancelled", ...: the parcel's state; "unassigned", or "erased"."""
    started_at = models.DateTimeField()
    days = models.IntegerField()
    is_agreed = models.BooleanField()
    """Does an agreement name these days? Else they are our own default."""
    due_at = models.DateTimeField()
    request = models.ForeignKey(Request, on_delete=models.PROTECT, null=True)
    """None: it is asked for with the next request."""
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(
                fields=("brand_id", "partner", "id"),
                condition=models.Q(request=None),
                name="retention_unasked",
            ),
            models.Index(
                fields=("brand_id", "due_at", "partner"),
                condition=models.Q(confirmed_at=None),
                name="retention_late",
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("order_id", "parcel_no", "partner"),
                condition=models.Q(confirmed_at=None),
                name="retention_one_open",
            ),
        )

    def __str__(self) -> str:
        return f"purge {self.pk}"


class Pace(models.Model):
    """When a partner was asked last. Its row's lock lets one process ask at a time."""

    partner = models.OneToOneField(Partner, on_delete=models.PROTECT, primary_key=True)
    asked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"pace of partner {self.partner_id}"
