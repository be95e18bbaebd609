"""An address is an account's own, as Django's check of accounts wants to read it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """A second constraint, narrower than the one on the lowered address."""

    dependencies = (("people", "0003_quota"),)

    operations = (
        migrations.AddConstraint(
            "person", models.UniqueConstraint(fields=("email",), name="people_person_address")
        ),
    )
