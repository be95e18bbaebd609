from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [("keyring", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Signatory",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("brand_id", models.IntegerField()),
                ("name", models.TextField()),
                ("code_hash", models.BinaryField()),
                ("created_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "policy_signatory",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at", None)),
                        fields=("brand_id", "name"),
                        name="policy_signatory_name",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Version",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("brand_id", models.IntegerField()),
                ("number", models.IntegerField()),
                ("name", models.TextField()),
                ("text", models.TextField()),
                ("digest", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "waits for a second person"),
                            ("active", "in force"),
                            ("replaced", "was in force"),
                            ("rejected", "never came into force"),
                        ],
                        max_length=10,
                    ),
                ),
                ("author", models.TextField()),
                ("approver", models.TextField(blank=True, default="")),
                ("created_at", models.DateTimeField()),
                ("effective_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "policy_version",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("brand_id", "number"), name="policy_version_number"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "active")),
                        fields=("brand_id",),
                        name="policy_one_active_version",
                    ),
                ],
            },
        ),
    ]
