import django.contrib.postgres.fields
from django.db import migrations, models

SQL = """
-- The list of a centre's orders: what was assigned to it, the newest first.
CREATE INDEX partners_assignment_list
    ON partners_assignment (partner_id, hop, assigned_at DESC, order_id DESC);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="channel",
            name="previous_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="credential",
            name="previous_hash",
            field=models.BinaryField(null=True),
        ),
        migrations.AddField(
            model_name="credential",
            name="previous_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="partner",
            name="desk_closes",
            field=models.TimeField(null=True),
        ),
        migrations.AddField(
            model_name="partner",
            name="desk_days",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.SmallIntegerField(), default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="partner",
            name="desk_networks",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(), default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="partner",
            name="desk_opens",
            field=models.TimeField(null=True),
        ),
        migrations.AddField(
            model_name="partner",
            name="desk_zone",
            field=models.TextField(default="Asia/Kolkata"),
        ),
        migrations.RunSQL(SQL, "DROP INDEX partners_assignment_list"),
    ]
