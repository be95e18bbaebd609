"""How Django knows this folder: its name, and the label of its tables."""

from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "orderveil.hops.mail"
    label = "mail"
