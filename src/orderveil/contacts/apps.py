"""How Django knows this folder: its name, and the label of its tables."""

from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "orderveil.contacts"
    label = "contacts"
    default_auto_field = "django.db.models.BigAutoField"
