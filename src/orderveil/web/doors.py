"""The server's one application: `/v1` and the health paths to Falcon, the rest to Django.

Both doors are synchronous (WSGI); `served` is what granian calls, through its ASGI interface: it
collects each request before a thread is spent on it.

At scale the doors run apart: `machines` and `people` are WSGI applications of their own, each
behind the trusted proxies of the settings like both together. Put a `Collector` before each.
"""

import ctypes
import os
import signal
from collections.abc import Callable, Iterable
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orderveil.web.settings")
django.setup()

from django.conf import settings  # noqa: E402 - after setup
from django.core.handlers.wsgi import WSGIHandler  # noqa: E402

from orderveil.api.app import create_app  # noqa: E402
from orderveil.hops.bodies import BATCH_LIMIT_BYTES  # noqa: E402
from orderveil.web.collecting import Collector  # noqa: E402
from orderveil.web.limits import MOST_BYTES  # noqa: E402
from orderveil.web.proxies import behind, networks  # noqa: E402

PR_SET_PDEATHSIG = 1

MACHINES = ("/v1/", "/healthz", "/readyz", "/metrics")


def _die_with_parent() -> None:
    """A worker must not outlive the server that respawns it."""
    if os.environ.get("ORDERVEIL_SUPERVISED"):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


_die_with_parent()
_proxies = networks(settings.PROXIES)
machines = behind(create_app(), _proxies)
people = behind(WSGIHandler(), _proxies)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Both doors behind one address."""
    path: str = environ.get("PATH_INFO", "")
    door = machines if path.startswith(MACHINES) else people
    return door(environ, start_response)


def most_bytes(path: str) -> int:
    """The largest body that is accepted anywhere below; each resource has a limit of its own."""
    return BATCH_LIMIT_BYTES if path.startswith(MACHINES) else MOST_BYTES


served = Collector(application, most_bytes)
