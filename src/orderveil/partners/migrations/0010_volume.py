"""What a courier asks for beyond its own: counted, until it is stopped."""

from django.db import migrations

SQL = """
CREATE TABLE partners_beyond (
    partner_id bigint NOT NULL,
    day        date NOT NULL,
    asked      bytea NOT NULL,
    PRIMARY KEY (partner_id, day, asked)
);
CREATE INDEX partners_beyond_day ON partners_beyond (day);

CREATE TABLE partners_stop (
    id         bigserial PRIMARY KEY,
    brand_id   integer NOT NULL,
    partner_id bigint NOT NULL,
    at         timestamptz NOT NULL,
    asked      integer NOT NULL,
    assigned   integer NOT NULL,
    allowance  integer NOT NULL,
    looked_at  timestamptz
);
CREATE INDEX partners_stop_new ON partners_stop (brand_id, id) WHERE looked_at IS NULL;

CREATE INDEX partners_assignment_recent ON partners_assignment (partner_id, hop, assigned_at);
"""
UNDO = """
DROP INDEX partners_assignment_recent;
DROP TABLE partners_beyond, partners_stop;
"""


class Migration(migrations.Migration):
    dependencies = [("partners", "0009_agreement_terms")]
    operations = [migrations.RunSQL(SQL, UNDO)]
