"""What the keyring stores: keys that are always wrapped, and by what.

Rules kept here:
- No column ever holds a key that could be used as it stands.
- A brand has at most one epoch that is not retired; the database keeps it so.
- `provider` is the URL of the root keys that wrapped the row, so a brand can move to another
  provider and its older rows still open.
"""

from django.db import models
from django.db.models.functions import Now


class Epoch(models.Model):
    """A brand's key for a period; it wraps the keys of the orders sealed in that period."""

    id = models.BigAutoField(primary_key=True)
    brand_id = models.IntegerField()
    wrapped = models.BinaryField(null=True)
    root_version = models.TextField()
    provider = models.TextField()
    created_at = models.DateTimeField(db_default=Now())
    retired_at = models.DateTimeField(null=True)
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "keyring_epoch"
        constraints = (
            models.UniqueConstraint(
                fields=["brand_id"],
                condition=models.Q(retired_at__isnull=True),
                name="keyring_epoch_one_current",
            ),
            models.CheckConstraint(
                condition=models.Q(wrapped__isnull=False, destroyed_at__isnull=True)
                | models.Q(wrapped__isnull=True, destroyed_at__isnull=False),
                name="keyring_epoch_destroyed_is_empty",
            ),
        )

    def __str__(self) -> str:
        return f"epoch {self.pk} of brand {self.brand_id}"


class Secret(models.Model):
    """A named secret of a brand (0: the installation), wrapped directly by the root key."""

    pk = models.CompositePrimaryKey("brand_id", "name")
    brand_id = models.IntegerField()
    name = models.TextField()
    wrapped = models.BinaryField()
    root_version = models.TextField()
    provider = models.TextField()

    class Meta:
        db_table = "keyring_secret"

    def __str__(self) -> str:
        return f"secret {self.name} of brand {self.brand_id}"


class BrandProvider(models.Model):
    """The root keys of a brand that has its own; every other brand uses ORDERVEIL_KEYS."""

    brand_id = models.IntegerField(primary_key=True)
    url = models.TextField()

    class Meta:
        db_table = "keyring_brand_provider"

    def __str__(self) -> str:
        return f"root keys of brand {self.brand_id}"
