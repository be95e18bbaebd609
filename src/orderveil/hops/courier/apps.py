"""How Django knows this folder: its name, and the label of its tables."""

from django.apps import AppConfig


class CourierConfig(AppConfig):
    name = "orderveil.hops.courier"
    label = "courier"
    default_auto_field = "django.db.models.BigAutoField"
