"""A membership opens nothing before its person accepted it; a link belongs to one membership."""

import django.db.models.deletion
from django.db import migrations, models

BEGUN = "UPDATE people_membership SET accepted_at = created_at"
# A link of the older kind named a person, not who asks: whoever still waits gets a new one.
OLD_LINKS = "DELETE FROM people_invitation"


class Migration(migrations.Migration):
    dependencies = [("people", "0004_address")]

    operations = [
        migrations.AddField("membership", "accepted_at", models.DateTimeField(null=True)),
        migrations.RunSQL(BEGUN, migrations.RunSQL.noop),
        migrations.RunSQL(OLD_LINKS, migrations.RunSQL.noop),
        migrations.RemoveField("invitation", "person"),
        migrations.AddField(
            "invitation",
            "membership",
            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="people.membership"),
        ),
        migrations.AddField("invitation", "sets_password", models.BooleanField(default=False)),
    ]
