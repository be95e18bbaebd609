"""Telephone lines, agents' telephones, calls that were placed, numbers masked at a provider.

Rules kept here:
- no row holds a number of a customer's; an agent's own number is sealed (`keyring/boxes`);
- who keyed in wrong PINs is known by a keyed digest for a day, and a provider's call by another;
- the secrets of a line are sealed in the keyring, never here.
"""

import uuid

from django.db import models


class Line(models.Model):
    """A telephony provider's account, as one brand uses it."""

    brand_id = models.IntegerField()
    partner_id = models.BigIntegerField()
    """Whose telephony it is: who is on record as told a number that is dialled through it."""
    provider = models.TextField()
    account = models.TextField(blank=True, default="")
    """The provider's name for the account: Exotel's or Twilio's SID."""
    api_url = models.TextField(blank=True, default="")
    """Where calls are placed; empty: none are."""
    masks_url = models.TextField(blank=True, default="")
    """Where numbers are masked; empty: none are."""
    shown = models.TextField(blank=True, default="")
    """The number that both sides see of a call that is placed, E.164."""
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"line {self.pk}"


class Agent(models.Model):
    """A telephone at which a partner's people are rung: "desk 4"."""

    brand_id = models.IntegerField()
    partner_id = models.BigIntegerField()
    name = models.TextField()
    membership_id = models.BigIntegerField(null=True)
    """Whose own it is; null: anybody's of the partner."""
    sealed = models.BinaryField(null=True)
    """Its number; gone with the row's end."""
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("partner_id", "name"),
                condition=models.Q(ended_at=None),
                name="calls_agent_name",
            ),
            models.UniqueConstraint(
                fields=("brand_id", "membership_id"),
                condition=models.Q(ended_at=None, membership_id__isnull=False),
                name="calls_agent_own",
            ),
        )

    def __str__(self) -> str:
        return f"agent's telephone {self.pk}"


class Call(models.Model):
    """A call that was asked for: an agent is rung, then the customer."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    brand_id = models.IntegerField()
    order_id = models.BinaryField()
    parcel_no = models.SmallIntegerField()
    partner_id = models.BigIntegerField()
    person = models.TextField(blank=True, default="")
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT)
    line = models.ForeignKey(Line, on_delete=models.PROTECT)
    status = models.TextField()
    once = models.BinaryField(unique=True)
    """What asked for it: a request that comes twice finds it."""
    asked_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=("agent", "asked_at"), name="calls_call_agent"),)

    def __str__(self) -> str:
        return f"call {self.pk}"


class Heard(models.Model):
    """A request of a provider's about a call: asked again, it is answered alike."""

    line = models.ForeignKey(Line, on_delete=models.CASCADE)
    mark = models.BinaryField()
    """Keyed digest of the call's id and what was keyed in."""
    at = models.DateTimeField()
    times = models.IntegerField(default=1)
    allowed = models.BooleanField(null=True)
    """null: it isn't answered yet, or the answer was lost."""

    class Meta:
        constraints = (models.UniqueConstraint(fields=("line", "mark"), name="calls_heard_once"),)
        indexes = (models.Index(fields=("at",), name="calls_heard_at"),)

    def __str__(self) -> str:
        return f"request {self.pk}"


class Guess(models.Model):
    """How often somebody, or everybody on one number, keyed in PINs in one hour."""

    brand_id = models.IntegerField()
    who = models.BinaryField()
    """Keyed digest of a caller's number, or of a pool number."""
    hour = models.DateTimeField()
    wrong = models.IntegerField(default=0)
    right = models.IntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("brand_id", "who", "hour"), name="calls_guess_once"),
        )
        indexes = (models.Index(fields=("hour",), name="calls_guess_hour"),)

    def __str__(self) -> str:
        return f"guesses {self.pk}"


class Mask(models.Model):
    """A number that a provider is asked to mask for one parcel and partner."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    """The provider's `connection_id`: it takes the same one only once."""
    brand_id = models.IntegerField()
    line = models.ForeignKey(Line, on_delete=models.PROTECT)
    order_id = models.BinaryField()
    parcel_no = models.SmallIntegerField()
    partner_id = models.BigIntegerField()
    hop = models.TextField()
    state = models.TextField()
    pin = models.TextField()
    number = models.TextField(blank=True, default="")
    provider_id = models.TextField(blank=True, default="")
    """The provider's `greenvn_id`: what is released by."""
    tries = models.IntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    """When a request that may have been done was sent; null: none is in doubt."""
    due_at = models.DateTimeField()
    error = models.TextField(blank=True, default="")
    asked_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("order_id", "parcel_no", "partner_id", "hop"),
                condition=~models.Q(state__in=("released", "refused")),
                name="calls_mask_one",
            ),
        )
        indexes = (
            models.Index(
                fields=("due_at",),
                condition=models.Q(state__in=("due", "releasing")),
                name="calls_mask_due",
            ),
        )

    def __str__(self) -> str:
        return f"masked number {self.pk}"
