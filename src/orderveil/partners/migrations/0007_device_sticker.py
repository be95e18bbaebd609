from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0006_device"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="device",
            constraint=models.UniqueConstraint(
                condition=models.Q(("revoked_at", None)),
                fields=("partner", "asset"),
                name="partners_device_sticker",
            ),
        ),
    ]
