"""The vault's tables. `order_id` leads every primary key, so that Citus can distribute them."""

from django.db import migrations

SQL = """
CREATE TABLE vault_order (
    order_id          bytea PRIMARY KEY,
    brand_id          integer NOT NULL,
    channel_id        bigint NOT NULL,
    shop_order_id     text,
    order_number      text,
    placed_at         timestamptz,
    source_updated_at timestamptz,
    admitted_at       timestamptz NOT NULL,
    facts             jsonb,
    cancelled_at      timestamptz,
    erased_at         timestamptz,
    purged            smallint NOT NULL DEFAULT 0,
    dek_no            smallint NOT NULL,
    identity          bytea,
    contact           bytea,
    address           bytea,
    billing           bytea,
    payment           bytea,
    browsing          bytea,
    notes             bytea
);
CREATE INDEX vault_order_number ON vault_order (brand_id, order_number);

-- Never updated: a re-seal deletes and inserts, so a key's row says when it was born and a shred
-- is one DELETE.
CREATE TABLE vault_dek (
    order_id bytea NOT NULL,
    dek_no   smallint NOT NULL,
    brand_id integer NOT NULL,
    epoch_id bigint NOT NULL,
    wrapped  bytea NOT NULL,
    PRIMARY KEY (order_id, dek_no)
);
CREATE INDEX vault_dek_epoch ON vault_dek (epoch_id);

-- A table of its own: backups leave it out, a restore rebuilds it.
CREATE TABLE vault_index (
    order_id bytea PRIMARY KEY,
    brand_id integer NOT NULL,
    phone    bytea,
    email    bytea
);
CREATE INDEX vault_index_phone ON vault_index (phone);
CREATE INDEX vault_index_email ON vault_index (email);

CREATE TABLE vault_parcel (
    order_id       bytea NOT NULL,
    parcel_no      smallint NOT NULL,
    brand_id       integer NOT NULL,
    is_reverse     boolean NOT NULL DEFAULT false,
    state          text NOT NULL,
    changed_at     timestamptz NOT NULL,
    shop_parcel_id text,
    carrier        text,
    awb            text,
    PRIMARY KEY (order_id, parcel_no)
);
CREATE INDEX vault_parcel_awb ON vault_parcel (brand_id, awb) WHERE awb IS NOT NULL;

-- What a person asked through a shop; sealed, because it names them.
CREATE TABLE vault_request (
    request_id  bytea PRIMARY KEY,
    brand_id    integer NOT NULL,
    channel_id  bigint NOT NULL,
    kind        text NOT NULL,
    received_at timestamptz NOT NULL,
    due_at      timestamptz NOT NULL,
    done_at     timestamptz,
    sealed      bytea
);

-- A shop's delivery ids, so that a known one is answered `duplicate`.
CREATE TABLE vault_delivery (
    channel_id  bigint NOT NULL,
    delivery_id text NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (channel_id, delivery_id)
);
"""

DROP = """
DROP TABLE vault_order, vault_dek, vault_index, vault_parcel, vault_request, vault_delivery;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("keyring", "0001_initial")]
    operations = [migrations.RunSQL(SQL, DROP)]
