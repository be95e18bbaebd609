"""Ways to a printer, and the journal between them and the server: none of it needs a database."""

import json
import subprocess
import sys

import pytest

from orderveil.core.errors import OrderveilError
from orderveil.hops.printing.agent import files
from orderveil.hops.printing.agent.journal import Did, Journal
from orderveil.hops.printing.agent.printers import CupsPrinter, Outcome, printer_at
from rawprinter import RawPrinter

LABEL = b"^XA^FDTarangini^FS^XZ"
QUEUE = """#!{python}
import json, pathlib, sys
here = pathlib.Path(__file__).parent
if (here / "broken").exists():
    sys.exit(1)
told = {{"args": sys.argv[1:], "data": sys.stdin.read()}}
with (here / "taken").open("a") as file:
    file.write(json.dumps(told) + "\\n")
"""


class Queue:
    """A print system that takes documents: simulates CUPS's `lp`, and keeps what it was told."""

    def __init__(self, folder):
        self.folder = folder
        self.program = folder / "lp"
        self.program.write_text(QUEUE.format(python=sys.executable))
        self.program.chmod(0o755)

    @property
    def taken(self):
        path = self.folder / "taken"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


@pytest.fixture
def queue(tmp_path):
    return Queue(tmp_path)


def test_a_queue_takes_labels_raw_and_pages_as_they_are(queue):
    """The document goes through a pipe; the arguments tell no buyer."""
    printer = CupsPrinter("dock", str(queue.program))
    before = []
    assert printer.send(LABEL, "zpl", lambda: before.append(1)) == Outcome.SENT
    assert printer.send(b"%PDF-1.7", "pdf", lambda: before.append(1)) == Outcome.SENT
    assert [each["args"] for each in queue.taken] == [
        ["-d", "dock", "-t", "orderveil", "-o", "raw", "-"],
        ["-d", "dock", "-t", "orderveil", "-"],
    ]
    assert [each["data"] for each in queue.taken] == [LABEL.decode(), "%PDF-1.7"]
    assert before == [1, 1]


def test_a_queue_that_takes_nothing(queue):
    """It says so: the sheet may be tried again. It does not say what it printed."""
    (queue.folder / "broken").touch()
    printer = CupsPrinter("dock", str(queue.program))
    assert printer.send(LABEL, "zpl", lambda: None) == Outcome.UNSENT
    assert printer.counted() is None
    gone = CupsPrinter("dock", str(queue.folder / "nowhere"))
    assert gone.send(LABEL, "zpl", lambda: None) == Outcome.UNSENT


def test_a_port_prints_and_counts():
    """Each label once, and the printer's own number."""
    with RawPrinter(count=7) as paper:
        printer = printer_at(paper.url)
        assert printer.counted() == 7
        assert printer.send(LABEL, "zpl", lambda: None) == Outcome.SENT
        assert printer.counted() == 8
        assert paper.labels == [LABEL]


def test_a_port_where_nobody_is():
    """Nothing was sent, and nobody was told that something would be."""
    with RawPrinter() as paper:
        printer = printer_at(paper.url)
    before = []
    assert printer.send(LABEL, "zpl", lambda: before.append(1)) == Outcome.UNSENT
    assert before == []
    assert printer.counted() is None


@pytest.mark.parametrize(
    "url",
    [
        *("http://printer", "raw://", "raw://host:99999", "raw://host:9100/x", "raw://a@host"),
        *("cups://", "cups://-o", "cups://a b", "printer", "file:///dev/null"),
    ],
)
def test_what_is_no_printer(url):
    """The two ways, and no other: a queue's name is never an option."""
    with pytest.raises(OrderveilError):
        printer_at(url)


def test_the_journal_survives_a_cut_line(tmp_path):
    """An agent that died while it wrote: nothing was sent after that line."""
    journal = Journal(tmp_path / "journal")
    journal.note(1, [1], Did.SENDING)
    journal.note(1, [1], Did.SENT)
    journal.note(1, [2], Did.SENDING)
    journal.close()
    with (tmp_path / "journal").open("ab") as file:
        file.write(b'{"job":1,"at":3,"di')
    again = Journal(tmp_path / "journal")
    assert again.to_tell() == {1: {Did.SENT: [1], Did.DOUBT: [2]}}
    assert not again.done(1, 3)
    again.note(1, [1, 2], Did.TOLD)
    again.forget([])
    assert len(again) == 0
    again.close()


def test_one_folder_is_one_agent(tmp_path):
    """A second one would print everything twice."""
    with files.only_one(tmp_path), pytest.raises(OrderveilError):
        files.only_one(tmp_path)
    files.only_one(tmp_path).close()


def test_the_agent_needs_no_django_and_no_database():
    """Nothing that it imports sets either up: it runs where there is no installation."""
    script = (
        "import sys; from orderveil.cli.main import main\n"
        "try: main(['print-agent', 'run', '--help'])\n"
        "except SystemExit: pass\n"
        "loaded = {name.split('.')[0] for name in sys.modules}\n"
        "print({'django', 'psycopg', 'falcon', 'typst'} & loaded)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "set()"


def test_a_folder_of_everybodys_is_left_as_it_is(tmp_path):
    """To name it with `--state` is a mistake, and not one that closes it to all."""
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    with pytest.raises(OrderveilError):
        files.own_folder(shared)
    assert shared.stat().st_mode & 0o7777 == 0o1777
