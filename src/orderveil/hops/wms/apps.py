"""How Django knows this folder: its name, and the label of its tables."""

from django.apps import AppConfig


class WmsConfig(AppConfig):
    name = "orderveil.hops.wms"
    label = "wms"
