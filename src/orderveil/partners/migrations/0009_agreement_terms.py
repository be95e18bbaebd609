import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    """Agreements recorded so far name nothing but their document: what they say is not guessed."""

    dependencies = [
        ("partners", "0008_return_address"),
    ]

    operations = [
        migrations.AddField(
            model_name="agreement",
            name="sub_processors",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(), default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="agreement",
            name="countries",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=2), default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="agreement",
            name="deletion_days",
            field=models.IntegerField(null=True),
        ),
        migrations.AddField(
            model_name="agreement",
            name="breach_hours",
            field=models.IntegerField(null=True),
        ),
        migrations.AddField(
            model_name="agreement",
            name="contact",
            field=models.TextField(blank=True, default=""),
        ),
    ]
