"""How Django knows this folder: its name, and the label of its tables."""

from django.apps import AppConfig


class PrintingConfig(AppConfig):
    name = "orderveil.hops.printing"
    label = "printing"
    default_auto_field = "django.db.models.BigAutoField"
