"""How Django knows this folder: its name, and the label of its tables."""

from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "orderveil.vault"
    label = "vault"
    default_auto_field = "django.db.models.BigAutoField"
