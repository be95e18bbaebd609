"""How a brand's mail comes and goes, whose domains a partner writes from, and what was passed on.

Rules kept here:
- nothing of a message is kept, and no address: what was passed on is known by a keyed digest;
- passwords, the signing key and the routes' secrets are sealed in the keyring, never here.
"""

from django.db import models


class Relay(models.Model):
    """A brand's way out: the server that takes its mail on, and the key that signs it."""

    brand_id = models.IntegerField(primary_key=True)
    host = models.TextField()
    port = models.IntegerField()
    tls = models.TextField()
    username = models.TextField(blank=True, default="")
    selector = models.TextField()
    public_key = models.TextField()
    """Base64 of the key's DER, as DNS publishes it."""
    changed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"mail of brand {self.brand_id}"


class Route(models.Model):
    """A way in by HTTP: a provider's inbound webhook, or a mail server of the brand's own."""

    brand_id = models.IntegerField()
    format = models.TextField()
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"mail route {self.pk}"


class Domain(models.Model):
    """A domain that a partner's people write from."""

    brand_id = models.IntegerField()
    partner_id = models.BigIntegerField()
    domain = models.TextField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("partner_id", "domain"), name="mail_domain_once"),
        )

    def __str__(self) -> str:
        return f"domain of partner {self.partner_id}"


class Passed(models.Model):
    """A letter that was, or is being, passed on."""

    mark = models.BinaryField(unique=True)
    """Keyed digest of its Message-ID and the alias."""
    brand_id = models.IntegerField()
    contact_id = models.BigIntegerField()
    way = models.TextField()
    token = models.TextField(unique=True)
    """Of its envelope sender: where a delivery report comes back to."""
    at = models.DateTimeField()
    is_sent = models.BooleanField(default=False)
    """The server said that it took it; False: it is being sent, or nobody knows."""
    bounced_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=("at",), name="mail_passed_at"),)

    def __str__(self) -> str:
        return f"letter {self.pk}"


class Once(models.Model):
    """A webhook that was answered: its token or id is good for nothing more."""

    route = models.ForeignKey(Route, on_delete=models.CASCADE)
    mark = models.BinaryField()
    at = models.DateTimeField()
    is_done = models.BooleanField(default=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("route", "mark"), name="mail_once_once"),)
        indexes = (models.Index(fields=("at",), name="mail_once_at"),)

    def __str__(self) -> str:
        return f"webhook {self.pk}"


class Told(models.Model):
    """How many refusals were mailed to one domain in one hour."""

    brand_id = models.IntegerField()
    who = models.BinaryField()
    """Keyed digest of the domain."""
    hour = models.DateTimeField()
    times = models.IntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("brand_id", "who", "hour"), name="mail_told_once"),
        )
        indexes = (models.Index(fields=("hour",), name="mail_told_hour"),)

    def __str__(self) -> str:
        return f"refusals {self.pk}"
