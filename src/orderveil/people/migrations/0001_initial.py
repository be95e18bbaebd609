import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

SQL = """
CREATE TABLE people_budget (
    membership_id bigint NOT NULL,
    what          text NOT NULL,
    begins        timestamptz NOT NULL,
    spent         integer NOT NULL,
    PRIMARY KEY (membership_id, what, begins)
);
CREATE INDEX people_budget_begins ON people_budget (begins);

-- Django's cache (people/cache.py): sign-in rate limits, and which one-time codes were used.
CREATE TABLE people_cache (
    cache_key varchar(255) PRIMARY KEY,
    value     text NOT NULL,
    expires   timestamptz NOT NULL
);
CREATE INDEX people_cache_expires ON people_cache (expires);
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [("keyring", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Person",
            fields=[
                ("password", models.CharField(max_length=128, verbose_name="password")),
                (
                    "last_login",
                    models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                ),
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("email", models.EmailField(max_length=254)),
                ("name", models.TextField()),
                ("language", models.CharField(blank=True, default="", max_length=7)),
                ("is_active", models.BooleanField(default=True)),
                ("is_demo", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
                ("left_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "people_person",
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("email"), name="people_person_email"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("token_hash", models.BinaryField(unique=True)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "db_table": "people_invitation",
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("brand_id", models.IntegerField()),
                (
                    "role",
                    models.TextField(
                        choices=[
                            ("owner", "owner"),
                            ("privacy_officer", "privacy_officer"),
                            ("operations", "operations"),
                            ("warehouse", "warehouse"),
                            ("support", "support"),
                            ("outsourced_support", "outsourced_support"),
                            ("marketer", "marketer"),
                            ("integrator", "integrator"),
                            ("auditor", "auditor"),
                            ("platform_operator", "platform_operator"),
                        ]
                    ),
                ),
                ("partner_id", models.BigIntegerField(null=True)),
                ("reveals_per_day", models.IntegerField(null=True)),
                ("views_per_day", models.IntegerField(null=True)),
                ("created_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("last_used_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "db_table": "people_membership",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("person", "brand_id"),
                        name="people_one_membership",
                    )
                ],
            },
        ),
        migrations.RunSQL(SQL, "DROP TABLE people_budget, people_cache"),
    ]
