"""How Django knows this folder: its name, and the label of its tables."""

from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "orderveil.incidents"
    label = "incidents"

    def ready(self) -> None:
        from orderveil.incidents import signins  # noqa: PLC0415 - connects to signals

        signins.connect()
