"""What only a real server shows: bodies as they come over the wire."""

import http.client
import json

from doors import Doors, sample, signed
from orderveil.hops.bodies import BATCH_LIMIT_BYTES
from realserver import running_server
from scene import rows


def ask(site, body, headers, path, **more):
    """(status, decoded answer) of a POST on a connection of its own."""
    link = http.client.HTTPConnection(site.address.host, site.address.port, timeout=30)
    link.request("POST", path, body=body, headers=headers, **more)
    answer = link.getresponse()
    found = answer.status, json.loads(answer.read())
    link.close()
    return found


def test_bodies_over_the_wire(db):
    """A chunked webhook is read whole; a body too large is answered 413, not cut off unread."""
    doors = Doors.make(format_="shopify")
    path = f"/v1/channels/{doors.scene.channel.pk}"
    body = json.dumps(sample()).encode()
    headers = signed("shopify", doors.scene.secret, body, "orders/create", "chunked-1")
    pieces = (body[at : at + 1000] for at in range(0, len(body), 1000))
    with running_server(db) as site:
        answer = ask(site, pieces, headers, path, encode_chunked=True)
        assert answer == (200, {"status": "admitted"})
        status, told = ask(site, b" " * (BATCH_LIMIT_BYTES + 1024 * 1024), headers, path)
        assert (status, told["code"]) == (413, "body_too_large")
    assert rows("SELECT count(*) FROM vault_order") == [(1,)]
