"""Fixtures: a brand whose courier must delete, and a mail server on this machine."""

import pytest


@pytest.fixture
def yard(db):
    """A brand and its courier, at NOW."""
    from hops.retention.yard import Yard  # noqa: PLC0415 - models, which need Django set up

    return Yard.make()


@pytest.fixture
def box(monkeypatch):
    """Django's own SMTP backend, pointed at a server on this machine."""
    from django.conf import settings  # noqa: PLC0415

    from incidents import mailbox  # noqa: PLC0415

    with mailbox.serving() as box:
        backend = "django.core.mail.backends.smtp.EmailBackend"
        told = {"MAIL": "smtp://127.0.0.1", "EMAIL_BACKEND": backend}
        told |= {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": box.port, "EMAIL_TIMEOUT": 5}
        for name, value in told.items():
            monkeypatch.setattr(settings, name, value)
        yield box
