"""Requests for what opens personal data: asked by one person, decided by another, used once."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partners", "0004_watching")]

    operations = [
        migrations.CreateModel(
            name="Approval",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("operation", models.TextField()),
                ("wanted", models.JSONField()),
                ("asked_by", models.BigIntegerField()),
                ("person", models.TextField()),
                ("asked_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("decided_by", models.TextField(blank=True, default="")),
                ("decided_at", models.DateTimeField(null=True)),
                ("verdict", models.TextField(blank=True, default="")),
                ("reason", models.TextField(blank=True, default="")),
                ("use_by", models.DateTimeField(null=True)),
                ("used_at", models.DateTimeField(null=True)),
                ("made", models.BigIntegerField(null=True)),
                (
                    "brand",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="partners.brand"
                    ),
                ),
            ],
            options={
                "db_table": "partners_approval",
                "indexes": [
                    models.Index(fields=["brand", "-id"], name="partners_approval_list"),
                ],
            },
        ),
    ]
