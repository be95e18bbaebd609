"""The ledger's tables, and who may touch them.

Rules kept here:
- the application's role inserts and selects; it can change or delete no entry, record or tree
  node, and of the law it may bump the revision only;
- the sequencer's role takes from `ledger_pending` and writes the tree, and reads no entry;
- rights that default privileges may have given are taken back first, then granted one by one.
"""

from django.db import migrations

TABLES = """
CREATE TABLE ledger_log (
    log_id     integer PRIMARY KEY,
    origin     text NOT NULL UNIQUE,
    created_at timestamptz NOT NULL
);

CREATE TABLE ledger_law (
    log_id integer PRIMARY KEY,
    rev    bigint NOT NULL DEFAULT 1
);

CREATE TABLE ledger_entry (
    entry_id uuid PRIMARY KEY,
    log_id   integer NOT NULL,
    at       timestamptz NOT NULL,
    kind     text NOT NULL,
    subject  text NOT NULL DEFAULT '',
    entry    bytea
);
CREATE INDEX ledger_entry_log_at ON ledger_entry (log_id, at);

CREATE TABLE ledger_record (
    order_id      bytea NOT NULL,
    at            timestamptz NOT NULL,
    entry_id      uuid NOT NULL,
    parcel_no     smallint NOT NULL DEFAULT 0,
    log_id        integer NOT NULL,
    kind          text NOT NULL,
    hop           text,
    partner_id    bigint,
    credential_id bigint,
    position      integer,
    entry         bytea,
    salt          bytea,
    PRIMARY KEY (order_id, at, entry_id, parcel_no),
    CHECK ((entry IS NULL) = (salt IS NOT NULL AND position IS NOT NULL))
) PARTITION BY RANGE (at);
CREATE INDEX ledger_record_credential ON ledger_record (credential_id, at)
    WHERE credential_id IS NOT NULL;
-- Rows of a bulk share their entry_id, which a btree stores once: small, and cheap to insert.
CREATE INDEX ledger_record_bulk ON ledger_record (entry_id) WHERE entry IS NULL;
CREATE TABLE ledger_record_default PARTITION OF ledger_record DEFAULT;

CREATE TABLE ledger_pending (
    id       bigserial PRIMARY KEY,
    log_id   integer NOT NULL,
    entry_id uuid NOT NULL,
    leaf     bytea NOT NULL CHECK (octet_length(leaf) = 32),
    order_id bytea,
    at       timestamptz NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000);
CREATE INDEX ledger_pending_log ON ledger_pending (log_id, id);

CREATE TABLE ledger_head (
    log_id         integer PRIMARY KEY,
    size           bigint NOT NULL,
    root           bytea NOT NULL,
    checkpoint     text,
    published_size bigint,
    published_at   timestamptz
) WITH (fillfactor = 50);

CREATE TABLE ledger_tile (
    log_id integer NOT NULL,
    level  smallint NOT NULL,
    n      bigint NOT NULL,
    hashes bytea NOT NULL,
    PRIMARY KEY (log_id, level, n)
);
-- Hashes don't compress: trying costs time for nothing.
ALTER TABLE ledger_tile ALTER COLUMN hashes SET STORAGE EXTERNAL;

CREATE TABLE ledger_leaf (
    entry_id uuid PRIMARY KEY,
    log_id   integer NOT NULL,
    index    bigint NOT NULL,
    order_id bytea,
    at       timestamptz NOT NULL,
    UNIQUE (log_id, index)
);
"""

GRANTS = """
REVOKE ALL ON ledger_log, ledger_law, ledger_entry, ledger_record, ledger_record_default,
    ledger_pending, ledger_head, ledger_tile, ledger_leaf FROM orderveil_app, orderveil_sequencer;
REVOKE ALL ON SEQUENCE ledger_pending_id_seq FROM orderveil_app, orderveil_sequencer;

GRANT SELECT, INSERT ON ledger_log, ledger_law, ledger_entry, ledger_record, ledger_pending
    TO orderveil_app;
GRANT UPDATE (rev) ON ledger_law TO orderveil_app;
GRANT USAGE ON SEQUENCE ledger_pending_id_seq TO orderveil_app;
GRANT SELECT ON ledger_head, ledger_tile, ledger_leaf TO orderveil_app;

GRANT SELECT ON ledger_log TO orderveil_sequencer;
GRANT SELECT, DELETE ON ledger_pending TO orderveil_sequencer;
GRANT SELECT, INSERT, UPDATE ON ledger_head, ledger_tile TO orderveil_sequencer;
GRANT SELECT, INSERT ON ledger_leaf TO orderveil_sequencer;
"""

DROP = """
DROP TABLE ledger_leaf, ledger_tile, ledger_head, ledger_pending, ledger_record, ledger_entry,
    ledger_law, ledger_log;
"""


class Migration(migrations.Migration):
    dependencies = [("keyring", "0001_initial")]
    operations = [migrations.RunSQL(TABLES + GRANTS, DROP)]
