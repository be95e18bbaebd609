"""Who really asks, when proxies stand before the server.

Rules kept here:
- what X-Forwarded-For and X-Forwarded-Proto say counts only when a trusted proxy sent it;
- the address is the rightmost one that is no trusted proxy: what stands left of it the caller may
  have written, and it is not looked at;
- after that nobody finds these headers any more: whatever reads the request sees one truth.
"""

from collections.abc import Callable, Iterable, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from orderveil.core.errors import OrderveilError
from orderveil.partners.credentials import address_of

Environ = dict[str, Any]
App = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
Network = IPv4Network | IPv6Network

_FOR, _PROTO = "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO"
_HEADERS = (
    *(_FOR, _PROTO, "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT", "HTTP_X_FORWARDED_SERVER"),
    *("HTTP_FORWARDED", "HTTP_X_REAL_IP"),
)


def networks(names: Iterable[str]) -> tuple[Network, ...]:
    """The networks as configured; raises `OrderveilError`."""
    try:
        return tuple(ip_network(name, strict=False) for name in names)
    except ValueError:
        msg = "ORDERVEIL_PROXIES names something that is no network."
        raise OrderveilError(msg, remedy="Write networks as in 10.0.0.0/8, with commas.") from None


def behind(app: App, trusted: Sequence[Network]) -> App:
    """The application as it is reached through these proxies."""

    def application(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        resolve(environ, trusted)
        return app(environ, start_response)

    return application


def resolve(environ: Environ, trusted: Sequence[Network]) -> None:
    """Set address and scheme to those of the caller, and drop what said so."""
    told = {name: str(environ.pop(name, "")) for name in _HEADERS}
    sender = str(environ.get("REMOTE_ADDR", ""))
    if not _is_in(sender, trusted):
        return
    environ["REMOTE_ADDR"] = _caller(sender, told[_FOR], trusted)
    scheme = told[_PROTO].rpartition(",")[2].strip().lower()
    if scheme in {"http", "https"}:
        environ["wsgi.url_scheme"] = scheme


def _caller(sender: str, forwarded: str, trusted: Sequence[Network]) -> str:
    """Right to left, as long as a trusted proxy vouches for what it was told."""
    caller = sender
    for entry in reversed(forwarded.split(",")):
        address = address_of(_bare(entry.strip()))
        if address is None:
            break
        caller = str(address)
        if not _is_in(caller, trusted):
            break
    return caller


def _bare(entry: str) -> str:
    """Without the port that some proxies add: "192.0.2.1:4711", "[2001:db8::1]:4711"."""
    if entry.startswith("["):
        return entry[1:].partition("]")[0]
    host, _, port = entry.rpartition(":")
    return host if "." in host and port.isdigit() else entry


def _is_in(text: str, trusted: Sequence[Network]) -> bool:
    address = address_of(text)
    return address is not None and any(address in network for network in trusted)
