"""Telephone lines, agents' telephones, calls placed, numbers masked, and PINs that were tried."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [("keyring", "0001_initial")]  # whose default privileges open these tables

    operations = [
        migrations.CreateModel(
            name="Line",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("brand_id", models.IntegerField()),
                ("provider", models.TextField()),
                ("account", models.TextField(blank=True, default="")),
                ("api_url", models.TextField(blank=True, default="")),
                ("masks_url", models.TextField(blank=True, default="")),
                ("shown", models.TextField(blank=True, default="")),
                ("created_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Agent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("brand_id", models.IntegerField()),
                ("partner_id", models.BigIntegerField()),
                ("name", models.TextField()),
                ("membership_id", models.BigIntegerField(null=True)),
                ("sealed", models.BinaryField(null=True)),
                ("created_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("partner_id", "name"),
                        name="calls_agent_name",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None), ("membership_id__isnull", False)),
                        fields=("brand_id", "membership_id"),
                        name="calls_agent_own",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Guess",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("brand_id", models.IntegerField()),
                ("who", models.BinaryField()),
                ("hour", models.DateTimeField()),
                ("wrong", models.IntegerField(default=0)),
                ("right", models.IntegerField(default=0)),
            ],
            options={
                "indexes": [models.Index(fields=["hour"], name="calls_guess_hour")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("brand_id", "who", "hour"), name="calls_guess_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Heard",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("mark", models.BinaryField()),
                ("at", models.DateTimeField()),
                ("times", models.IntegerField(default=1)),
                ("allowed", models.BooleanField(null=True)),
                (
                    "line",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="calls.line"),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["at"], name="calls_heard_at")],
                "constraints": [
                    models.UniqueConstraint(fields=("line", "mark"), name="calls_heard_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Call",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("brand_id", models.IntegerField()),
                ("order_id", models.BinaryField()),
                ("parcel_no", models.SmallIntegerField()),
                ("partner_id", models.BigIntegerField()),
                ("person", models.TextField(blank=True, default="")),
                ("status", models.TextField()),
                ("once", models.BinaryField(unique=True)),
                ("asked_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="calls.agent"
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="calls.line"),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["agent", "asked_at"], name="calls_call_agent")],
            },
        ),
        migrations.CreateModel(
            name="Mask",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("brand_id", models.IntegerField()),
                ("order_id", models.BinaryField()),
                ("parcel_no", models.SmallIntegerField()),
                ("partner_id", models.BigIntegerField()),
                ("hop", models.TextField()),
                ("state", models.TextField()),
                ("pin", models.TextField()),
                ("number", models.TextField(blank=True, default="")),
                ("provider_id", models.TextField(blank=True, default="")),
                ("tries", models.IntegerField(default=0)),
                ("sent_at", models.DateTimeField(null=True)),
                ("due_at", models.DateTimeField()),
                ("error", models.TextField(blank=True, default="")),
                ("asked_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                (
                    "line",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="calls.line"),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ("due", "releasing"))),
                        fields=["due_at"],
                        name="calls_mask_due",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("released", "refused")), _negated=True),
                        fields=("order_id", "parcel_no", "partner_id", "hop"),
                        name="calls_mask_one",
                    )
                ],
            },
        ),
    ]
