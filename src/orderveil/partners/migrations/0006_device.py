import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0005_approval"),
    ]

    operations = [
        migrations.CreateModel(
            name="Device",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.TextField()),
                ("kind", models.TextField()),
                ("asset", models.TextField()),
                ("secret_hash", models.BinaryField(null=True)),
                ("link_hash", models.BinaryField(null=True)),
                ("link_until", models.DateTimeField(null=True)),
                ("registered_at", models.DateTimeField()),
                ("registered_by", models.TextField()),
                ("attested_at", models.DateTimeField()),
                ("attested_by", models.TextField()),
                ("attested_until", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
                ("last_used_at", models.DateTimeField(null=True)),
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
                "db_table": "partners_device",
            },
        ),
    ]
