"""The brand's virtual contacts: its numbers and domain, and which of them stands for whom.

Rules kept here:
- no row holds a value of a customer's: a contact is an order's id, a parcel, and a code of ours;
- the partner's side of a contact (`peer`) is sealed, and goes when the contact ends;
- a code that ended is remembered: whoever uses it still has it from a leak.
"""

from enum import StrEnum

from django.db import models


class ContactKind(StrEnum):
    """What a contact stands for."""

    PHONE = "phone"
    EMAIL = "email"


class Setup(models.Model):
    """What a brand has configured; no row: nothing."""

    brand_id = models.IntegerField(primary_key=True)
    care_number = models.TextField(blank=True, default="")
    """Its published number, E.164: what a caller gets when there is no other answer."""
    call_partner_id = models.BigIntegerField(null=True)
    """Whose telephony connects calls: the customer's number is disclosed to it, on hop `comms`."""
    mail_domain = models.TextField(blank=True, default="")
    """Aliases are addresses of this domain; lower case."""
    mail_partner_id = models.BigIntegerField(null=True)
    """Whose server sends the mail on: the customer's address is disclosed to it."""
    changed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("mail_domain",),
                condition=~models.Q(mail_domain=""),
                name="contacts_setup_domain",
            ),
        )

    def __str__(self) -> str:
        return f"contacts of brand {self.brand_id}"


class Number(models.Model):
    """A number of the pool."""

    brand_id = models.IntegerField()
    number = models.TextField()
    """E.164."""
    added_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("number",),
                condition=models.Q(retired_at=None),
                name="contacts_number_one",
            ),
        )

    def __str__(self) -> str:
        return f"number {self.pk}"


class Contact(models.Model):
    """One number and PIN, or one alias: for one partner, until the parcel's end."""

    brand_id = models.IntegerField()
    order_id = models.BinaryField()
    parcel_no = models.SmallIntegerField()
    partner_id = models.BigIntegerField()
    hop = models.TextField()
    """For which the partner handles the parcel: its window is the contact's."""
    kind = models.TextField()
    number = models.TextField(blank=True, default="")
    """Of a phone: the number to call, E.164."""
    code = models.TextField()
    """Of a phone: the PIN. Of an email: the alias, without its domain."""
    allocated_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    """The latest end: parcels get lost."""
    ended_at = models.DateTimeField(null=True)
    peer = models.BinaryField(null=True)
    """The partner's side that used it last, sealed: an agent's number, a mail address."""
    peer_at = models.DateTimeField(null=True)
    """When that was."""

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("order_id", "parcel_no", "partner_id", "hop", "kind"),
                condition=models.Q(ended_at=None),
                name="contacts_contact_one",
            ),
            models.UniqueConstraint(
                fields=("number", "code"),
                condition=models.Q(ended_at=None, kind=ContactKind.PHONE.value),
                name="contacts_contact_pin",
            ),
            models.UniqueConstraint(
                fields=("brand_id", "code"),
                condition=models.Q(kind=ContactKind.EMAIL.value),
                name="contacts_contact_alias",
            ),
        )
        indexes = (
            models.Index(fields=("number", "code"), name="contacts_contact_code"),
            models.Index(
                fields=("expires_at",),
                condition=models.Q(ended_at=None),
                name="contacts_contact_due",
            ),
            models.Index(
                fields=("ended_at",),
                condition=models.Q(ended_at__isnull=False),
                name="contacts_contact_over",
            ),
        )

    def __str__(self) -> str:
        return f"contact {self.pk}"


class Spent(models.Model):
    """How often a contact was used in one hour, one way; or how often an outcome was noted."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE)
    what = models.TextField()
    """A way, or an outcome."""
    hour = models.DateTimeField()
    times = models.IntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("contact", "what", "hour"), name="contacts_spent_once"),
        )

    def __str__(self) -> str:
        return f"{self.what} of contact {self.contact_id}"


class Tally(models.Model):
    """What belongs to no order, counted by hour: wrong PINs, unknown aliases, an empty pool."""

    brand_id = models.IntegerField()
    kind = models.TextField()
    outcome = models.TextField()
    hour = models.DateTimeField()
    times = models.IntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("brand_id", "kind", "outcome", "hour"), name="contacts_tally_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.outcome} of brand {self.brand_id}"
