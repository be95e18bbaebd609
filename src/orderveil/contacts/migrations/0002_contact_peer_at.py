"""A contact knows when its partner's side used it: a caller's number stands for a while only."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contacts", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="contact", name="peer_at", field=models.DateTimeField(null=True)
        )
    ]
