"""How Django knows this folder: its name, and the label of its tables."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "orderveil.outbox"
    label = "outbox"
    default_auto_field = "django.db.models.BigAutoField"
