"""How Django knows this folder: its name, and the label of its tables."""

from django.apps import AppConfig


class ImsConfig(AppConfig):
    name = "orderveil.hops.ims"
    label = "ims"
