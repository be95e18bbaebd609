"""An alert that becomes worse is told again: a notice of its own, under a name of its own."""

from django.db import migrations, models

SINCE = """
UPDATE incidents_notice AS notice SET since = alert.raised_at
  FROM incidents_alert AS alert WHERE alert.id = notice.alert_id
"""


class Migration(migrations.Migration):
    dependencies = [("incidents", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="notice",
            name="rose_to",
            field=models.TextField(
                blank=True,
                choices=[("low", "low"), ("medium", "medium"), ("high", "high")],
                default="",
            ),
        ),
        migrations.AddField(
            model_name="notice", name="since", field=models.DateTimeField(null=True)
        ),
        migrations.RunSQL(SINCE, migrations.RunSQL.noop),
        migrations.AlterField(model_name="notice", name="since", field=models.DateTimeField()),
        migrations.RemoveConstraint(model_name="notice", name="incidents_notice_once"),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(
                fields=("alert", "way", "rose_to"), name="incidents_notice_once"
            ),
        ),
    ]
