"""How Django knows this folder: its name, and the label of its tables."""

from django.apps import AppConfig


class KeyringConfig(AppConfig):
    name = "orderveil.keyring"
    label = "keyring"
    default_auto_field = "django.db.models.BigAutoField"
