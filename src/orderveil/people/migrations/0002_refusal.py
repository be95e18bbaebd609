"""How often a person was refused, by day and reason."""

from django.db import migrations

SQL = """
CREATE TABLE people_refusal (
    membership_id bigint NOT NULL,
    day           date NOT NULL,
    code          text NOT NULL,
    refused       integer NOT NULL,
    PRIMARY KEY (membership_id, day, code)
);
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]
    operations = [migrations.RunSQL(SQL, "DROP TABLE people_refusal")]
