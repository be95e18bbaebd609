"""Purges, and the requests in which partners are asked for them."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("partners", "0009_agreement_terms"),
    ]

    operations = [
        migrations.CreateModel(
            name="Pace",
            fields=[
                (
                    "partner",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="partners.partner",
                    ),
                ),
                ("asked_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Request",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.TextField(unique=True)),
                ("brand_id", models.IntegerField()),
                ("items", models.IntegerField()),
                ("confirmed", models.IntegerField(default=0)),
                ("due_at", models.DateTimeField()),
                ("made_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("way", models.TextField(blank=True, default="")),
                ("next_at", models.DateTimeField(null=True)),
                ("attempts", models.IntegerField(default=0)),
                ("error", models.TextField(blank=True, default="")),
                ("reminders", models.IntegerField(default=0)),
                ("link_until", models.DateTimeField()),
                (
                    "link_digests",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BinaryField(), default=list, size=None
                    ),
                ),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="partners.partner"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Purge",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("brand_id", models.IntegerField()),
                ("order_id", models.BinaryField()),
                ("parcel_no", models.SmallIntegerField()),
                ("why", models.TextField()),
                ("started_at", models.DateTimeField()),
                ("days", models.IntegerField()),
                ("is_agreed", models.BooleanField()),
                ("due_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="partners.partner"
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="retention.request",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="request",
            index=models.Index(
                condition=models.Q(("next_at__isnull", False)),
                fields=["next_at"],
                name="retention_due",
            ),
        ),
        migrations.AddIndex(
            model_name="request",
            index=models.Index(
                fields=["brand_id", "partner", "-id"], name="retention_request_list"
            ),
        ),
        migrations.AddIndex(
            model_name="purge",
            index=models.Index(
                condition=models.Q(("request", None)),
                fields=["brand_id", "partner", "id"],
                name="retention_unasked",
            ),
        ),
        migrations.AddIndex(
            model_name="purge",
            index=models.Index(
                condition=models.Q(("confirmed_at", None)),
                fields=["brand_id", "partner", "due_at"],
                name="retention_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="purge",
            constraint=models.UniqueConstraint(
                condition=models.Q(("confirmed_at", None)),
                fields=("order_id", "parcel_no", "partner"),
                name="retention_one_open",
            ),
        ),
    ]
