"""How Django knows this folder: its name, and the label of its tables."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "orderveil.api"
    label = "api"
    default_auto_field = "django.db.models.BigAutoField"
