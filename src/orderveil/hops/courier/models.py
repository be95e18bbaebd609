"""Which account at a carrier a partner books with.

Rules kept here:
- passwords, keys and the webhook's secret are sealed in the keyring, never here; the token that
  signing in got is sealed in its row and goes with the account;
- a partner has one live account at a time.

The bookings themselves are a table of plain SQL (`rows`).
"""

from django.db import models

from orderveil.partners.models import Partner


class CarrierAccount(models.Model):
    """What the brand agreed with a carrier: where its API is, and how parcels are booked there."""

    brand_id = models.IntegerField()
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT)
    carrier = models.TextField()
    """Its name in `offered.CARRIERS`."""
    base_url = models.TextField()
    options = models.JSONField(default=dict)
    token = models.BinaryField(null=True)
    """Sealed; None: not signed in, or a carrier without signing in."""
    token_no = models.BigIntegerField(default=0)
    """Counts the sign-ins: who found a token bad renews that one and no later one."""
    token_until = models.DateTimeField(null=True)
    signing_until = models.DateTimeField(null=True)
    """Somebody is signing in, and nobody else does before then."""
    paused_until = models.DateTimeField(null=True)
    """The carrier asked for patience, or refused the sign-in: nothing is sent before then."""
    trouble = models.TextField(blank=True, default="")
    """A code: why it is paused, or was last."""
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "courier_account"
        constraints = (
            models.UniqueConstraint(
                fields=("partner",),
                condition=models.Q(revoked_at=None),
                name="courier_account_one",
            ),
        )

    def __str__(self) -> str:
        return f"carrier account {self.pk}"
