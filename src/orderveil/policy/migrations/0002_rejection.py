"""Who rejected a version, when and why."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("policy", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="version",
            name="rejected_by",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="version",
            name="rejected_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="version",
            name="reason",
            field=models.TextField(blank=True, default=""),
        ),
    ]
