"""Brands, their channels, and the companies that run hops for them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Brand(models.Model):
    """The tenant; accountable for the data."""

    id = models.AutoField(primary_key=True)
    slug = models.SlugField(unique=True)
    name = models.TextField()
    published_channel = models.TextField(blank=True, default="")
    """Where the brand tells its customers to find it; "" if it has published nothing."""
    return_address = models.TextField(blank=True, default="")
    """Where undelivered parcels go back to, a line each: labels say it. A firm's, nobody's own."""
    is_sample = models.BooleanField(default=False)
    """Holds the project's own invented people only; the first page may show its orders."""
    created_at = models.DateTimeField()

    class Meta:
        db_table = "partners_brand"

    def __str__(self) -> str:
        return self.slug


class Channel(models.Model):
    """A way in for a brand's orders. Its webhook secret is sealed in the keyring."""

    id = models.BigAutoField(primary_key=True)
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT)
    name = models.SlugField()
    format = models.TextField()
    previous_until = models.DateTimeField(null=True)
    """How long the secret before the last rotation still opens; it is sealed beside the other."""
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "partners_channel"
        constraints = (
            models.UniqueConstraint(fields=("brand", "name"), name="partners_channel_name"),
        )

    def __str__(self) -> str:
        return self.name


class Partner(models.Model):
    """A company (or the brand's own department) that runs one or more hops."""

    id = models.BigAutoField(primary_key=True)
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT)
    slug = models.SlugField()
    name = models.TextField()
    hops = ArrayField(models.TextField())
    own = models.BooleanField(default=False)
    assigned_by_default = models.BooleanField(default=False)
    demands_email = models.BooleanField(default=False)
    mode = models.TextField(default="enforce")
    enforce_percent = models.SmallIntegerField(default=100)
    ref_generation = models.SmallIntegerField(default=0)
    desk_networks = ArrayField(models.TextField(), default=list)
    """CIDR ranges from which its people may work at the desk; empty: from anywhere."""
    desk_days = ArrayField(models.SmallIntegerField(), default=list)
    """ISO weekdays (1 Monday) on which its people may work; empty: every day."""
    desk_opens = models.TimeField(null=True)
    """From when to when they may work, in `desk_zone`; None: at any hour."""
    desk_closes = models.TimeField(null=True)
    desk_zone = models.TextField(default="Asia/Kolkata")
    suspended_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "partners_partner"
        constraints = (
            models.UniqueConstraint(fields=("brand", "slug"), name="partners_partner_slug"),
        )

    def __str__(self) -> str:
        return self.slug


class Agreement(models.Model):
    """A data-processing agreement: in force from its first day to its last, both included."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    document_digest = models.CharField(max_length=64, blank=True, default="")
    """SHA-256 of the signed document; "": none is named. What else is empty is not named either."""
    sub_processors = ArrayField(models.TextField(), default=list)
    """Names of firms."""
    countries = ArrayField(models.CharField(max_length=2), default=list)
    """Where the data may be: ISO 3166-1 alpha-2."""
    deletion_days = models.IntegerField(null=True)
    """Within how many days of the delivery the partner deletes what it got."""
    breach_hours = models.IntegerField(null=True)
    """Within how many hours of knowing it tells the brand of a breach."""
    contact = models.TextField(blank=True, default="")
    """The partner's mail address for data protection: a role's, nobody's own."""
    created_at = models.DateTimeField()

    class Meta:
        db_table = "partners_agreement"

    def __str__(self) -> str:
        return f"{self.partner}: {self.starts_on} to {self.ends_on or 'open'}"


class Credential(models.Model):
    """The key with which a partner's system asks for one hop. Only its hash is stored."""

    id = models.BigAutoField(primary_key=True)
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT)
    hop = models.TextField()
    secret_hash = models.BinaryField()
    previous_hash = models.BinaryField(null=True)
    """The secret before the last rotation, good until `previous_until`."""
    previous_until = models.DateTimeField(null=True)
    networks = ArrayField(models.TextField(), default=list)
    """CIDR ranges it may be used from; empty: from anywhere."""
    daily_limit = models.IntegerField(null=True)
    """Orders it may see in a UTC day; None: no limit."""
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, null=True)
    """Storefront credentials: the channel whose orders they post."""
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "partners_credential"

    def __str__(self) -> str:
        return f"credential {self.pk}"


class Approval(models.Model):
    """A request for a credential, a new secret or a subscription, and what became of it.

    It never changes once it is asked, and holds no secret: that is made when it is used.
    """

    id = models.BigAutoField(primary_key=True)
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT)
    operation = models.TextField()
    wanted = models.JSONField()
    """Its exact parameters (`approvals.Wanted`)."""
    asked_by = models.BigIntegerField()
    """The membership that asked, and alone may use it."""
    person = models.TextField()
    """Who asked, as the ledger knows them."""
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    """Nobody decides it after this."""
    decided_by = models.TextField(blank=True, default="")
    """The other person, as the ledger knows them."""
    decided_at = models.DateTimeField(null=True)
    verdict = models.TextField(blank=True, default="")
    reason = models.TextField(blank=True, default="")
    """Why it was turned down."""
    use_by = models.DateTimeField(null=True)
    """Nobody uses it after this."""
    used_at = models.DateTimeField(null=True)
    made = models.BigIntegerField(null=True)
    """The number of the credential or subscription that it made or changed."""

    class Meta:
        db_table = "partners_approval"
        indexes = (models.Index(fields=("brand", "-id"), name="partners_approval_list"),)

    def __str__(self) -> str:
        return f"approval {self.pk}"


class Device(models.Model):
    """A machine of the warehouse's floor: a packing station, a scanner, a printer's agent.

    It belongs to the company and stays on the floor: somebody vouched for that, for a while.
    """

    id = models.BigAutoField(primary_key=True)
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT)
    """Whose floor it stands on."""
    name = models.TextField()
    kind = models.TextField()
    """`core.devices.DeviceKind`."""
    asset = models.TextField()
    """The number on its sticker: what somebody compares who walks the floor."""
    secret_hash = models.BinaryField(null=True)
    """None: its one-time link has not been opened on it yet."""
    link_hash = models.BinaryField(null=True)
    link_until = models.DateTimeField(null=True)
    registered_at = models.DateTimeField()
    registered_by = models.TextField()
    attested_at = models.DateTimeField()
    attested_by = models.TextField()
    """Who vouched last: company-owned, stays on the floor, nobody's own phone."""
    attested_until = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "partners_device"
        constraints = (
            models.UniqueConstraint(
                fields=("partner", "asset"),
                condition=models.Q(revoked_at=None),
                name="partners_device_sticker",
            ),
        )

    def __str__(self) -> str:
        return f"device {self.pk}"


class Quota(models.Model):
    """What a platform operator allows a brand; None: any number."""

    brand = models.OneToOneField(Brand, on_delete=models.PROTECT, primary_key=True)
    orders_per_day = models.IntegerField(null=True)
    """New orders in a UTC day."""
    credentials = models.IntegerField(null=True)
    """Credentials in force at once."""

    class Meta:
        db_table = "partners_quota"

    def __str__(self) -> str:
        return f"quota of {self.brand}"
