"""The agent against the real machine door and a simulated printer, step by step and broken."""

import re
import threading
import time
from datetime import timedelta

import pytest

from orderveil.core.errors import OrderveilError
from orderveil.core.fields import Field
from orderveil.hops.printing.agent.journal import Did
from orderveil.hops.printing.agent.line import Line, LineLostError
from orderveil.hops.printing.agent.printers import printer_at
from orderveil.hops.printing.agent.working import REPORT_SECONDS, Agent
from rawprinter import RawPrinter
from scene import PERSON, rows

NAME = PERSON[Field.NAME].encode()


class Clock:
    """Both clocks of an agent, moved by hand."""

    def __init__(self, now):
        self.at, self.ticks = now, 0.0

    def now(self):
        return self.at

    def monotonic(self):
        return self.ticks

    def go_on(self, span):
        self.at += span
        self.ticks += span.total_seconds()


@pytest.fixture
def printer():
    with RawPrinter() as printer:
        yield printer


@pytest.fixture
def door(floor):
    """The machine door on a real socket."""
    from wireserver import serving  # noqa: PLC0415

    with serving() as url:
        yield url


class Station:
    """One agent on its folder, and what it said."""

    def __init__(self, floor, folder, door, printer):
        self.floor, self.folder, self.door, self.printer = floor, folder, door, printer
        self.clock = Clock(floor.scene.now)
        self.said = []
        self.agent = None
        self.start()

    def start(self, *, line=None):
        """Start it, or start it again after it was killed."""
        if self.agent is not None:
            self.agent.journal.close()
        self.agent = Agent.over(
            self.folder,
            line or Line(self.door, self.floor.token),
            printer_at(self.printer.url),
            self.floor.token,
            self.said.append,
            now=self.clock.now,
            monotonic=self.clock.monotonic,
        )

    def lose_line(self):
        """The server is out of reach."""
        self.agent.line = Line("http://127.0.0.1:9", self.floor.token)

    def print_all(self):
        while self.agent._next() is not None:
            self.agent.print_once()

    def tell(self):
        self.clock.go_on(timedelta(seconds=REPORT_SECONDS))
        assert self.agent.line_once()

    def on_disk(self):
        """Everything the agent keeps in its folder."""
        return b"".join(path.read_bytes() for path in self.folder.rglob("*") if path.is_file())


@pytest.fixture
def station(floor, tmp_path, door, printer):
    station = Station(floor, tmp_path / "agent", door, printer)
    yield station
    station.agent.journal.close()


def states(batch):
    """Each position's state, and whether it is in doubt."""
    return [
        (state, doubted is not None)
        for state, doubted in rows(
            "SELECT state, doubted_at FROM printing_sheet WHERE batch_id = %s ORDER BY position",
            [batch.batch_id],
        )
    ]


def test_it_prints_each_sheet_once_and_reports_it(station):
    """What was asked for comes out of the printer in its order, and the server knows."""
    batch = station.floor.begin(station.floor.parcels(3))
    assert station.agent.line_once()
    station.print_all()
    station.tell()
    assert [b"of %d" % at in label for at, label in enumerate(station.printer.labels, 1)] == [
        True
    ] * 3
    assert states(batch) == [("printed", False)] * 3
    assert not list((station.folder / "held").iterdir())


def test_what_it_holds_can_not_be_read(station):
    """The disk holds no name while a job is held, and the name comes out of the printer."""
    station.floor.begin(station.floor.parcels(2))
    station.agent.line_once()
    assert list((station.folder / "held").iterdir())
    assert NAME not in station.on_disk()
    assert re.search(rb"Tarangini|Vallabhdas", station.on_disk()) is None
    station.print_all()
    assert NAME in station.printer.labels[0]
    assert NAME not in station.on_disk()
    assert not any("Tarangini" in line for line in station.said)


def test_files_are_its_owners_only(station):
    """Nobody else of the machine may look at the folder or at anything in it."""
    station.floor.begin(station.floor.parcels(1))
    station.agent.line_once()
    for path in [station.folder, *station.folder.rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0


def test_a_lost_line_does_not_stop_what_is_held(station):
    """It goes on printing, and reports when the line is back."""
    batch = station.floor.begin(station.floor.parcels(2))
    station.agent.line_once()
    line = station.agent.line
    station.lose_line()
    station.print_all()
    station.clock.go_on(timedelta(minutes=20))
    assert not station.agent.line_once()
    assert len(station.printer.labels) == 2
    assert states(batch) == [("handed", False)] * 2
    station.agent.line = line
    station.tell()
    assert states(batch) == [("printed", False)] * 2


def test_restarted_without_a_line_it_waits_and_then_goes_on(station):
    """The salt went with the process: nothing opens until the server gives it again."""
    station.floor.begin(station.floor.parcels(2))
    station.agent.line_once()
    station.start(line=Line("http://127.0.0.1:9", station.floor.token))
    assert not station.agent.line_once()
    station.print_all()
    assert station.printer.labels == []
    station.start()
    station.agent.line_once()
    station.print_all()
    assert len(station.printer.labels) == 2


def test_after_two_hours_what_is_held_is_gone(station):
    """Deleted and told as not printed, with a line or without, and at the start, too."""
    batch = station.floor.begin(station.floor.parcels(1))
    station.agent.line_once()
    line = station.agent.line
    station.lose_line()
    station.clock.go_on(timedelta(hours=2))
    station.start(line=station.agent.line)
    assert not list((station.folder / "held").iterdir())
    station.print_all()
    assert station.printer.labels == []
    station.agent.line = line
    station.tell()
    assert states(batch) == [("failed", False)]


def test_killed_while_it_sent_it_reports_a_doubt_and_never_sends_again(station):
    """The journal's last word is `sending`: the sheet may be on paper."""
    batch = station.floor.begin(station.floor.parcels(2))
    station.agent.line_once()
    held, _ = station.agent._next()
    station.agent.journal.note(held.job, [1], Did.SENDING)
    station.start()
    station.tell()
    station.print_all()
    station.tell()
    assert states(batch) == [("handed", True), ("printed", False)]
    assert len(station.printer.labels) == 1


def test_killed_after_it_sent_and_before_it_reported_it_reports(station):
    """A sheet that was sent to its end is printed, whoever comes to say so."""
    batch = station.floor.begin(station.floor.parcels(2))
    station.agent.line_once()
    station.agent.print_once()
    station.start()
    station.tell()
    assert states(batch) == [("printed", False), ("handed", False)]
    station.print_all()
    station.tell()
    assert states(batch) == [("printed", False)] * 2
    assert len(station.printer.labels) == 2


def test_a_report_whose_answer_was_lost_is_repeated(station, monkeypatch):
    """The server heard it; the agent did not hear that: told twice, counted once."""
    batch = station.floor.begin(station.floor.parcels(1))
    station.agent.line_once()
    station.print_all()
    real = station.agent.line.report

    def lost(*told):
        real(*told)
        raise LineLostError("The server does not answer.")

    monkeypatch.setattr(station.agent.line, "report", lost)
    station.clock.go_on(timedelta(seconds=REPORT_SECONDS))
    assert not station.agent.line_once()
    monkeypatch.undo()
    station.tell()
    assert states(batch) == [("printed", False)]
    acts = rows("SELECT count(*) FROM ledger_entry WHERE kind = 'sheets_printed'")
    assert acts == [(1,)]


def test_a_printer_that_is_off_gets_the_sheet_later(station):
    """Nothing was sent, so nothing is in doubt."""
    batch = station.floor.begin(station.floor.parcels(1))
    station.agent.line_once()
    there = station.agent.printer
    station.agent.printer = printer_at("raw://127.0.0.1:9")
    assert not station.agent.print_once()
    station.agent.printer = there
    station.print_all()
    station.tell()
    assert states(batch) == [("printed", False)]


def test_a_printer_that_breaks_off_leaves_a_doubt(station):
    """It took some of the sheet: it is not sent again, a person looks at it."""
    batch = station.floor.begin(station.floor.parcels(2))
    station.agent.line_once()
    station.agent.counts = False
    station.printer.breaks_after = 1
    station.agent.print_once()
    station.print_all()
    station.tell()
    assert states(batch) == [("handed", True), ("printed", False)]


def test_the_printers_own_count_is_reported(station):
    """What it counted before the first label and after the last is on the server."""
    station.floor.begin(station.floor.parcels(3))
    station.agent.line_once()
    station.print_all()
    station.tell()
    for _ in range(3):
        station.clock.go_on(timedelta(seconds=61))
        station.agent.line_once()
    assert rows("SELECT before, after FROM printing_reading") == [(1000, 1003)]


def test_a_device_that_is_revoked_prints_no_more(station):
    """The server turns it away, and what it holds opens no more."""
    from orderveil.partners import devices  # noqa: PLC0415

    station.floor.begin(station.floor.parcels(1))
    station.agent.line_once()
    printer = station.floor.printer
    devices.revoke(printer.pk, printer.brand_id, now=station.floor.scene.now)
    assert not station.agent.line_once()
    station.print_all()
    assert station.printer.labels == []


def test_it_runs_until_it_is_stopped(station):
    """Both threads at work, and ended in a moment."""
    batch = station.floor.begin(station.floor.parcels(4))
    agent = Agent.over(
        station.folder.with_name("other"),
        Line(station.door, station.floor.token),
        printer_at(station.printer.url),
        station.floor.token,
        station.said.append,
    )
    stop = threading.Event()
    thread = threading.Thread(target=agent.run, args=(stop,))
    thread.start()
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and states(batch) != [("printed", False)] * 4:
        time.sleep(0.05)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
    assert states(batch) == [("printed", False)] * 4
    assert len(station.printer.labels) == 4


@pytest.mark.parametrize(
    "server",
    ["http://desk.example", "https://a@desk.example", "https://desk.example/x", "ftp://localhost"],
)
def test_no_line_without_tls(server):
    """Plain http is for this machine only."""
    with pytest.raises(OrderveilError):
        Line(server)
