"""Who really asks: proxies that are trusted say so, nobody else does."""

import pytest
from django.conf import settings
from django.test import RequestFactory

from orderveil.core.errors import OrderveilError
from orderveil.core.hops import Hop
from orderveil.partners import credentials
from orderveil.web import doors
from orderveil.web.proxies import behind, networks, resolve
from scene import Scene

TRUSTED = networks(["10.0.0.0/8", "192.0.2.7", "2001:db8::/32"])


def resolved(sender, **told):
    """(address, scheme) of a request that `sender` passed on, and what is left of the headers."""
    environ = {"REMOTE_ADDR": sender, "wsgi.url_scheme": "http"}
    environ |= {f"HTTP_{name.upper()}": value for name, value in told.items()}
    resolve(environ, TRUSTED)
    left = {name for name in environ if name.startswith("HTTP_")}
    return environ["REMOTE_ADDR"], environ["wsgi.url_scheme"], left


@pytest.mark.parametrize(
    ("sender", "forwarded", "caller"),
    [
        ("10.1.2.3", "203.0.113.9", "203.0.113.9"),
        # What the caller wrote stands left of where they came from.
        ("10.1.2.3", "127.0.0.1, 203.0.113.9", "203.0.113.9"),
        ("10.1.2.3", "127.0.0.1, 203.0.113.9, 10.9.9.9", "203.0.113.9"),
        ("192.0.2.7", "203.0.113.9,10.9.9.9 , 10.1.2.3", "203.0.113.9"),
        ("2001:db8::7", "2001:db9::1", "2001:db9::1"),
        ("::ffff:10.1.2.3", "203.0.113.9", "203.0.113.9"),
        ("10.1.2.3", "203.0.113.9:4711", "203.0.113.9"),
        ("10.1.2.3", "[2001:db9::1]:4711", "2001:db9::1"),
        # All of them are trusted: the first of them asks by itself.
        ("10.1.2.3", "10.4.4.4, 10.5.5.5", "10.4.4.4"),
        # Nothing, or nothing that is an address: whoever vouched last stands for it.
        ("10.1.2.3", "", "10.1.2.3"),
        ("10.1.2.3", "unknown", "10.1.2.3"),
        ("10.1.2.3", "203.0.113.9, unknown, 10.5.5.5", "10.5.5.5"),
        # Nobody who is not trusted is believed.
        ("203.0.113.50", "127.0.0.1", "203.0.113.50"),
        ("192.0.2.8", "10.1.2.3", "192.0.2.8"),
        ("", "127.0.0.1", ""),
    ],
)
def test_the_address_is_the_rightmost_that_is_no_proxy(sender, forwarded, caller):
    """From trusted proxies only; an address that the caller made up is never taken."""
    assert resolved(sender, x_forwarded_for=forwarded)[0] == caller


@pytest.mark.parametrize(
    ("sender", "proto", "scheme"),
    [
        ("10.1.2.3", "https", "https"),
        ("10.1.2.3", "HTTPS", "https"),
        ("10.1.2.3", "http, https", "https"),
        ("10.1.2.3", "gopher", "http"),
        ("203.0.113.50", "https", "http"),
    ],
)
def test_the_scheme_follows_the_proxy(sender, proto, scheme):
    """And nobody else: a cookie that needs TLS is not got by a header."""
    assert resolved(sender, x_forwarded_proto=proto)[1] == scheme


@pytest.mark.parametrize("sender", ["10.1.2.3", "203.0.113.50"])
def test_nothing_of_it_is_left(sender):
    """Whoever reads the request afterwards finds one address, whatever was sent."""
    told = {
        "x_forwarded_for": "203.0.113.9",
        "x_forwarded_proto": "https",
        "x_forwarded_host": "evil.example",
        "forwarded": "for=127.0.0.1",
        "x_real_ip": "127.0.0.1",
        "host": "localhost",
    }
    assert resolved(sender, **told)[2] == {"HTTP_HOST"}


def test_a_network_that_is_none_stops_the_start():
    """With a sentence, before anything is served."""
    with pytest.raises(OrderveilError, match="ORDERVEIL_PROXIES"):
        networks(["10.0.0.0/8", "everybody"])


def ask(app, path, **environ):
    """The status that a WSGI application answers."""
    made = RequestFactory().get(path, **environ).environ
    seen = []
    closing = app(made, lambda status, headers, *_: seen.append((status, dict(headers))))
    list(closing)
    return seen[0]


def test_the_machines_door_sees_the_caller(db):
    """A credential's networks are checked against the address behind the proxy."""
    scene = Scene.make()
    seat = scene.new_seat(Hop.COURIER, "netted")
    credential, token = credentials.issue(
        seat.partner, Hop.COURIER, now=scene.now, networks=["203.0.113.0/24"]
    )
    del credential
    told = {"REMOTE_ADDR": "10.1.2.3", "HTTP_AUTHORIZATION": f"Bearer {token}"}
    door = behind(doors.machines, TRUSTED)
    inside = ask(door, "/v1/hops/courier/orders/x", HTTP_X_FORWARDED_FOR="203.0.113.9", **told)
    outside = ask(door, "/v1/hops/courier/orders/x", HTTP_X_FORWARDED_FOR="198.51.100.1", **told)
    lied = ask(
        doors.machines, "/v1/hops/courier/orders/x", HTTP_X_FORWARDED_FOR="203.0.113.9", **told
    )
    assert inside[0].startswith("404")
    assert outside[0].startswith("401")
    assert lied[0].startswith("401")


def test_the_people_s_door_sees_the_caller(db, monkeypatch):
    """A demo is for this machine: through a proxy, too, it stays closed to everybody else."""
    monkeypatch.setattr(settings, "DEMO", True)
    door = behind(doors.people, TRUSTED)
    told = {"REMOTE_ADDR": "10.1.2.3", "HTTP_HOST": "localhost"}
    path = "/account/login/"
    assert ask(door, path, HTTP_X_FORWARDED_FOR="127.0.0.1", **told)[0].startswith("200")
    assert ask(door, path, HTTP_X_FORWARDED_FOR="203.0.113.9", **told)[0].startswith("403")
    assert ask(doors.people, path, HTTP_X_FORWARDED_FOR="127.0.0.1", **told)[0].startswith("403")
