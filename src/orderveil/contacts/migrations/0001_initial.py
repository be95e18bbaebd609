"""Virtual contacts: set-up, the pool, and who stands behind which code."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [("keyring", "0001_initial")]  # whose default privileges open these tables

    operations = [
        migrations.CreateModel(
            name="Contact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("brand_id", models.IntegerField()),
                ("order_id", models.BinaryField()),
                ("parcel_no", models.SmallIntegerField()),
                ("partner_id", models.BigIntegerField()),
                ("hop", models.TextField()),
                ("kind", models.TextField()),
                ("number", models.TextField(blank=True, default="")),
                ("code", models.TextField()),
                ("allocated_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("peer", models.BinaryField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["number", "code"], name="contacts_contact_code"),
                    models.Index(
                        condition=models.Q(("ended_at", None)),
                        fields=["expires_at"],
                        name="contacts_contact_due",
                    ),
                    models.Index(
                        condition=models.Q(("ended_at__isnull", False)),
                        fields=["ended_at"],
                        name="contacts_contact_over",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("order_id", "parcel_no", "partner_id", "hop", "kind"),
                        name="contacts_contact_one",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None), ("kind", "phone")),
                        fields=("number", "code"),
                        name="contacts_contact_pin",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "email")),
                        fields=("brand_id", "code"),
                        name="contacts_contact_alias",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Number",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("brand_id", models.IntegerField()),
                ("number", models.TextField()),
                ("added_at", models.DateTimeField()),
                ("retired_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("retired_at", None)),
                        fields=("number",),
                        name="contacts_number_one",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Setup",
            fields=[
                ("brand_id", models.IntegerField(primary_key=True, serialize=False)),
                ("care_number", models.TextField(blank=True, default="")),
                ("call_partner_id", models.BigIntegerField(null=True)),
                ("mail_domain", models.TextField(blank=True, default="")),
                ("mail_partner_id", models.BigIntegerField(null=True)),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("mail_domain", ""), _negated=True),
                        fields=("mail_domain",),
                        name="contacts_setup_domain",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Tally",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("brand_id", models.IntegerField()),
                ("kind", models.TextField()),
                ("outcome", models.TextField()),
                ("hour", models.DateTimeField()),
                ("times", models.IntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("brand_id", "kind", "outcome", "hour"), name="contacts_tally_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Spent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("what", models.TextField()),
                ("hour", models.DateTimeField()),
                ("times", models.IntegerField(default=0)),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="contacts.contact"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("contact", "what", "hour"), name="contacts_spent_once"
                    )
                ],
            },
        ),
    ]
