import django.db.models.deletion
from django.db import migrations, models

SQL = """
CREATE TABLE partners_quota_day (
    brand_id integer NOT NULL,
    day      date NOT NULL,
    leased   integer NOT NULL,
    PRIMARY KEY (brand_id, day)
);
"""


class Migration(migrations.Migration):
    dependencies = [("partners", "0002_desk")]

    operations = [
        migrations.CreateModel(
            name="Quota",
            fields=[
                (
                    "brand",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="partners.brand",
                    ),
                ),
                ("orders_per_day", models.IntegerField(null=True)),
                ("credentials", models.IntegerField(null=True)),
            ],
            options={"db_table": "partners_quota"},
        ),
        migrations.RunSQL(SQL, "DROP TABLE partners_quota_day"),
    ]
