"""Policy versions: every one is kept, and named on each disclosure decided under it."""

from django.db import models


class VersionState(models.TextChoices):
    """How far a version came; one at a time is in force."""

    PENDING = "pending", "waits for a second person"
    ACTIVE = "active", "in force"
    REPLACED = "replaced", "was in force"
    REJECTED = "rejected", "never came into force"


class Version(models.Model):
    """One policy of one brand, as the TOML text that was published."""

    brand_id = models.IntegerField()
    number = models.IntegerField()
    name = models.TextField()
    text = models.TextField()
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=VersionState.choices)
    author = models.TextField()
    approver = models.TextField(blank=True, default="")
    created_at = models.DateTimeField()
    effective_at = models.DateTimeField(null=True)
    rejected_by = models.TextField(blank=True, default="")
    """Who refused it, or its author, who withdrew it."""
    rejected_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True, default="")
    """Why it was rejected, in a few words that name nobody."""

    class Meta:
        db_table = "policy_version"
        constraints = (
            models.UniqueConstraint(fields=("brand_id", "number"), name="policy_version_number"),
            models.UniqueConstraint(
                fields=("brand_id",),
                condition=models.Q(state="active"),
                name="policy_one_active_version",
            ),
        )

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """Name and number, "balanced@3": what a disclosure cites."""
        return f"{self.name}@{self.number}"

    @property
    def is_withdrawn(self) -> bool:
        """Was it its own author who took it back?"""
        return bool(self.rejected_by) and self.rejected_by == self.author


class Signatory(models.Model):
    """A person who may publish or approve a policy at the command line, by a code of their own."""

    brand_id = models.IntegerField()
    name = models.TextField()
    code_hash = models.BinaryField()
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "policy_signatory"
        constraints = (
            models.UniqueConstraint(
                fields=("brand_id", "name"),
                condition=models.Q(revoked_at=None),
                name="policy_signatory_name",
            ),
        )

    def __str__(self) -> str:
        return self.name
