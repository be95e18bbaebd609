"""What the desk asks for: lists by keyset, attempts at delivery, corrected addresses."""

from django.db import migrations

SQL = """
CREATE INDEX vault_order_admitted ON vault_order (brand_id, admitted_at DESC, order_id DESC)
    WHERE erased_at IS NULL;
CREATE INDEX vault_parcel_state ON vault_parcel (brand_id, state, changed_at DESC, order_id DESC);

-- A bit per compartment that a person corrected: the shop's older copy does not come back.
ALTER TABLE vault_order ADD COLUMN corrected smallint NOT NULL DEFAULT 0;

-- An attempt at delivery that failed, and what the customer wants done. Codes and dates only.
CREATE TABLE vault_attempt (
    order_id    bytea NOT NULL,
    parcel_no   smallint NOT NULL,
    attempt_no  smallint NOT NULL,
    brand_id    integer NOT NULL,
    reported_at timestamptz NOT NULL,
    reason      text NOT NULL,
    answer      text,
    answered_at timestamptz,
    answered_by text,
    again_on    date,
    PRIMARY KEY (order_id, parcel_no, attempt_no)
);
CREATE INDEX vault_attempt_open ON vault_attempt (brand_id, reported_at, order_id)
    WHERE answer IS NULL;
"""

BACK = """
DROP TABLE vault_attempt;
ALTER TABLE vault_order DROP COLUMN corrected;
DROP INDEX vault_parcel_state, vault_order_admitted;
"""


class Migration(migrations.Migration):
    dependencies = [("vault", "0001_initial")]
    operations = [migrations.RunSQL(SQL, BACK)]
