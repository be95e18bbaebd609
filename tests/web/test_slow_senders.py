"""Whoever sends slowly keeps nobody else waiting."""

import contextlib
import http.client
import json
import socket
import time

import urllib3

from doors import Doors, sample, signed
from orderveil.web.collecting import PATIENCE_SECONDS, THREADS
from realserver import running_server
from scene import rows

SLOW = 40


@contextlib.contextmanager
def half_bodies(address, path, count):
    """Connections that have sent half of what they announced."""
    with contextlib.ExitStack() as stack:
        links = []
        for _ in range(count):
            link = stack.enter_context(socket.create_connection((address.host, address.port)))
            link.settimeout(3 * PATIENCE_SECONDS)
            link.sendall(
                f"POST {path} HTTP/1.1\r\nHost: localhost\r\n"
                "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n".encode()
                + b" " * 500
            )
            links.append(link)
        yield links


def test_half_a_body_costs_no_thread(db):
    """Ten times as many as there are threads: health, pages and webhooks are answered meanwhile."""
    assert SLOW >= 10 * THREADS
    doors = Doors.make(format_="shopify")
    path = f"/v1/channels/{doors.scene.channel.pk}"
    body = json.dumps(sample()).encode()
    with running_server(db) as site, half_bodies(site.address, path, SLOW) as slow:
        time.sleep(0.5)
        ask = urllib3.PoolManager(retries=False, timeout=PATIENCE_SECONDS / 2)
        assert ask.request("GET", f"{site.url}/readyz").status == 200
        assert ask.request("GET", f"{site.url}/account/login/").status == 200
        headers = signed("shopify", doors.scene.secret, body, "orders/create", "meanwhile")
        assert ask.request("POST", site.url + path, body=body, headers=headers).status == 200
        # And they themselves are told, when their time is up.
        for link in slow:
            answer = http.client.HTTPResponse(link)
            answer.begin()
            assert answer.status == 408
            answer.close()
    assert rows("SELECT count(*) FROM vault_order") == [(1,)]
