"""How Django knows this folder: its name, and the label of its tables."""

from django.apps import AppConfig


class CallsConfig(AppConfig):
    name = "orderveil.hops.calls"
    label = "calls"
    default_auto_field = "django.db.models.BigAutoField"
