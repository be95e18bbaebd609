"""Held jobs: sealed on the station's disk, opened one document at a time, gone after two hours.

Rules kept here:
- the salt of a job's key is in memory only: a disk that is carried away opens nothing;
- what is past its time is deleted, whatever else happens, and first of all when the agent starts.
"""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from orderveil.core.holding import Hold
from orderveil.core.sealing import SealBrokenError
from orderveil.hops.printing.agent import files
from orderveil.hops.printing.agent.line import Job, decoded

LONGEST = timedelta(hours=2)


class HeldDocument(msgspec.Struct, frozen=True):
    """Sheets of a job, sealed, in base64."""

    positions: list[int]
    sealed: str


class HeldJob(msgspec.Struct, frozen=True):
    """A job as it lies on the disk: numbers, and what is sealed."""

    job: int
    batch: int
    form: str
    until: datetime
    documents: list[HeldDocument]

    @property
    def positions(self) -> list[int]:
        """All its sheets."""
        return [at for each in self.documents for at in each.positions]


@dataclass
class Store:
    """The folder of held jobs. One thread at a time: its user has a lock."""

    folder: Path
    token: str

    def __post_init__(self) -> None:
        files.own_folder(self.folder)
        self._salts: dict[int, bytes] = {}
        self._jobs = {held.job: held for held in self._read()}

    def put(self, job: Job, now: datetime) -> HeldJob:
        """Seal a job onto the disk; its salt stays in memory."""
        until = min(job.hold.until, now + LONGEST)
        salt = decoded(job.hold.salt)
        hold = Hold(self.token, salt, job.job, int(until.timestamp()))
        documents = [
            HeldDocument(
                each.positions, base64.b64encode(hold.seal(number, decoded(each.data))).decode()
            )
            for number, each in enumerate(job.documents)
        ]
        held = HeldJob(job.job, job.batch, job.form, until, documents)
        files.write(self._path(job.job), msgspec.json.encode(held))
        self._salts[job.job], self._jobs[job.job] = salt, held
        return held

    def jobs(self) -> list[HeldJob]:
        """Every held job, in the order of their numbers."""
        return sorted(self._jobs.values(), key=lambda each: each.job)

    def has(self, job: int) -> bool:
        """Is it still held?"""
        return job in self._jobs

    def knows_salt(self, job: int) -> bool:
        """Can this job be opened now?"""
        return job in self._salts

    def give_salt(self, job: int, salt: str) -> None:
        """What the server gave again."""
        self._salts[job] = decoded(salt)

    def forget_salts(self) -> None:
        """Nothing that is held opens any more, until the server gives its salt again."""
        self._salts.clear()

    def open(self, held: HeldJob, number: int) -> bytes:
        """One document. Raises `SealBrokenError`, KeyError without its salt."""
        hold = Hold(self.token, self._salts[held.job], held.job, int(held.until.timestamp()))
        try:
            sealed = base64.b64decode(held.documents[number].sealed, validate=True)
        except ValueError:
            raise SealBrokenError("A held document") from None
        return hold.open(number, sealed)

    def drop(self, job: int) -> None:
        """Delete it."""
        self._salts.pop(job, None)
        self._jobs.pop(job, None)
        self._path(job).unlink(missing_ok=True)
        files.sync_folder(self.folder)

    def _path(self, job: int) -> Path:
        return self.folder / f"job-{job}.held"

    def _read(self) -> Iterator[HeldJob]:
        """What is on the disk; what can't be read is deleted."""
        for path in self.folder.glob("job-*.held*"):
            try:
                held = msgspec.json.decode(path.read_bytes(), type=HeldJob)
            except msgspec.DecodeError:
                held = None
            if held is None or path != self._path(held.job):
                path.unlink(missing_ok=True)
            else:
                yield held
