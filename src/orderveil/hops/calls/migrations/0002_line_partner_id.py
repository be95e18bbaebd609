"""A line knows whose telephony it is. Those that are there are the one's that is set up.

A line of a brand that set up nobody is nobody's (0): the gate tells it nothing.
"""

from django.db import migrations, models

_FILL = """
    UPDATE calls_line SET partner_id = contacts_setup.call_partner_id FROM contacts_setup
    WHERE contacts_setup.brand_id = calls_line.brand_id
      AND contacts_setup.call_partner_id IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("calls", "0001_initial"), ("contacts", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="line",
            name="partner_id",
            field=models.BigIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.RunSQL(_FILL, migrations.RunSQL.noop),
    ]
