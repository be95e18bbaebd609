"""Idempotency keys: a request's digest and status, never its body."""

from django.db import migrations

SQL = """
CREATE TABLE api_idempotency (
    credential_id bigint NOT NULL,
    key_hash      bytea NOT NULL,
    digest        bytea NOT NULL,
    status        smallint,
    created_at    timestamptz NOT NULL,
    PRIMARY KEY (credential_id, key_hash)
);
CREATE INDEX api_idempotency_created ON api_idempotency (created_at);
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("keyring", "0001_initial")]
    operations = [migrations.RunSQL(SQL, "DROP TABLE api_idempotency")]
