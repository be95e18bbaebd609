"""The process that makes labels: it has nothing worth taking, and its end is nobody's loss."""

import io
import select
import time
from pathlib import Path

import pytest

from hops.label import frail
from hops.label.samples import AT, label, numbered
from orderveil.core.errors import OrderveilError
from orderveil.hops.label import apart, batch
from orderveil.hops.label.apart import FailedError
from orderveil.hops.label.content import Dpi
from orderveil.hops.label.making import Chunk
from orderveil.hops.printing.kinds import PrintForm


def chunk(*contents):
    """These labels, as ZPL."""
    return Chunk(contents, 0, PrintForm.ZPL, Dpi.D203, AT)


@pytest.fixture
def fresh(monkeypatch):
    """Whatever process this thread had is put aside."""
    kept = apart._Kept()
    monkeypatch.setattr(apart, "_kept", kept)
    yield kept
    kept.end()


@pytest.fixture
def frailty(fresh, monkeypatch):
    """Some names kill the process."""
    monkeypatch.setattr(apart, "PROGRAM", "hops.label.frail")
    return fresh


def test_it_has_no_key_no_address_and_no_file(fresh, monkeypatch):
    """Of the server's environment nothing; open are its pipes; it can neither write nor dump."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://someone:secret@db.example/orders")
    apart.make(chunk(label()))
    process = Path("/proc") / str(fresh.helper._child.pid)
    names = {each.split("=")[0] for each in process.joinpath("environ").read_text().split("\0")}
    assert names - {""} == {"PYTHONPATH", "RAYON_NUM_THREADS", "MALLOC_ARENA_MAX"}
    opened = {str(each.readlink()).split(":")[0] for each in (process / "fd").iterdir()}
    assert opened <= {"pipe", "/dev/null"}
    limits = process.joinpath("limits").read_text().splitlines()
    for name in ("Max file size", "Max core file size"):
        (limit,) = (line for line in limits if line.startswith(name))
        assert limit.split()[-3:-1] == ["0", "0"]


def test_one_process_makes_many_chunks(fresh):
    """It is started once."""
    apart.make(chunk(label()))
    first = fresh.helper
    apart.make(chunk(label()))
    assert fresh.helper is first


@pytest.mark.parametrize("name", [frail.KILLER, frail.SLEEPER, frail.THROWER])
def test_a_label_that_kills_takes_no_other_with_it(frailty, monkeypatch, name):
    """The others of its chunk are made, each at its place."""
    monkeypatch.setattr(apart, "MOST_SECONDS", 4)
    contents = [*numbered(2), label(name=name), label()]
    made = batch._made(chunk(*contents))
    assert [n for each in made for n in each.positions] == [0, 1, 3]
    (problem,) = (each for some in made for each in some.problems.items())
    assert problem[0] == 2
    assert problem[1].code == "label_failed"
    assert sum(len(each.labels) for each in made) == 3


def test_only_the_type_of_an_exception_comes_back(frailty):
    """A message may quote the buyer."""
    with pytest.raises(FailedError) as caught:
        apart.make(chunk(label(name=frail.THROWER)))
    assert "ValueError" in str(caught.value)
    assert frail.THROWER not in repr(caught.getrepr(style="long"))


def test_it_ends_when_nobody_asks_and_another_takes_its_place(frailty, monkeypatch):
    """No process holds memory for nothing."""
    monkeypatch.setattr(
        apart.subprocess,
        "Popen",
        lambda *a, env, _open=apart.subprocess.Popen, **k: _open(
            *a, env=env | {"IDLE_SECONDS": "1.5"}, **k
        ),
    )
    apart.make(chunk(label()))
    first = frailty.helper._child
    assert first.wait(10) == 0
    assert apart.make(chunk(label())).positions == (0,)
    assert frailty.helper._child is not first


def test_it_ends_with_the_server(fresh):
    """The pipe's end is its end: a killed server leaves nobody's address in memory."""
    apart.make(chunk(label()))
    child = fresh.helper._child
    child.stdin.close()
    began = time.monotonic()
    assert child.wait(10) == 0
    assert time.monotonic() - began < apart.IDLE_SECONDS
    assert select.select([child.stdout], [], [], 0)[0]
    assert child.stdout.read() == b""


def test_an_answer_of_any_length_is_not_waited_for():
    """Whoever took the process over can't fill the server's memory."""
    sent = io.BytesIO((2**32 - 1).to_bytes(4, "big") + b"\0" * 100)
    with pytest.raises(EOFError):
        apart._read(sent)
    assert sent.tell() == 4


def test_one_that_cannot_start_is_told_as_that(fresh, monkeypatch):
    """Not as fifty labels that failed."""
    monkeypatch.setattr(apart, "PROGRAM", "orderveil.nowhere")
    with pytest.raises(OrderveilError, match="does not start") as caught:
        batch._made(chunk(label()))
    assert not isinstance(caught.value, FailedError)
