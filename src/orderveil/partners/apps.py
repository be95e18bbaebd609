"""How Django knows this folder: its name, and the label of its tables."""

from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "orderveil.partners"
    label = "partners"
    default_auto_field = "django.db.models.BigAutoField"
