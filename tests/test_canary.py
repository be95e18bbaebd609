"""The canary: an order of unique strings takes the whole road, then everything is searched.

Each string may be only where the policy says: in the views that show it, nowhere else. Not in a
table, a job, an event, a log, a metric, nor in any file of the data folder: PostgreSQL's heap,
index and write-ahead files hold what was ever written, so nothing was ever written in clear.
"""

import json
import logging
import re

import pypdfium2
import pytest
import zxingcpp
from django.conf import settings
from django.db import connection

import database
from doors import Doors, stored
from hops.label.printer import Printer
from marks import MARKS, files, marked_order
from orderveil.core.clocks import utc_now
from orderveil.core.hops import Hop
from orderveil.gate.erase import erase
from orderveil.hops import journey
from orderveil.outbox import subscriptions
from orderveil.outbox.egress import Egress
from orderveil.outbox.events import EventKind
from orderveil.outbox.sender import deliver
from outbox.partner import serving
from scene import ME

SHOWN_TO = {
    "name": {Hop.LABEL, Hop.COURIER},
    "phone": {Hop.COURIER},
    "line1": {Hop.WMS, Hop.LABEL, Hop.COURIER},
    "line2": {Hop.WMS, Hop.LABEL, Hop.COURIER},
    "landmark": {Hop.WMS, Hop.LABEL, Hop.COURIER},
    "city": {Hop.OMS, Hop.WMS, Hop.LABEL, Hop.COURIER, Hop.SUPPORT},
    "pincode": {Hop.OMS, Hop.WMS, Hop.LABEL, Hop.COURIER, Hop.SUPPORT},
    "delivery": {Hop.COURIER},
    "gift": {Hop.WMS},
    "last4": set(),
}
"""Under `balanced`, whole and word for word; every other mark is shown whole to nobody."""
ON_PAPER = {
    Hop.WMS: {"line1", "line2", "landmark", "city", "pincode", "gift"},
    Hop.LABEL: {"name", "line1", "line2", "landmark", "city", "pincode"},
}
"""What a slip and a label say, whole and word for word."""
EARLY = [hop for hop in Hop if hop not in {Hop.LABEL, Hop.COURIER}]


class Walk:
    """The whole road of the marked order, and all that was said on the way."""

    def __init__(self, receiver, caplog):
        self.doors = Doors.make(format_="shopify")
        for hop in Hop:
            self.doors.scene.seat(hop)
        self.views = {}
        self.papers = []
        self.receiver = receiver
        url = receiver.url(name="127.0.0.1")
        seat = self.doors.scene.seat(Hop.OMS)
        subscriptions.subscribe(
            self.doors.scene.brand.pk, seat.partner.pk, Hop.OMS, url, list(EventKind), now=utc_now()
        )
        self.refusals = []
        self._travel()
        self.metrics = self.doors.call("GET", "/metrics").text
        self.logs = caplog.text

    def _travel(self):
        doors = self.doors
        assert doors.webhook(marked_order()).json == {"status": "admitted"}
        self.order = doors.the_order()
        for hop in (Hop.WMS, Hop.LABEL, Hop.COURIER):
            doors.scene.assign(hop, self.order)
        self._ask(EARLY)
        self.refusals.append(doors.view(Hop.COURIER, self.order).text)
        waybill = {"carrier": "Swiftpost", "awb": "SP000000042"}
        doors.event(Hop.WMS, self.order, state="packed", key="canary-key", **waybill)
        self._ask([Hop.LABEL, Hop.COURIER])
        self._print(Hop.WMS, form="pdf")
        self._print(Hop.LABEL, form="pdf")
        self._print(Hop.LABEL, form="zpl", reason="wrong_printer")
        for state in ("shipped", "out_for_delivery", "delivered"):
            doors.event(Hop.COURIER, self.order, state=state)
        self.refusals.append(doors.view(Hop.COURIER, self.order).text)
        later = marked_order() | {"updated_at": "2026-11-30T10:00:00+05:30", "note": MARKS["note"]}
        doors.webhook(later, topic="orders/updated")
        doors.webhook({"id": [MARKS["email"]]}, topic="orders/create")
        doors.webhook({"customer": {"email": MARKS["email"]}}, topic="customers/redact")
        self._send()
        self.before_erasure = list(stored())
        erase(doors.scene.brand.pk, [self.order], now=utc_now(), who=ME)
        self._send()
        self.refusals.append(doors.view(Hop.OMS, self.order).text)

    def _ask(self, hops):
        for hop in hops:
            answer = self.doors.view(hop, self.order)
            assert answer.status_code == 200, answer.text
            self.views[hop] = answer.text

    def _print(self, hop, **terms):
        seat, path = self.doors.scene.seat(hop), f"/v1/hops/{hop}/batches"
        asked = {"refs": [self.doors.ref(seat, self.order, 1)], "dpi": 203, **terms}
        made = self.doors.call("POST", path, token=seat.token, body=asked).json
        part = f"{path}/{made['batch']}/parts/1"
        answer = self.doors.call("GET", part, token=seat.token)
        assert answer.status_code == 200, answer.text
        self.papers.append((hop, read_back(answer.content, terms["form"])))
        again = self.doors.call("GET", part, token=seat.token)
        self.refusals.append(again.text)
        told = {"printed": [1]}
        report = f"{path}/{made['batch']}/reports"
        self.refusals.append(self.doors.call("POST", report, token=seat.token, body=told).text)

    def _send(self):
        self.doors.settle()
        while deliver(journey.compose, utc_now(), 50, egress=Egress(private=True), workers=2):
            pass


def read_back(paper, form):
    """Every text on the paper, with single spaces, and what its codes say."""
    if form == "zpl":
        (sheet,) = Printer().feed(paper)
        texts, pictures = [text for *_, text in sheet.texts], [sheet.image]
    else:
        document = pypdfium2.PdfDocument(paper)
        texts = [page.get_textpage().get_text_bounded() for page in document]
        pictures = [page.render(scale=300 / 72).to_pil() for page in document]
    codes = [code.text for picture in pictures for code in zxingcpp.read_barcodes(picture)]
    return " ".join(" ".join([*texts, *codes]).split())


@pytest.fixture
def walk(db, monkeypatch, caplog):
    """The road walked once, with every log line kept."""
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(settings, "WEBHOOK_PRIVATE", True)
    with serving(tls=False) as receiver:
        yield Walk(receiver, caplog)


def test_each_mark_is_only_where_the_policy_says(walk):
    """Views show what `balanced` shows; tables, events, jobs, logs, metrics, files nothing."""
    for name, mark in MARKS.items():
        # Alone: four digits come about in a time or a ref, too.
        alone = re.compile(rf"(?<![0-9A-Za-z]){re.escape(mark)}(?![0-9A-Za-z])")
        wanted = alone if name == "last4" else re.compile(re.escape(mark))
        shown = {hop for hop, text in walk.views.items() if wanted.search(text)}
        assert shown == SHOWN_TO.get(name, set()), name
    assert_paper_says_what_it_may(walk.papers)
    marks = {name: mark.encode() for name, mark in MARKS.items() if name != "last4"}
    for table, column, value in (*walk.before_erasure, *stored()):
        found = [name for name, mark in marks.items() if mark.lower() in value.lower()]
        assert found == [], (table, column)
    said = [*walk.refusals, walk.metrics, walk.logs]
    for name, mark in marks.items():
        assert not [text for text in said if mark.decode() in text], name
    written = {}
    for path, content in files():
        for name, mark in marks.items():
            if mark in content:
                written.setdefault(str(path.relative_to(database.HOME)), []).append(name)
    assert written == {}


def assert_paper_says_what_it_may(papers):
    """Slip and label, as PDF and ZPL: their texts, and their pictures read back."""
    assert [hop for hop, _ in papers] == [Hop.WMS, Hop.LABEL, Hop.LABEL]
    for hop, text in papers:
        said = {name for name, mark in MARKS.items() if name != "last4" and mark in text}
        assert said == ON_PAPER[hop], text
        assert "XXXXXX6421" in text, "the phone, masked"


def test_what_was_sent_by_webhook_is_the_subscribers_view(walk):
    """The order system was told its own masked view, and at the end only what to purge."""
    bodies = [received.body.decode() for received in walk.receiver.received]
    kinds = [json.loads(body)["type"] for body in bodies]
    assert {"order.admitted", "parcel.delivered", "order.erased"} <= set(kinds)
    for name, mark in MARKS.items():
        shown = [body for body in bodies if mark in body]
        if Hop.OMS not in SHOWN_TO.get(name, set()):
            assert shown == [], name
    (purge,) = [json.loads(body) for body in bodies if json.loads(body)["type"] == "order.erased"]
    assert set(purge["data"]) == {"ref"}


def test_the_search_itself_finds_what_is_there(db):
    """A string planted in a table on purpose is found there and in a file: the others can fail."""
    mark = "Qzplanted in the open"
    with database.server().connect(connection.settings_dict["NAME"]) as link:
        link.execute("CREATE TABLE planted (t text)")
        link.execute("INSERT INTO planted VALUES (%s)", [mark])
    assert [table for table, _, value in stored() if mark.encode() in value] == ["planted"]
    assert [path for path, content in files() if mark.encode() in content]
