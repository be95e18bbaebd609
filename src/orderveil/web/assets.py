"""The few files that pages need: ours, and htmx out of its package. Nothing from elsewhere."""

import hashlib
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.views.decorators.http import require_safe

_SOURCE = Path(__file__).parent.parent


def _package(name: str) -> Path:
    spec = find_spec(name)
    assert spec is not None  # noqa: S101 - a pinned requirement
    assert spec.origin is not None  # noqa: S101
    return Path(spec.origin).parent


_ALLAUTH = {
    "mfa/js/webauthn-json.js": "mfa",
    "mfa/js/webauthn.js": "mfa",
    "mfa/js/recovery_codes.js": "mfa",
    "account/js/onload.js": "account",
}


@cache
def _files() -> dict[str, Path]:
    allauth, htmx = _package("allauth"), _package("django_htmx")
    ours = [
        *(_SOURCE / "web" / "static").glob("*.*"),
        *(_SOURCE / "scams" / "static").glob("*.*"),
    ]
    return {
        **{each.name: each for each in ours},
        **{name: allauth / app / "static" / name for name, app in _ALLAUTH.items()},
        "htmx.js": htmx / "static" / "django_htmx" / "htmx-2.min.js",
    }


_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


def _read(name: str) -> tuple[bytes, str] | None:
    # Names come from anybody: only those that are files of ours are worth remembering.
    path = _files().get(name)
    return None if path is None or path.suffix not in _TYPES else _content(path)


@cache
def _content(path: Path) -> tuple[bytes, str]:
    return path.read_bytes(), _TYPES[path.suffix]


@cache
def version(name: str) -> str:
    """A short digest of an asset, so that a new one is fetched at once and an old one kept."""
    found = _read(name)
    return hashlib.sha256(found[0]).hexdigest()[:10] if found else ""


@require_safe
def asset(request: HttpRequest, name: str) -> HttpResponse:
    """One of the files."""
    found = _read(name)
    if found is None:
        return HttpResponseNotFound()
    response = HttpResponse(found[0], content_type=found[1])
    # A changed file has another address (`?v=`), so what a browser has stays good.
    kept = "public, max-age=31536000, immutable" if request.GET.get("v") else "no-cache"
    response.headers["Cache-Control"] = kept
    return response
