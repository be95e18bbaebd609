import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

SQL = """
-- `order_id` leads the key, so that Citus can distribute it beside the vault's tables.
CREATE TABLE partners_assignment (
    order_id    bytea NOT NULL,
    parcel_no   smallint NOT NULL,
    hop         text NOT NULL,
    partner_id  bigint NOT NULL,
    brand_id    integer NOT NULL,
    assigned_at timestamptz NOT NULL,
    PRIMARY KEY (order_id, parcel_no, hop)
);
CREATE TABLE partners_budget (
    credential_id bigint NOT NULL,
    day           date NOT NULL,
    leased        integer NOT NULL,
    PRIMARY KEY (credential_id, day)
);
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [("keyring", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Brand",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("slug", models.SlugField(unique=True)),
                ("name", models.TextField()),
                ("published_channel", models.TextField(blank=True, default="")),
                ("is_sample", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "db_table": "partners_brand",
            },
        ),
        migrations.CreateModel(
            name="Channel",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.SlugField()),
                ("format", models.TextField()),
                ("created_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "brand",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="partners.brand"
                    ),
                ),
            ],
            options={
                "db_table": "partners_channel",
            },
        ),
        migrations.CreateModel(
            name="Partner",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("slug", models.SlugField()),
                ("name", models.TextField()),
                (
                    "hops",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), size=None
                    ),
                ),
                ("own", models.BooleanField(default=False)),
                ("assigned_by_default", models.BooleanField(default=False)),
                ("demands_email", models.BooleanField(default=False)),
                ("mode", models.TextField(default="enforce")),
                ("enforce_percent", models.SmallIntegerField(default=100)),
                ("ref_generation", models.SmallIntegerField(default=0)),
                ("suspended_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField()),
                (
                    "brand",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="partners.brand"
                    ),
                ),
            ],
            options={
                "db_table": "partners_partner",
            },
        ),
        migrations.CreateModel(
            name="Credential",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("hop", models.TextField()),
                ("secret_hash", models.BinaryField()),
                (
                    "networks",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                ("daily_limit", models.IntegerField(null=True)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                ("last_used_at", models.DateTimeField(null=True)),
                (
                    "brand",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="partners.brand"
                    ),
                ),
                (
                    "channel",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="partners.channel",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="partners.partner"
                    ),
                ),
            ],
            options={
                "db_table": "partners_credential",
            },
        ),
        migrations.CreateModel(
            name="Agreement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(null=True)),
                ("document_digest", models.CharField(blank=True, default="", max_length=64)),
                ("created_at", models.DateTimeField()),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="partners.partner"
                    ),
                ),
            ],
            options={
                "db_table": "partners_agreement",
            },
        ),
        migrations.AddConstraint(
            model_name="channel",
            constraint=models.UniqueConstraint(
                fields=("brand", "name"), name="partners_channel_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="partner",
            constraint=models.UniqueConstraint(
                fields=("brand", "slug"), name="partners_partner_slug"
            ),
        ),
        migrations.RunSQL(SQL, "DROP TABLE partners_assignment, partners_budget"),
    ]
