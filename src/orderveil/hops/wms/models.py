"""Where items lie, which parcels are picked together, and what each packing station is at.

Rules kept here:
- these tables hold ids, stock numbers and counts: no buyer, and of what is in a parcel only what
  is counted at a station, for as long as it is counted;
- a parcel is in one open wave at most, whoever makes waves at the same moment.
"""

from django.db import models

from orderveil.partners.models import Brand, Device, Partner


class Bin(models.Model):
    """Where an item lies in one partner's warehouse."""

    id = models.BigAutoField(primary_key=True)
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT)
    sku = models.TextField()
    location = models.TextField()
    """As the shelf is signed: "A-03-2"."""
    barcode = models.TextField(blank=True, default="")
    """What is printed on the item, if that is not its SKU: an EAN, mostly."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("partner", "sku"), name="wms_bin_sku"),
            models.UniqueConstraint(
                fields=("partner", "barcode"),
                condition=~models.Q(barcode=""),
                name="wms_bin_barcode",
            ),
        )

    def __str__(self) -> str:
        return f"bin {self.pk}"


class Wave(models.Model):
    """Parcels that are picked in one walk."""

    id = models.BigAutoField(primary_key=True)
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT)
    number = models.IntegerField()
    """Counted within the partner: "W12"."""
    made_by = models.TextField()
    made_at = models.DateTimeField()
    picked_by = models.TextField(blank=True, default="")
    picked_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    """When the last of its parcels was packed or dropped, or somebody ended it."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("partner", "number"), name="wms_wave_number"),
        )

    def __str__(self) -> str:
        return f"W{self.number}"


class Tote(models.Model):
    """One parcel of a wave: the box on the cart that its items are put into."""

    id = models.BigAutoField(primary_key=True)
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT)
    position = models.SmallIntegerField()
    """On the cart, from 1."""
    order_id = models.BinaryField(max_length=16)
    parcel_no = models.SmallIntegerField()
    lines = models.JSONField(default=list)
    """While it is packed: stock number, title, how many, how many are in. Emptied afterwards."""
    packed_by = models.TextField(blank=True, default="")
    packed_at = models.DateTimeField(null=True)
    packed_on = models.ForeignKey(Device, on_delete=models.PROTECT, null=True)
    dropped_at = models.DateTimeField(null=True)
    dropped = models.TextField(blank=True, default="")
    """Why it left the wave unpacked: a code (`waves.Dropped`)."""
    is_open = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("wave", "position"), name="wms_tote_position"),
            models.UniqueConstraint(
                fields=("order_id", "parcel_no"),
                condition=models.Q(is_open=True),
                name="wms_tote_open",
            ),
        )
        indexes = (models.Index(fields=("order_id",), name="wms_tote_order"),)

    def __str__(self) -> str:
        return f"{self.wave}-{self.position}"


class Station(models.Model):
    """What a packing station is at, and where it prints."""

    device = models.OneToOneField(
        Device, on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    slip_printer = models.ForeignKey(Device, on_delete=models.PROTECT, null=True, related_name="+")
    label_printer = models.ForeignKey(Device, on_delete=models.PROTECT, null=True, related_name="+")
    label_form = models.TextField(default="zpl203")
    """What that printer is spoken to in (`printing_here.LABEL_FORMS`)."""
    open = models.ForeignKey(Tote, on_delete=models.PROTECT, null=True, related_name="+")
    """The tote that is being packed."""
    packed = models.ForeignKey(Tote, on_delete=models.PROTECT, null=True, related_name="+")
    """The one that was packed last, or shown again: what "print again" means."""

    def __str__(self) -> str:
        return f"station {self.pk}"
