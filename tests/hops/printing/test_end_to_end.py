"""The whole way: a real server, the command `orderveil print-agent`, a printer on a raw port."""

import signal
import subprocess
import sys
import time

import pytest

from orderveil.core.clocks import utc_now
from orderveil.core.devices import DeviceKind
from orderveil.core.hops import Hop
from orderveil.core.states import ParcelState
from orderveil.hops.printing import batches
from orderveil.hops.printing.kinds import Kind, PrintForm
from orderveil.partners import devices
from rawprinter import RawPrinter
from realserver import running_server
from scene import Scene, rows

RUN = [sys.executable, "-c", "from orderveil.cli.main import main; main()", "print-agent"]


def until(done, seconds=30):
    """Wait for it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if done():
            return
        time.sleep(0.05)
    pytest.fail("it did not happen in time")


@pytest.fixture
def scene(presses):
    """A brand whose label partner prints."""
    return Scene.make(now=utc_now())


def states(batch):
    """How many sheets are in which state."""
    return dict(
        rows(
            "SELECT state, count(*) FROM printing_sheet WHERE batch_id = %s GROUP BY 1",
            [batch.batch_id],
        )
    )


def test_labels_come_out_of_the_printer(scene, db, tmp_path):
    """Enrolled by a piped link, it prints real labels, is killed, goes on, and ends on a signal."""
    partner = scene.seat(Hop.LABEL).partner
    printer, link = devices.register(
        partner, "Dock printer", DeviceKind.PRINTER, "A-1", now=scene.now
    )
    orders = scene.admit_many([scene.draft() for _ in range(6)], assign=True)
    for at, order in enumerate(orders):
        scene.pack(order)
        waybill = {"carrier": "swiftroad", "awb": f"SR90000000{at}"}
        assert scene.move(Hop.COURIER, order, ParcelState.PACKED, **waybill).changed
    state = ["--state", str(tmp_path / "agent")]
    with running_server(db) as site, RawPrinter() as paper:
        where = ["--server", site.url, *state]
        done = subprocess.run(
            [*RUN, "enrol", *where], input=link + "\n", text=True, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert link not in done.stdout + done.stderr
        run = [*RUN, "run", *where, "--printer", paper.url]
        with (tmp_path / "said").open("w") as said:
            batch = batches.begin(
                scene.seat(Hop.LABEL).caller,
                *([(each, 1) for each in orders], Kind.LABEL, PrintForm.ZPL),
                now=utc_now(),
                device_id=printer.pk,
            )
            assert isinstance(batch, batches.Batch), batch
            agent = subprocess.Popen(run, stderr=said)
            try:
                until(lambda: paper.labels)
                agent.kill()
                agent.wait()
                agent = subprocess.Popen(run, stderr=said)
                until(lambda: set(states(batch)) <= {"printed", "handed"})
                until(lambda: len(paper.labels) >= 5)
                until(lambda: _all_told(batch))
            finally:
                agent.send_signal(signal.SIGTERM)
                assert agent.wait(20) == 0
    doubtful = rows("SELECT count(*) FROM printing_sheet WHERE doubted_at IS NOT NULL")[0][0]
    assert doubtful <= 1
    assert states(batch).get("printed", 0) + doubtful == 6
    assert states(batch).get("printed", 0) <= len(paper.labels) <= 6
    assert any(b"Tarangini" in label for label in paper.labels)
    assert "Tarangini" not in (tmp_path / "said").read_text()


def _all_told(batch):
    """Is every sheet printed, or in doubt by the agent's own word?"""
    return rows(
        "SELECT count(*) FROM printing_sheet WHERE batch_id = %s"
        " AND state <> 'printed' AND doubted_at IS NULL",
        [batch.batch_id],
    ) == [(0,)]
