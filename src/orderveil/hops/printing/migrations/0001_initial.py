"""What somebody asked to print, sheet by sheet, and what became of each.

Rows hold ids, states and counts: what is on a sheet is never stored. These tables stay on the
coordinator; finished rows are swept away.
"""

from django.db import migrations

FORWARD = """
CREATE TABLE printing_batch (
    batch_id      bigserial PRIMARY KEY,
    brand_id      integer NOT NULL,
    partner_id    bigint NOT NULL,
    kind          text NOT NULL CHECK (kind IN ('label', 'slip')),
    form          text NOT NULL CHECK (form IN ('pdf', 'zpl')),
    dpi           smallint NOT NULL CHECK (dpi IN (203, 300)),
    device_id     bigint,
    credential_id bigint,
    person        text,
    asked_on      bigint,
    reason        text,
    sheets        integer NOT NULL CHECK (sheets BETWEEN 1 AND 10000),
    created_at    timestamptz NOT NULL,
    waits         boolean NOT NULL DEFAULT true
);
CREATE INDEX printing_batch_partner ON printing_batch (brand_id, partner_id, batch_id);
CREATE INDEX printing_batch_device ON printing_batch (device_id, batch_id)
    WHERE device_id IS NOT NULL AND waits;
CREATE INDEX printing_batch_old ON printing_batch (created_at);

CREATE TABLE printing_job (
    job_id       bigserial PRIMARY KEY,
    batch_id     bigint NOT NULL REFERENCES printing_batch (batch_id) ON DELETE CASCADE,
    device_id    bigint,
    handed_at    timestamptz NOT NULL,
    disclosures  uuid[],
    hold_salt    bytea,
    hold_until   timestamptz
);
CREATE INDEX printing_job_batch ON printing_job (batch_id);
CREATE INDEX printing_job_device ON printing_job (device_id, handed_at)
    WHERE device_id IS NOT NULL;
CREATE INDEX printing_job_hold ON printing_job (hold_until) WHERE hold_salt IS NOT NULL;

CREATE TABLE printing_sheet (
    batch_id    bigint NOT NULL REFERENCES printing_batch (batch_id) ON DELETE CASCADE,
    position    integer NOT NULL,
    kind        text NOT NULL,
    order_id    bytea NOT NULL,
    parcel_no   smallint NOT NULL,
    copy_no     smallint NOT NULL,
    state       text NOT NULL
                CHECK (state IN ('waiting', 'handed', 'printed', 'failed', 'refused')),
    job_id      bigint,
    problem     jsonb,
    again_at    timestamptz,
    handed_at   timestamptz,
    ended_at    timestamptz,
    doubted_at  timestamptz,
    settled     text,
    again_in    bigint,
    PRIMARY KEY (batch_id, position)
);
CREATE UNIQUE INDEX printing_sheet_copy ON printing_sheet (order_id, parcel_no, kind, copy_no)
    WHERE state = 'waiting' OR handed_at IS NOT NULL;
CREATE INDEX printing_sheet_waiting ON printing_sheet (batch_id, position)
    WHERE state = 'waiting';
CREATE INDEX printing_sheet_job ON printing_sheet (job_id) WHERE job_id IS NOT NULL;

CREATE TABLE printing_reading (
    device_id  bigint NOT NULL,
    day        date NOT NULL,
    brand_id   integer NOT NULL,
    before     bigint NOT NULL,
    after      bigint NOT NULL,
    read_at    timestamptz NOT NULL,
    PRIMARY KEY (device_id, day)
);
"""

BACKWARD = """
DROP TABLE printing_reading;
DROP TABLE printing_sheet;
DROP TABLE printing_job;
DROP TABLE printing_batch;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("keyring", "0001_initial")]  # whose default privileges open these tables
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
