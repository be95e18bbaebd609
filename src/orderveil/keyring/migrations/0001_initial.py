"""The keyring's tables, and the database roles every later migration counts on.

The first migration of all: each app's own first migration depends on it, so that the tables made
after it are open to `orderveil_app` by default and close what they must by REVOKE.
"""

from django.db import migrations, models
from django.db.models.functions import Now

# The embedded cluster has the roles already; another PostgreSQL gets them here, from an owner
# with CREATEROLE.
ROLES = """
DO $$
DECLARE
  name text;
  -- From 16 on a role's maker is a member that may not take it until it grants itself that.
  may text := CASE WHEN current_setting('server_version_num')::int >= 160000
                   THEN 'SET' ELSE 'MEMBER' END;
BEGIN
  FOREACH name IN ARRAY ARRAY['orderveil_app', 'orderveil_sequencer'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN', name);
    END IF;
    IF NOT pg_has_role(current_user, name, may) THEN
      EXECUTE format('GRANT %I TO CURRENT_USER', name);
    END IF;
  END LOOP;
END $$;
GRANT USAGE ON SCHEMA public TO orderveil_app, orderveil_sequencer;
ALTER DEFAULT PRIVILEGES IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO orderveil_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO orderveil_app;
"""

# The sequencer signs checkpoints: it reads the ledger's signing key and nothing else of ours.
SEQUENCER = "GRANT SELECT ON keyring_secret, keyring_brand_provider TO orderveil_sequencer"

ONE_CURRENT = models.UniqueConstraint(
    fields=["brand_id"],
    condition=models.Q(retired_at__isnull=True),
    name="keyring_epoch_one_current",
)
DESTROYED_IS_EMPTY = models.CheckConstraint(
    condition=models.Q(wrapped__isnull=False, destroyed_at__isnull=True)
    | models.Q(wrapped__isnull=True, destroyed_at__isnull=False),
    name="keyring_epoch_destroyed_is_empty",
)


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    # The default rights that are granted here are for their tables, too.
    run_before = [("contenttypes", "0001_initial"), ("sessions", "0001_initial")]

    operations = [
        migrations.RunSQL(ROLES, migrations.RunSQL.noop),
        migrations.CreateModel(
            name="Epoch",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("brand_id", models.IntegerField()),
                ("wrapped", models.BinaryField(null=True)),
                ("root_version", models.TextField()),
                ("provider", models.TextField()),
                ("created_at", models.DateTimeField(db_default=Now())),
                ("retired_at", models.DateTimeField(null=True)),
                ("destroyed_at", models.DateTimeField(null=True)),
            ],
            options={"db_table": "keyring_epoch", "constraints": (ONE_CURRENT, DESTROYED_IS_EMPTY)},
        ),
        migrations.CreateModel(
            name="Secret",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "brand_id",
                        "name",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("brand_id", models.IntegerField()),
                ("name", models.TextField()),
                ("wrapped", models.BinaryField()),
                ("root_version", models.TextField()),
                ("provider", models.TextField()),
            ],
            options={"db_table": "keyring_secret"},
        ),
        migrations.CreateModel(
            name="BrandProvider",
            fields=[
                ("brand_id", models.IntegerField(primary_key=True, serialize=False)),
                ("url", models.TextField()),
            ],
            options={"db_table": "keyring_brand_provider"},
        ),
        migrations.RunSQL(SEQUENCER, migrations.RunSQL.noop),
    ]
