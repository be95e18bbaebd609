import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("partners", "0006_device"),
    ]

    operations = [
        migrations.CreateModel(
            name="Tote",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("position", models.SmallIntegerField()),
                ("order_id", models.BinaryField(max_length=16)),
                ("parcel_no", models.SmallIntegerField()),
                ("lines", models.JSONField(default=list)),
                ("packed_by", models.TextField(blank=True, default="")),
                ("packed_at", models.DateTimeField(null=True)),
                ("dropped_at", models.DateTimeField(null=True)),
                ("dropped", models.TextField(blank=True, default="")),
                ("is_open", models.BooleanField(default=True)),
                (
                    "packed_on",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="partners.device"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Station",
            fields=[
                (
                    "device",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="partners.device",
                    ),
                ),
                (
                    "slip_printer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.device",
                    ),
                ),
                (
                    "label_printer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.device",
                    ),
                ),
                ("label_form", models.TextField(default="zpl203")),
                (
                    "open",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="wms.tote",
                    ),
                ),
                (
                    "packed",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="wms.tote",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Wave",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.IntegerField()),
                ("made_by", models.TextField()),
                ("made_at", models.DateTimeField()),
                ("picked_by", models.TextField(blank=True, default="")),
                ("picked_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "brand",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="partners.brand"
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="partners.partner"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="tote",
            name="wave",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="wms.wave"),
        ),
        migrations.CreateModel(
            name="Bin",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("sku", models.TextField()),
                ("location", models.TextField()),
                ("barcode", models.TextField(blank=True, default="")),
                (
                    "brand",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="partners.brand"
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="partners.partner"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("partner", "sku"), name="wms_bin_sku"),
                    models.UniqueConstraint(
                        condition=models.Q(("barcode", ""), _negated=True),
                        fields=("partner", "barcode"),
                        name="wms_bin_barcode",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="wave",
            constraint=models.UniqueConstraint(
                fields=("partner", "number"), name="wms_wave_number"
            ),
        ),
        migrations.AddIndex(
            model_name="tote",
            index=models.Index(fields=["order_id"], name="wms_tote_order"),
        ),
        migrations.AddConstraint(
            model_name="tote",
            constraint=models.UniqueConstraint(
                fields=("wave", "position"), name="wms_tote_position"
            ),
        ),
        migrations.AddConstraint(
            model_name="tote",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_open", True)),
                fields=("order_id", "parcel_no"),
                name="wms_tote_open",
            ),
        ),
    ]
