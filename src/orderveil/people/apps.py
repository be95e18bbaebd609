"""How Django knows this folder: its name, and the label of its tables."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "orderveil.people"
    label = "people"

    def ready(self) -> None:
        from orderveil.people import records  # noqa: PLC0415 - connects to signals

        records.connect()
