"""How far each parcel's scans have come, and what of them was not understood.

Ids, times, codes and counts.
"""

from django.db import migrations

FORWARD = """
CREATE TABLE courier_followed (
    order_id    bytea NOT NULL,
    parcel_no   smallint NOT NULL,
    brand_id    integer NOT NULL,
    account_id  bigint NOT NULL,
    marked_at   timestamptz,   -- when the last scan that counted was, by the carrier's clock
    mark_rank   smallint,      -- its place among those of the same moment
    heard_at    timestamptz,   -- when the carrier last spoke of it, by ours
    asked_at    timestamptz,   -- when the carrier was last asked
    PRIMARY KEY (order_id, parcel_no)
);
CREATE INDEX courier_followed_old ON courier_followed ((greatest(heard_at, asked_at)));

CREATE TABLE courier_heard (
    account_id  bigint NOT NULL,
    day         date NOT NULL,
    what        text NOT NULL,
    code        text NOT NULL,
    count       bigint NOT NULL,
    PRIMARY KEY (account_id, day, what, code)
);
"""

BACKWARD = "DROP TABLE courier_followed, courier_heard;"


class Migration(migrations.Migration):
    dependencies = [("courier", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
