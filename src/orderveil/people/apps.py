"""How Django knows this folder: its name, and the label of its tables."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "orderveil.people"
    label = "people"

    def ready(self) -> None:
        from orderveil.people import session_store, signals  # noqa: PLC0415 - needs the models

        signals.connect()
        session_store.connect()
