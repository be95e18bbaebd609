"""kill -9 at any moment: no acknowledged order is lost, no answered view is off the ledger."""

import json
import random
import threading
import time
from collections.abc import Iterator

import pytest
import urllib3

from doors import Doors, signed
from orderveil.core.blindindex import order_id
from orderveil.core.clocks import utc_now
from orderveil.core.hops import Hop
from orderveil.gate.keys import brand_keys
from orderveil.ledger import sequencer
from realserver import running_server
from scene import rows

SENDERS = 3
PARTS = ("vault_dek", "vault_index", "vault_parcel")


class Stream:
    """Webhooks and views, one after another, from several threads, until stopped."""

    def __init__(self, doors: Doors, url: str) -> None:
        self.doors, self.url = doors, url
        self.oms = doors.scene.seat(Hop.OMS)
        self.ids = brand_keys(doors.scene.brand.pk).ids
        self.acknowledged: list[bytes] = []
        self.disclosures: list[str] = []
        self.broken = 0
        self._stop = threading.Event()
        self._numbers: Iterator[int] = iter(range(1, 10**6))
        self._threads = [threading.Thread(target=self._run) for _ in range(SENDERS)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def run_on(self):
        """Wait for five more answered views."""
        reached, deadline = len(self.disclosures), time.monotonic() + 60
        while len(self.disclosures) < reached + 5:
            assert time.monotonic() < deadline, "the stream does not move"
            time.sleep(0.01)

    def _run(self):
        with urllib3.PoolManager(retries=False, timeout=10) as http:
            while not self._stop.is_set():
                try:
                    self._one(http, next(self._numbers))
                except urllib3.exceptions.HTTPError:
                    self.broken += 1
                    time.sleep(0.02)

    def _one(self, http, number):
        body = json.dumps({"id": number, "email": f"one{number}@mail.example"}).encode()
        channel, secret = self.doors.scene.channel, self.doors.scene.secret
        headers = signed("shopify", secret, body, "orders/create", f"crash-{number}")
        path = f"{self.url}/v1/channels/{channel.pk}"
        answer = http.request("POST", path, body=body, headers=headers)
        if answer.status != 200:
            return
        order = order_id(self.ids, channel.pk, str(number))
        self.acknowledged.append(order)
        path = f"{self.url}/v1/hops/oms/orders/{self.doors.ref(self.oms, order)}"
        view = http.request("GET", path, headers={"Authorization": f"Bearer {self.oms.token}"})
        if view.status == 200:
            self.disclosures.append(view.json()["disclosure"])


def crash(name: str, *, kills: int, seed: int) -> None:
    """Kill the server `kills` times under a stream, then look for what was promised."""
    chance = random.Random(seed)
    doors = Doors.make(format_="shopify")
    with running_server(name) as site, Stream(doors, site.url) as stream:
        for _ in range(kills):
            stream.run_on()
            time.sleep(chance.uniform(0, 0.7))
            site.kill()
            site.restart()
        stream.run_on()
    assert stream.broken > 0
    sequencer.drain(utc_now())
    orders = {bytes(order) for (order,) in rows("SELECT order_id FROM vault_order")}
    assert [each for each in stream.acknowledged if each not in orders] == []
    on_ledger = {
        str(entry)
        for (entry,) in rows(
            "SELECT entry_id FROM ledger_record JOIN ledger_leaf USING (entry_id)"
            " WHERE kind = 'disclosure'"
        )
    }
    assert [each for each in stream.disclosures if each not in on_ledger] == []
    for part in PARTS:
        assert {bytes(order) for (order,) in rows(f"SELECT order_id FROM {part}")} == orders
    admitted = rows("SELECT count(*) FROM ledger_record WHERE kind = 'order_admitted'")
    assert admitted == [(len(orders),)]


def test_a_killed_server_keeps_its_word(db):
    """Killed twice in the middle of a stream, it has every order and every entry."""
    crash(db, kills=2, seed=1)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(4))
def test_a_server_killed_over_and_over_keeps_its_word(db, seed):
    """The same, twelve times over."""
    crash(db, kills=12, seed=seed)
