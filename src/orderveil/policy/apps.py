"""How Django knows this folder: its name, and the label of its tables."""

from django.apps import AppConfig


class PolicyConfig(AppConfig):
    name = "orderveil.policy"
    label = "policy"
    default_auto_field = "django.db.models.BigAutoField"
