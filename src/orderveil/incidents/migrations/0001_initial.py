"""Alerts, the counts they are raised from, canaries, and how people are told."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [("keyring", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Looked",
            fields=[
                ("brand_id", models.IntegerField(primary_key=True, serialize=False)),
                ("place", models.BigIntegerField(default=0)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Receiver",
            fields=[
                ("brand_id", models.IntegerField(primary_key=True, serialize=False)),
                ("url", models.TextField()),
                ("set_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Alert",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("brand_id", models.IntegerField()),
                (
                    "kind",
                    models.TextField(
                        choices=[
                            ("unusual_reveals", "unusual_reveals"),
                            ("unusual_views", "unusual_views"),
                            ("unlike_colleagues", "unlike_colleagues"),
                            ("many_refusals", "many_refusals"),
                            ("failed_sign_ins", "failed_sign_ins"),
                            ("new_network", "new_network"),
                            ("canary_seen", "canary_seen"),
                        ]
                    ),
                ),
                (
                    "severity",
                    models.TextField(
                        choices=[("low", "low"), ("medium", "medium"), ("high", "high")]
                    ),
                ),
                ("who", models.TextField()),
                ("day", models.DateField()),
                ("count", models.BigIntegerField()),
                ("evidence", models.JSONField(default=dict)),
                ("raised_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
                (
                    "state",
                    models.TextField(
                        choices=[("open", "open"), ("closed", "closed")],
                        default="open",
                    ),
                ),
                (
                    "outcome",
                    models.TextField(
                        blank=True,
                        choices=[
                            ("explained", "explained"),
                            ("incident", "incident"),
                            ("false_alarm", "false_alarm"),
                        ],
                        default="",
                    ),
                ),
                ("reason", models.TextField(blank=True, default="")),
                ("closed_at", models.DateTimeField(null=True)),
                ("closed_by", models.TextField(blank=True, default="")),
            ],
            options={
                "indexes": [
                    models.Index(fields=["brand_id", "state", "-id"], name="incidents_alert_list")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("brand_id", "kind", "who", "day"),
                        name="incidents_one_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Canary",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("brand_id", models.IntegerField()),
                ("order_id", models.BinaryField()),
                ("expected", models.JSONField(default=list)),
                ("marked_at", models.DateTimeField()),
                ("marked_by", models.TextField()),
                ("retired_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("retired_at", None)),
                        fields=("brand_id", "order_id"),
                        name="incidents_canary_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Count",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("brand_id", models.IntegerField()),
                ("who", models.TextField()),
                ("what", models.TextField()),
                ("hour", models.DateTimeField()),
                ("count", models.BigIntegerField()),
            ],
            options={
                "indexes": [models.Index(fields=["hour"], name="incidents_count_hour")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("brand_id", "what", "who", "hour"), name="incidents_count_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Network",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("person", models.TextField()),
                ("network", models.TextField()),
                ("first_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person", "network"), name="incidents_network_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("way", models.TextField(choices=[("mail", "mail"), ("webhook", "webhook")])),
                ("next_at", models.DateTimeField(null=True)),
                ("attempts", models.IntegerField(default=0)),
                ("sent_at", models.DateTimeField(null=True)),
                ("error", models.TextField(blank=True, default="")),
                (
                    "alert",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="incidents.alert"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_at__isnull", False)),
                        fields=["next_at"],
                        name="incidents_due",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("alert", "way"), name="incidents_notice_once")
                ],
            },
        ),
    ]
