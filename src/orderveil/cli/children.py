"""The processes under `up`: started, watched, restarted when they die, ended with it.

Rules kept here:
- every child asks the kernel to be told when its parent dies, so killing `up` leaves no orphan;
- a child that dies is started again, later each time it dies soon;
- at the end each child gets SIGTERM, and SIGKILL after the grace period.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

PR_SET_PDEATHSIG = 1
GRACE_SECONDS = 10.0
SOON_SECONDS = 5.0
LONGEST_WAIT_SECONDS = 30.0


def die_with_parent(by: signal.Signals = signal.SIGTERM) -> Callable[[], None]:
    """What a child runs before exec: the kernel is to send it `by` when its parent dies."""
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def tie() -> None:
        prctl(PR_SET_PDEATHSIG, by, 0, 0, 0)
        if os.getppid() != parent:  # it died before the kernel was watching
            sys.exit(1)

    return tie


@dataclass(slots=True)
class Child:
    """One process that should be running."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    process: "subprocess.Popen[bytes] | None" = None
    started_at: float = 0.0
    failures: int = 0
    not_before: float = 0.0


@dataclass(slots=True)
class Family:
    """The children of one supervisor."""

    children: list[Child] = field(default_factory=list)

    def add(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> Child:
        """Start a child that is to be kept running."""
        child = Child(name, command, environment)
        self.children.append(child)
        self._start(child)
        return child

    def _start(self, child: Child) -> None:
        child.process = subprocess.Popen(
            child.command,
            env=dict(os.environ) | dict(child.environment),
            preexec_fn=die_with_parent(),  # noqa: PLW1509 - before any thread of ours
            stdin=subprocess.DEVNULL,
            stdout=2,  # what children log is no answer of the command
        )
        child.started_at = time.monotonic()

    def tend(self) -> list[str]:
        """Reap and restart; the names of those that had died."""
        died = []
        for child in self.children:
            if child.process is not None and child.process.poll() is not None:
                died.append(child.name)
                soon = time.monotonic() - child.started_at < SOON_SECONDS
                child.failures = child.failures + 1 if soon else 0
                wait = min(2.0**child.failures - 1, LONGEST_WAIT_SECONDS)
                child.not_before = time.monotonic() + wait
                child.process = None
            if child.process is None and time.monotonic() >= child.not_before:
                self._start(child)
        return died

    def end(self, grace_seconds: float = GRACE_SECONDS) -> None:
        """Ask all to end, wait, then kill who is left."""
        running = [child.process for child in self.children if child.process is not None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + grace_seconds
        for process in running:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
