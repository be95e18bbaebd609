"""One kind of alert more: paper and ledger do not agree."""

from django.db import migrations, models

KINDS = (
    "unusual_reveals",
    "unusual_views",
    "unlike_colleagues",
    "many_refusals",
    "failed_sign_ins",
    "new_network",
    "canary_seen",
    "paper_differs",
)


class Migration(migrations.Migration):
    dependencies = [("incidents", "0002_worse")]

    operations = [
        migrations.AlterField(
            model_name="alert",
            name="kind",
            field=models.TextField(choices=[(each, each) for each in KINDS]),
        ),
    ]
