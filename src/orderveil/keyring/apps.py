from django.apps import AppConfig


class KeyringConfig(AppConfig):
    name = "orderveil.keyring"
    label = "keyring"
    default_auto_field = "django.db.models.BigAutoField"
