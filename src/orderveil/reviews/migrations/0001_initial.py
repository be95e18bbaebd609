import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [("keyring", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Campaign",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("brand_id", models.IntegerField()),
                ("opened_at", models.DateTimeField()),
                ("opened_by", models.TextField()),
                ("due_at", models.DateTimeField()),
                ("counted_from", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                ("closed_by", models.TextField(blank=True, default="")),
            ],
            options={
                "db_table": "reviews_campaign",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at", None)),
                        fields=("brand_id",),
                        name="reviews_one_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Setting",
            fields=[
                ("brand_id", models.IntegerField(primary_key=True, serialize=False)),
                ("every_days", models.IntegerField()),
            ],
            options={
                "db_table": "reviews_setting",
            },
        ),
        migrations.CreateModel(
            name="Item",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.TextField()),
                ("subject_id", models.BigIntegerField()),
                ("person_id", models.BigIntegerField(null=True)),
                ("holds", models.TextField()),
                ("partner_id", models.BigIntegerField(null=True)),
                ("since", models.DateTimeField()),
                ("last_used_at", models.DateTimeField(null=True)),
                ("views", models.IntegerField()),
                ("reveals", models.IntegerField()),
                ("proposal", models.TextField()),
                ("outcome", models.TextField(blank=True, default="")),
                ("reason", models.TextField(blank=True, default="")),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.TextField(blank=True, default="")),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="reviews.campaign"
                    ),
                ),
            ],
            options={
                "db_table": "reviews_item",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("campaign", "kind", "subject_id"), name="reviews_item_once"
                    )
                ],
            },
        ),
    ]
