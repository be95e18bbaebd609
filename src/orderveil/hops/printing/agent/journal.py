"""The journal: what was done with each sheet, on the disk before and after it is sent.

Rules kept here:
- `sending` is on the disk before the first byte goes to the printer: a sheet whose last word is
  `sending` may be on paper, and is never sent again;
- a sheet is told to the server until the server has heard it;
- it holds numbers of jobs and positions, and nothing else.
"""

import os
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from threading import Lock

import msgspec

from orderveil.hops.printing.agent import files


class Did(StrEnum):
    """What happened to a sheet last."""

    SENDING = "sending"
    UNSENT = "unsent"
    """The printer took nothing of it: it may be tried again."""
    SENT = "sent"
    DOUBT = "doubt"
    FAILED = "failed"
    TOLD = "told"


TO_TELL = frozenset({Did.SENT, Did.DOUBT, Did.FAILED})


class Line(msgspec.Struct, frozen=True):
    """One line of it."""

    job: int
    at: int
    did: Did


class Journal:
    """One file; safe for several threads."""

    def __init__(self, path: Path) -> None:
        """Reads what is there: a sheet that was being sent when the agent ended is in doubt."""
        self._path = path
        self._lock = Lock()
        self._last: dict[tuple[int, int], Did] = {}
        for line in _read(path):
            self._last[(line.job, line.at)] = line.did
        for sheet, did in self._last.items():
            if did == Did.SENDING:
                self._last[sheet] = Did.DOUBT
        self._rewrite()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def note(self, job: int, positions: Iterable[int], did: Did) -> None:
        """Write what happened to these sheets; on return it is on the disk."""
        with self._lock:
            for at in positions:
                self._file.write(msgspec.json.encode(Line(job, at, did)) + b"\n")
                self._last[(job, at)] = did
            self._file.flush()
            os.fsync(self._file.fileno())

    def done(self, job: int, position: int) -> bool:
        """Is there nothing left to send of this sheet?"""
        with self._lock:
            return self._last.get((job, position), Did.UNSENT) != Did.UNSENT

    def to_tell(self) -> dict[int, dict[Did, list[int]]]:
        """By job: what the server has not heard yet."""
        found: dict[int, dict[Did, list[int]]] = {}
        with self._lock:
            for (job, at), did in sorted(self._last.items()):
                if did in TO_TELL:
                    found.setdefault(job, {}).setdefault(did, []).append(at)
        return found

    def forget(self, jobs: Iterable[int]) -> None:
        """Drop what is told of every job but these, which may still be asked about."""
        kept = set(jobs)
        with self._lock:
            self._last = {
                sheet: did
                for sheet, did in self._last.items()
                if sheet[0] in kept or did != Did.TOLD
            }
            self._file.close()
            self._rewrite()

    def __len__(self) -> int:
        return len(self._last)

    def _rewrite(self) -> None:
        lines = [Line(*sheet, did) for sheet, did in self._last.items()]
        files.write(self._path, b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
        self._file = self._path.open("ab")


def _read(path: Path) -> Iterator[Line]:
    if not path.exists():
        return
    for raw in path.read_bytes().splitlines():
        try:
            yield msgspec.json.decode(raw, type=Line)
        except msgspec.DecodeError:
            return  # the last line of an agent that died while it wrote: nothing was sent after it
