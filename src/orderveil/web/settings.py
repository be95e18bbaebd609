"""Settings: every environment variable the installation reads, typed, in one place.

| variable | meaning | default |
|---|---|---|
| ORDERVEIL_HOME | the data folder: keys, embedded database | ./var |
| DATABASE_URL | another PostgreSQL (15+) instead of the embedded one | embedded |
| ORDERVEIL_KEYS | the key provider: `file:`, `transit:...`, `kms:...` (docs/keys.md) | file: |
| ORDERVEIL_BIND | address and port the server listens on | 127.0.0.1:8420 |
| ORDERVEIL_ORIGIN | the name under which the ledger signs its checkpoints | orderveil.local |
| ORDERVEIL_MACHINE_VIEW | `off` disables `orderveil view` at this machine | on |
| ORDERVEIL_WEBHOOK_PRIVATE | `allow` lets webhooks go to private addresses and plain http | deny |
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from orderveil.core.clocks import short_digest

HOME = Path(os.environ.get("ORDERVEIL_HOME", "var")).resolve()
KEYS_URL = os.environ.get("ORDERVEIL_KEYS", "file:")
BIND = os.environ.get("ORDERVEIL_BIND", "127.0.0.1:8420")
ORIGIN = os.environ.get("ORDERVEIL_ORIGIN", "orderveil.local")
MACHINE_VIEW = os.environ.get("ORDERVEIL_MACHINE_VIEW", "on") != "off"
WEBHOOK_PRIVATE = os.environ.get("ORDERVEIL_WEBHOOK_PRIVATE", "deny") == "allow"
DATABASE_URL = os.environ.get("DATABASE_URL", "")
APP_ROLE = "orderveil_app"


def _database(url: str) -> dict[str, Any]:
    """Django's connection settings for a `postgresql://` URL; "" is the embedded server."""
    if not url:
        target = {
            "NAME": "orderveil",
            "USER": "orderveil",
            "HOST": str(socket_folder()),
            "PORT": "",
        }
    else:
        parts = urlsplit(url)
        query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
        target = {
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(query.get("host", parts.hostname or "")),
            "PORT": str(parts.port or ""),
        }
    return {
        "ENGINE": "django.db.backends.postgresql",
        **target,
        "OPTIONS": {
            "pool": {"min_size": 1, "max_size": 24, "timeout": 10},
            "prepare_threshold": 5,
            # Least privilege: only migrations run as the owner of the tables.
            "options": f"-c role={APP_ROLE}",
        },
    }


def socket_folder(home: Path = HOME) -> Path:
    """Where the server of `home` listens: a short path, because a socket's name is limited."""
    return Path("/tmp") / f"orderveil-{os.geteuid()}-{short_digest(str(home))}"  # noqa: S108


SECRET_KEY = os.environ.get("ORDERVEIL_SECRET_KEY", "")
DEBUG = False
USE_TZ = True
TIME_ZONE = "UTC"
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
ROOT_URLCONF = "orderveil.web.urls"
INSTALLED_APPS = [
    "orderveil.keyring",
    "orderveil.ledger",
    "orderveil.vault",
    "orderveil.policy",
    "orderveil.partners",
    "orderveil.outbox",
    "orderveil.api",
    "procrastinate.contrib.django",
]
DATABASES = {"default": _database(DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "templates"],
    }
]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "style-src": ["'self'"],
        "script-src": ["'self'"],
        "connect-src": ["'self'"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "no-referrer"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    # A request's path or a fault's message may quote a value: only our own loggers speak.
    "loggers": {"django": {"handlers": [], "propagate": False, "level": "CRITICAL"}},
}
