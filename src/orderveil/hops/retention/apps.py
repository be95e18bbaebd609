"""How Django knows this folder: its name, and the label of its tables."""

from django.apps import AppConfig


class RetentionConfig(AppConfig):
    name = "orderveil.hops.retention"
    label = "retention"
