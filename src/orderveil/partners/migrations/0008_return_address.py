from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0007_device_sticker"),
    ]

    operations = [
        migrations.AddField(
            model_name="brand",
            name="return_address",
            field=models.TextField(blank=True, default=""),
        ),
    ]
