"""How Django knows this folder: its name, and the label of its tables."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "orderveil.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"
