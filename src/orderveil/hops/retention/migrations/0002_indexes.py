"""What is late and what is open are found by indexes of their own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("retention", "0001_initial"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="purge",
            name="retention_open",
        ),
        migrations.AddIndex(
            model_name="purge",
            index=models.Index(
                condition=models.Q(("confirmed_at", None)),
                fields=["brand_id", "due_at", "partner"],
                name="retention_late",
            ),
        ),
        migrations.AddIndex(
            model_name="request",
            index=models.Index(
                condition=models.Q(("closed_at", None)),
                fields=["brand_id", "partner"],
                name="retention_request_open",
            ),
        ),
    ]
