"""How mail comes and goes, and what was passed on."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [("keyring", "0001_initial")]  # whose default privileges open these tables

    operations = [
        migrations.CreateModel(
            name="Relay",
            fields=[
                ("brand_id", models.IntegerField(primary_key=True, serialize=False)),
                ("host", models.TextField()),
                ("port", models.IntegerField()),
                ("tls", models.TextField()),
                ("username", models.TextField(blank=True, default="")),
                ("selector", models.TextField()),
                ("public_key", models.TextField()),
                ("changed_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Route",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("brand_id", models.IntegerField()),
                ("format", models.TextField()),
                ("created_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Domain",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("brand_id", models.IntegerField()),
                ("partner_id", models.BigIntegerField()),
                ("domain", models.TextField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("partner_id", "domain"), name="mail_domain_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Passed",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("mark", models.BinaryField(unique=True)),
                ("brand_id", models.IntegerField()),
                ("contact_id", models.BigIntegerField()),
                ("way", models.TextField()),
                ("token", models.TextField(unique=True)),
                ("at", models.DateTimeField()),
                ("is_sent", models.BooleanField(default=False)),
                ("bounced_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["at"], name="mail_passed_at")],
            },
        ),
        migrations.CreateModel(
            name="Told",
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
                ("times", models.IntegerField(default=0)),
            ],
            options={
                "indexes": [models.Index(fields=["hour"], name="mail_told_hour")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("brand_id", "who", "hour"), name="mail_told_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Once",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("mark", models.BinaryField()),
                ("at", models.DateTimeField()),
                ("is_done", models.BooleanField(default=False)),
                (
                    "route",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="mail.route"),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["at"], name="mail_once_at")],
                "constraints": [
                    models.UniqueConstraint(fields=("route", "mark"), name="mail_once_once")
                ],
            },
        ),
    ]
