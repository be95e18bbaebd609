"""Events, who wants to hear of them, and what became of each telling.

These tables stay on the coordinator: they are read in batches with SKIP LOCKED, and finished
rows are swept away.
"""

from django.db import migrations

FORWARD = """
CREATE TABLE outbox_event (
    id          bigserial PRIMARY KEY,
    brand_id    integer NOT NULL,
    kind        text NOT NULL,
    order_id    bytea,
    parcel_no   smallint,
    detail      jsonb NOT NULL DEFAULT '{}',
    created_at  timestamptz NOT NULL,
    done_at     timestamptz,
    parked_at   timestamptz,
    attempts    smallint NOT NULL DEFAULT 0,
    next_at     timestamptz NOT NULL,
    last_error  text
);
CREATE INDEX outbox_event_due ON outbox_event (next_at, id)
    WHERE done_at IS NULL AND parked_at IS NULL;
CREATE INDEX outbox_event_parked ON outbox_event (brand_id, id) WHERE parked_at IS NOT NULL;
CREATE INDEX outbox_event_done ON outbox_event (done_at) WHERE done_at IS NOT NULL;

CREATE TABLE outbox_subscription (
    id             bigserial PRIMARY KEY,
    brand_id       integer NOT NULL,
    partner_id     bigint NOT NULL,
    hop            text NOT NULL,
    url            text NOT NULL,
    kinds          text[] NOT NULL,
    created_at     timestamptz NOT NULL,
    revoked_at     timestamptz,
    failures       integer NOT NULL DEFAULT 0,
    previous_until timestamptz
);
CREATE INDEX outbox_subscription_brand ON outbox_subscription (brand_id)
    WHERE revoked_at IS NULL;

CREATE TABLE outbox_delivery (
    id              bigserial PRIMARY KEY,
    subscription_id bigint NOT NULL REFERENCES outbox_subscription (id),
    event_id        bigint NOT NULL REFERENCES outbox_event (id),
    webhook_id      uuid NOT NULL DEFAULT gen_random_uuid(),
    state           text NOT NULL DEFAULT 'pending'
                    CHECK (state IN ('pending', 'delivered', 'refused', 'dead')),
    attempts        smallint NOT NULL DEFAULT 0,
    next_at         timestamptz NOT NULL,
    last_status     smallint,
    last_error      text,
    updated_at      timestamptz NOT NULL,
    UNIQUE (subscription_id, event_id)
);
CREATE INDEX outbox_delivery_due ON outbox_delivery (next_at, id) WHERE state = 'pending';
CREATE INDEX outbox_delivery_dead ON outbox_delivery (subscription_id, id) WHERE state = 'dead';
CREATE INDEX outbox_delivery_event ON outbox_delivery (event_id);
"""

BACKWARD = """
DROP TABLE outbox_delivery;
DROP TABLE outbox_subscription;
DROP TABLE outbox_event;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("keyring", "0001_initial")]  # whose default privileges open these tables
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
