"""What watching reads: how often each caller was refused, and from which networks keys are used."""

from django.db import migrations

SQL = """
CREATE TABLE partners_refused (
    brand_id integer NOT NULL,
    who      text NOT NULL,
    code     text NOT NULL,
    hour     timestamptz NOT NULL,
    count    integer NOT NULL,
    PRIMARY KEY (brand_id, hour, who, code)
);
CREATE INDEX partners_refused_hour ON partners_refused (hour);

CREATE TABLE partners_network (
    id            bigserial PRIMARY KEY,
    brand_id      integer NOT NULL,
    credential_id bigint NOT NULL,
    network       text NOT NULL,
    first_at      timestamptz NOT NULL,
    looked_at     timestamptz,
    UNIQUE (credential_id, network)
);
CREATE INDEX partners_network_new ON partners_network (brand_id, id) WHERE looked_at IS NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("partners", "0003_quota")]
    operations = [migrations.RunSQL(SQL, "DROP TABLE partners_refused, partners_network")]
