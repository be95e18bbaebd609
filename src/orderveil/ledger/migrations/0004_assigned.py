"""How many orders a partner was given: read by whom it was, not by looking at every assignment.

The partner an assignment is to stands in the act's own bytes; the index reads it from there. Other
acts and all disclosures are not in it, and cost nothing.
"""

from django.db import migrations

SQL = """
CREATE INDEX ledger_record_assigned ON ledger_record (
    log_id,
    (substring(encode(entry, 'escape') FROM '"detail":[{][^}]*"partner":([0-9]{1,18})')),
    at
) WHERE kind = 'parcel_assigned' AND entry IS NOT NULL;
"""

BACK = "DROP INDEX ledger_record_assigned;"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_pages")]
    operations = [migrations.RunSQL(SQL, BACK)]
