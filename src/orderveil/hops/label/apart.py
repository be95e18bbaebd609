"""Labels made in a process of its own: no keys, no database, no environment, no file written.

Rules kept here:
- the typesetter and the readers of codes are large, foreign and fed with what buyers typed: what
  they could be made to do, they do where there is nothing to take;
- what goes over the pipe is parsed as what it must be, on both sides, and is never code;
- a process that says nothing for `MOST_SECONDS` is killed; one that nobody asks ends by itself;
- nothing of an exception but its type comes back, and nothing is written to a terminal or log:
  messages of such libraries quote what they were given.
"""

import gc
import os
import resource
import select
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from threading import Timer, local
from typing import IO

import msgspec
from django.conf import settings

from orderveil.core.errors import OrderveilError
from orderveil.hops.label.making import Chunk, Rendered
from orderveil.hops.label.making import make as make_here
from orderveil.hops.printing.fonts import library

MOST_SECONDS = 20.0
"""For one chunk, which takes a third of a second."""
START_SECONDS = 60.0
IDLE_SECONDS = 60.0
PROGRAM = "orderveil.hops.label.apart"
_LENGTH = 4
"""Bytes before each message that say how long it is, big-endian."""
_LONGEST = 64 * 2**20
"""Bytes of a message; a chunk's answer has less than one million."""
_GARBAGE = (50_000, 50, 50)
"""How seldom Python looks for cycles: a label's data have none."""


class FailedError(OrderveilError):
    """The process died, fell silent, or could not make this chunk."""


class _Answer(msgspec.Struct):
    """What came of a chunk: `fault` names the type of an exception."""

    made: Rendered | None
    fault: str = ""


_encode = msgspec.msgpack.Encoder().encode
_chunk = msgspec.msgpack.Decoder(Chunk).decode
_answer = msgspec.msgpack.Decoder(_Answer).decode


def make(chunk: Chunk) -> Rendered:
    """`making.make` in this thread's own process; a FailedError if it can't, or dies over it."""
    if _kept.helper and _kept.helper.is_over():
        _kept.end()
    _kept.helper = _kept.helper or _Helper()
    answer = _kept.helper.ask(chunk)
    if answer.made is None:
        raise FailedError(f"The labels could not be made: {answer.fault}.")
    return answer.made


class _Helper:
    """One process, asked one thing at a time."""

    def __init__(self) -> None:
        library()  # fonts that can't be read are told here, where the message is whole
        folder = [str(settings.FONTS)] if settings.FONTS else []
        self._child = subprocess.Popen(
            [sys.executable, "-B", "-m", PROGRAM, *folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={
                "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
                "RAYON_NUM_THREADS": "1",  # the typesetter's: with more it waits for itself
                "MALLOC_ARENA_MAX": "1",  # glibc's: with more, what is freed is not used again
            },
            start_new_session=True,  # a terminal's Ctrl-C is for the server: this ends after it
        )
        try:
            self._told(START_SECONDS)
        except EOFError as error:
            self.end()
            raise OrderveilError(
                "The process that makes labels does not start.",
                remedy="Try `python -m orderveil.hops.label.apart < /dev/null` on the server.",
            ) from error

    def is_over(self) -> bool:
        return self._child.poll() is not None

    def end(self) -> None:
        self._child.kill()
        with suppress(BrokenPipeError), self._child:  # closes the pipes
            pass

    def ask(self, chunk: Chunk) -> _Answer:
        try:
            return _answer(self._told(MOST_SECONDS, _encode(chunk)))
        except (OSError, EOFError, msgspec.MsgspecError) as error:
            self.end()
            raise FailedError("The process that makes labels died.") from error

    def _told(self, seconds: float, question: bytes | None = None) -> bytes:
        """What it says next, in time or never."""
        to, back = self._child.stdin, self._child.stdout
        if to is None or back is None:
            raise EOFError
        timer = Timer(seconds, self._child.kill)
        timer.start()
        try:
            if question is not None:
                _write(to, question)
            return _read(back)
        finally:
            timer.cancel()


class _Kept(local):
    """A thread's process."""

    helper: _Helper | None = None

    def end(self) -> None:
        if self.helper:
            self.helper.end()
        self.helper = None


_kept = _Kept()


def _read(source: IO[bytes]) -> bytes:
    told = source.read(_LENGTH)
    length = int.from_bytes(told, "big")
    message = source.read(length) if length <= _LONGEST else b""
    if len(told) < _LENGTH or len(message) < length:
        raise EOFError
    return message


def _write(sink: IO[bytes], message: bytes) -> None:
    sink.write(len(message).to_bytes(_LENGTH, "big") + message)
    sink.flush()


def _serve(source: IO[bytes], sink: IO[bytes]) -> None:
    """Answer until the pipe is closed, or nobody asks."""
    _write(sink, b"")
    while select.select([source], [], [], IDLE_SECONDS)[0]:
        _write(sink, _encode(_answered(_read(source))))


def _answered(question: bytes) -> _Answer:
    try:
        return _Answer(make_here(_chunk(question)))
    except BaseException as error:  # noqa: BLE001 - a panic of the typesetter's is none of ours
        return _Answer(None, type(error).__name__)


def main(folder: str | None = None) -> None:
    """The process itself; `folder` holds the operator's own fonts."""
    settings.configure(FONTS=folder and Path(folder))
    for what in (resource.RLIMIT_CORE, resource.RLIMIT_FSIZE):
        resource.setrlimit(what, (0, 0))
    sink = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    library()
    gc.freeze()
    gc.set_threshold(*_GARBAGE)
    with suppress(EOFError, BrokenPipeError):
        _serve(sys.stdin.buffer, sink)


if __name__ == "__main__":
    main(*sys.argv[1:])
