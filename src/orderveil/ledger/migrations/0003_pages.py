"""What the record's pages read by: a log by time, by kind, by partner, by what an act is about.

Rules kept here:
- the rows of a bulk are in none of them but its first, which stands for its head: admitting many
  orders costs nothing here;
- `partner_id` stays what it was: who was *shown* the order, and so who is told of its erasure.
  Who *did* something is in `by_partner`.
"""

from django.db import migrations

SQL = """
ALTER TABLE ledger_entry ADD COLUMN by_partner bigint;
ALTER TABLE ledger_record ADD COLUMN by_partner bigint;
CREATE INDEX ledger_leaf_at ON ledger_leaf (log_id, at);
CREATE INDEX ledger_entry_kind ON ledger_entry (log_id, kind, at);
CREATE INDEX ledger_entry_subject ON ledger_entry (log_id, subject, at) WHERE subject <> '';
CREATE INDEX ledger_entry_by ON ledger_entry (log_id, by_partner, kind, at)
    WHERE by_partner IS NOT NULL;
CREATE INDEX ledger_record_kind ON ledger_record (log_id, kind, at) WHERE entry IS NOT NULL;
CREATE INDEX ledger_record_by ON ledger_record (log_id, by_partner, kind, at)
    WHERE by_partner IS NOT NULL;
CREATE INDEX ledger_record_partner ON ledger_record (log_id, partner_id, kind, at)
    WHERE partner_id IS NOT NULL AND (entry IS NOT NULL OR position = 0);
"""

BACK = """
DROP INDEX ledger_record_partner, ledger_record_by, ledger_record_kind, ledger_entry_by,
    ledger_entry_subject, ledger_entry_kind, ledger_leaf_at;
ALTER TABLE ledger_record DROP COLUMN by_partner;
ALTER TABLE ledger_entry DROP COLUMN by_partner;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_person")]
    operations = [migrations.RunSQL(SQL, BACK)]
