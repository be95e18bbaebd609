"""Which person an entry is of: what their page, the reviews and the alerts ask for."""

from django.db import migrations

SQL = """
ALTER TABLE ledger_entry ADD COLUMN person text;
ALTER TABLE ledger_record ADD COLUMN person text;
CREATE INDEX ledger_entry_person ON ledger_entry (person, at) WHERE person IS NOT NULL;
CREATE INDEX ledger_record_person ON ledger_record (person, at) WHERE person IS NOT NULL;
"""

BACK = """
ALTER TABLE ledger_entry DROP COLUMN person;
ALTER TABLE ledger_record DROP COLUMN person;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunSQL(SQL, BACK)]
