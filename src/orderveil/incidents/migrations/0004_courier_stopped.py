"""Two kinds of alert more: a purge is overdue; a courier asked for more than its own."""

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
    "purge_overdue",
    "courier_stopped",
)


class Migration(migrations.Migration):
    dependencies = [("incidents", "0003_paper")]

    operations = [
        migrations.AlterField(
            model_name="alert",
            name="kind",
            field=models.TextField(choices=[(each, each) for each in KINDS]),
        ),
    ]
