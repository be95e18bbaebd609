"""The agent at work: it takes jobs, holds them sealed, prints sheet by sheet, and reports.

Rules kept here:
- two threads, one for the line and one for the printer: a lost line does not stop what is held
  from being printed, and a printer out of paper does not stop reports;
- a sheet is sent once. What may have been sent when something broke is told as in doubt, for a
  person to look at; what surely was not is told as failed;
- past its time a held job is deleted whatever happens, and its rest is told as failed;
- what it says to people holds numbers and counts, never what is printed.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from orderveil.core.clocks import utc_now
from orderveil.core.sealing import SealBrokenError
from orderveil.hops.printing.agent import files
from orderveil.hops.printing.agent.holding import HeldJob, Store
from orderveil.hops.printing.agent.journal import Did, Journal
from orderveil.hops.printing.agent.line import Line, LineLostError, Report, TurnedAwayError
from orderveil.hops.printing.agent.printers import Outcome, Printer

POLL_SECONDS: Final = 1.0
MOST_WAIT_SECONDS: Final = 30.0
REPORT_SECONDS: Final = 5.0
"""Reports of single sheets are collected for so long; the end of a job is told at once."""
COUNT_SECONDS: Final = 60.0
MOST_HELD: Final = 20
"""Jobs taken ahead: a wave of a thousand sheets."""
GONE: Final = frozenset({404, 410})
SHUT_OUT: Final = frozenset({401, 403})


@dataclass
class Agent:
    """One printer's agent, over one folder. `now` and `monotonic` are its clocks."""

    line: Line
    printer: Printer
    store: Store
    journal: Journal
    say: Callable[[str], None]
    now: Callable[[], datetime] = utc_now
    monotonic: Callable[[], float] = time.monotonic
    counts: bool = True
    """May the printer be asked what it has printed?"""
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _at_printer: threading.Lock = field(default_factory=threading.Lock)
    _readings: deque[int] = field(default_factory=deque)
    _read_at: float | None = None
    _speaks_zpl: bool = False
    _untold_since: float | None = None
    _is_away: bool = False

    @classmethod
    def over(
        cls,
        folder: Path,
        line: Line,
        printer: Printer,
        token: str,
        say: Callable[[str], None],
        **settings: object,
    ) -> "Agent":
        """An agent on its folder. What is past its time there is deleted at once."""
        files.own_folder(folder)
        store, journal = Store(folder / "held", token), Journal(folder / "journal")
        made = cls(line, printer, store, journal, say, **settings)  # type: ignore[arg-type]
        made.expire()
        if journal.to_tell():
            made._untold_since = made.monotonic() - REPORT_SECONDS
        return made

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set. What is being sent is sent to its end."""
        threads = [
            threading.Thread(target=self._repeat, args=(work, stop), name=work.__name__)
            for work in (self.line_once, self.print_once)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.journal.close()

    def _repeat(self, work: Callable[[], bool], stop: threading.Event) -> None:
        wait = POLL_SECONDS
        while not stop.is_set():
            try:
                went_well = work()
            except Exception as error:  # noqa: BLE001 - its message may quote what is printed
                self.say(f"Something broke in {work.__name__}: {type(error).__name__}.")
                went_well = False
            wait = POLL_SECONDS if went_well else min(2 * wait, MOST_WAIT_SECONDS)
            if not (went_well and self._has_more(work)):
                stop.wait(wait)

    def _has_more(self, work: Callable[[], bool]) -> bool:
        """Is there a sheet to print right now?"""
        return work == self.print_once and self._next() is not None

    def line_once(self) -> bool:
        """Tell what is to be told, take what is to be printed; False if the line is lost."""
        self.expire()
        try:
            self._restore()
            self._tell()
            self._lease()
        except LineLostError as error:
            self._went_away(error.diagnostics())
            return False
        except TurnedAwayError as error:
            if error.status in SHUT_OUT:
                # Revoked, out of its term, suspended: nothing opens until it is let in again.
                with self._lock:
                    self.store.forget_salts()
            self._went_away(error.diagnostics())
            return False
        if self._is_away:
            self._is_away = False
            self.say("The server answers again.")
        return True

    def print_once(self) -> bool:
        """Send one document, if one waits; False if the printer takes none."""
        found = self._next()
        if found is None:
            return True
        held, number = found
        positions = held.documents[number].positions
        try:
            with self._lock:
                data = self.store.open(held, number)
        except (SealBrokenError, KeyError):
            self._end(held, positions, Did.FAILED)
            return True
        self._read_first(held)
        with self._at_printer:
            if not self.store.has(held.job):  # its time ended meanwhile
                return True
            outcome = self.printer.send(
                data, held.form, lambda: self.journal.note(held.job, positions, Did.SENDING)
            )
        if outcome == Outcome.UNSENT:
            self.journal.note(held.job, positions, Did.UNSENT)
            self.say(f"The printer takes nothing; job {held.job} waits.")
            return False
        self._end(held, positions, Did.SENT if outcome == Outcome.SENT else Did.DOUBT)
        return outcome == Outcome.SENT

    def expire(self) -> None:
        """Delete what is past its time; what was not sent of it is told as failed."""
        with self._lock:
            for held in self.store.jobs():
                if self.now() >= held.until:
                    self._drop(held, f"Job {held.job} is past its two hours and deleted.")

    def _drop(self, held: HeldJob, why: str) -> None:
        with self._at_printer:  # whatever is being sent is sent
            self.store.drop(held.job)
            left = [at for at in held.positions if not self.journal.done(held.job, at)]
            self.journal.note(held.job, left, Did.FAILED)
        if left:
            self._untold_since = self.monotonic() - REPORT_SECONDS
        self.say(why)

    def _next(self) -> tuple[HeldJob, int] | None:
        """The next document that may be sent: not past its time, its salt known."""
        with self._lock:
            for held in self.store.jobs():
                if not self.store.knows_salt(held.job) or self.now() >= held.until:
                    continue
                for number, each in enumerate(held.documents):
                    if not any(self.journal.done(held.job, at) for at in each.positions):
                        return held, number
        return None

    def _end(self, held: HeldJob, positions: list[int], did: Did) -> None:
        self.journal.note(held.job, positions, did)
        with self._lock:
            if self._untold_since is None:
                self._untold_since = self.monotonic()
            if all(self.journal.done(held.job, at) for at in held.positions):
                self.store.drop(held.job)
                self._untold_since = self.monotonic() - REPORT_SECONDS
                self.say(f"Job {held.job} is done.")

    def _held(self) -> list[HeldJob]:
        with self._lock:
            return self.store.jobs()

    def _restore(self) -> None:
        """Ask again for the salts of what was held when the agent was restarted."""
        for held in self._held():
            if self.store.knows_salt(held.job):
                continue
            try:
                salt = self.line.hold(held.job).salt
            except TurnedAwayError as error:
                if error.status not in GONE:
                    raise
                with self._lock:
                    self._drop(held, f"Job {held.job} may be held no longer and is deleted.")
            else:
                with self._lock:
                    self.store.give_salt(held.job, salt)

    def _tell(self) -> None:
        """Report what the server has not heard, job by job."""
        since = self._untold_since
        if since is None or self.monotonic() - since < REPORT_SECONDS:
            return
        self._read_counter()
        for job, told in self.journal.to_tell().items():
            report = Report(*(told.get(did, []) for did in (Did.SENT, Did.FAILED, Did.DOUBT)))
            try:
                self.line.report(job, report, self._readings[0] if self._readings else None)
            except TurnedAwayError as error:
                if error.status not in GONE:
                    raise
                self.say(f"Nobody knows job {job} any more.")
            else:
                self._heard_reading()
            self.journal.note(job, [at for each in told.values() for at in each], Did.TOLD)
        with self._lock:
            self._untold_since = None
            if self.journal.to_tell():  # printed meanwhile
                self._untold_since = self.monotonic()
        self.journal.forget(each.job for each in self._held())

    def _lease(self) -> None:
        while len(self._held()) < MOST_HELD:
            self._read_again()
            job = self.line.lease(self._readings[0] if self._readings else None)
            self._heard_reading()
            if job is None:
                return
            with self._lock:
                held = self.store.put(job, self.now())
            self.say(f"Job {held.job} of batch {held.batch}: {len(held.positions)} sheets.")

    def _heard_reading(self) -> None:
        if self._readings:
            self._readings.popleft()

    def _read_first(self, held: HeldJob) -> None:
        """Before the first label of all: from here on the printer's count is compared."""
        if held.form == "zpl" and not self._speaks_zpl:
            self._speaks_zpl = True
            self._read_counter()

    def _read_again(self) -> None:
        """Once a minute: the last label may have come out after it was reported."""
        if self._read_at is not None and self.monotonic() - self._read_at >= COUNT_SECONDS:
            self._read_counter()

    def _read_counter(self) -> None:
        if not (self.counts and self._speaks_zpl):
            return
        with self._at_printer:
            counted = self.printer.counted()
        self._read_at = self.monotonic()
        if counted is not None:
            self._readings.append(counted)

    def _went_away(self, why: str) -> None:
        if not self._is_away:
            self._is_away = True
            self.say(why)
