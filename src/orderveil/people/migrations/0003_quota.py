from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0002_refusal")]

    operations = [
        migrations.CreateModel(
            name="Quota",
            fields=[
                ("brand_id", models.IntegerField(primary_key=True, serialize=False)),
                ("people", models.IntegerField(null=True)),
            ],
            options={"db_table": "people_quota"},
        ),
    ]
