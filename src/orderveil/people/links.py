"""Where people reach the desk, as a link that is handed over names it."""

from django.conf import settings
from django.http import HttpRequest


def absolute(path: str, request: HttpRequest | None = None) -> str:
    """The whole address of a path: as configured, else as the request came, else on this machine.

    "localhost", not a number: a browser makes passkeys for names only.
    """
    if settings.URL:
        return f"{settings.URL}{path}"
    if request is not None:
        return request.build_absolute_uri(path)
    return f"http://localhost:{settings.BIND.rpartition(':')[2]}{path}"
