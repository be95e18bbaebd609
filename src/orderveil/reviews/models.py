"""Campaigns of access review, and what they list: frozen as it was at the opening."""

from django.db import models


class Campaign(models.Model):
    """One look at everybody and everything that has access to a brand."""

    id = models.BigAutoField(primary_key=True)
    brand_id = models.IntegerField()
    opened_at = models.DateTimeField()
    opened_by = models.TextField()
    """A pseudonym, as on the ledger: "person:17", or "system:reviews"."""
    due_at = models.DateTimeField()
    counted_from = models.DateTimeField()
    """What was shown since then is counted: since the campaign before, if there was one."""
    closed_at = models.DateTimeField(null=True)
    closed_by = models.TextField(blank=True, default="")

    class Meta:
        db_table = "reviews_campaign"
        constraints = (
            models.UniqueConstraint(
                fields=("brand_id",), condition=models.Q(closed_at=None), name="reviews_one_open"
            ),
        )

    def __str__(self) -> str:
        return f"review {self.pk}"


class Item(models.Model):
    """One membership or one credential, as it was when the campaign was opened."""

    id = models.BigAutoField(primary_key=True)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT)
    kind = models.TextField()
    """Either "person" or "credential"."""
    subject_id = models.BigIntegerField()
    """The membership's number, or the credential's."""
    person_id = models.BigIntegerField(null=True)
    """Whose membership it is; None for a credential."""
    holds = models.TextField()
    """The role, or the hop."""
    partner_id = models.BigIntegerField(null=True)
    since = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    views = models.IntegerField()
    reveals = models.IntegerField()
    proposal = models.TextField()
    outcome = models.TextField(blank=True, default="")
    """Empty: nobody has decided yet."""
    reason = models.TextField(blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.TextField(blank=True, default="")

    class Meta:
        db_table = "reviews_item"
        constraints = (
            models.UniqueConstraint(
                fields=("campaign", "kind", "subject_id"), name="reviews_item_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id}"

    @property
    def tag(self) -> str:
        """What is reviewed, as the ledger names it."""
        if self.person_id is not None:
            return f"person:{self.person_id}"
        return f"credential:{self.subject_id}"


class Setting(models.Model):
    """How often a brand reviews; a brand without one reviews every quarter."""

    brand_id = models.IntegerField(primary_key=True)
    every_days = models.IntegerField()

    class Meta:
        db_table = "reviews_setting"

    def __str__(self) -> str:
        return f"every {self.every_days} days"
