"""What granian's ASGI interface knows of a request, as WSGI's environ (PEP 3333), and no more.

Rules kept here:
- everything is as granian's own WSGI interface gives it: the path's bytes as latin-1, a header
  that came several times joined by commas, a value that is no plain text left empty;
- except that a header's name with an underscore is dropped: `X_Forwarded_For` would become what
  `X-Forwarded-For` becomes, and speak in the name of a proxy;
- and that the process's own environment, which holds secrets, is no part of a request.
"""

import sys
from functools import lru_cache
from typing import Any
from urllib.parse import unquote_to_bytes

Environ = dict[str, Any]
Scope = dict[str, Any]

_ALWAYS: Environ = {
    "GATEWAY_INTERFACE": "CGI/1.1",
    "SCRIPT_NAME": "",
    "SERVER_SOFTWARE": "Granian",
    "wsgi.errors": sys.stderr,
    "wsgi.input_terminated": True,
    "wsgi.multiprocess": False,
    "wsgi.multithread": True,
    "wsgi.run_once": False,
    "wsgi.version": (1, 0),
}
_ONCE = frozenset({"CONTENT_TYPE", "CONTENT_LENGTH"})


def environ_of(scope: Scope) -> Environ:
    """The request without its body."""
    name, port = scope["server"]
    environ = _ALWAYS | {
        "SERVER_PROTOCOL": "HTTP/" + scope["http_version"],
        "SERVER_NAME": name,
        "SERVER_PORT": port,
        "REMOTE_ADDR": scope["client"][0],
        "REQUEST_METHOD": scope["method"],
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "wsgi.url_scheme": scope["scheme"],
    }
    for header, value in scope["headers"]:
        key, text = _key(header), value.decode("ascii") if value.isascii() else ""
        if key not in environ:
            environ[key] = text
        elif key not in _ONCE:
            environ[key] += (";" if key == "HTTP_COOKIE" else ",") + text
    environ.pop("", None)
    return environ


@lru_cache(maxsize=256)
def _key(header: bytes) -> str:
    """b"x-shopify-topic" -> "HTTP_X_SHOPIFY_TOPIC"; "" of a name with an underscore."""
    if b"_" in header:
        return ""
    key = header.decode("ascii").upper().replace("-", "_")
    return key if key in _ONCE else "HTTP_" + key


def length_of(environ: Environ) -> int | None:
    """Bytes of the body as announced; None: it comes in chunks (RFC 9112 7.1)."""
    if "HTTP_TRANSFER_ENCODING" in environ:
        return None
    return int(environ.get("CONTENT_LENGTH") or 0)
