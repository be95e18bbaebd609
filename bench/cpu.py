"""Who used the processor: CPU seconds of the generator, the server, the worker and PostgreSQL.

Everything measured here shares the machine, so a rate alone does not say what a thing costs.
"""

import os
from collections import Counter
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")


def used() -> Counter[str]:
    """CPU seconds so far, by what the process is; this process is `here`."""
    parents: dict[int, int] = {}
    seconds: dict[int, float] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            number = int(folder.name)
            parents[number] = int(fields[1])
            seconds[number] = sum(map(int, fields[11:15])) / _TICK
    found: Counter[str] = Counter()
    for number, spent in seconds.items():
        if _is_ours(number, parents):
            found[_kind(number)] += spent
    return found


def since(before: Counter[str]) -> Counter[str]:
    """CPU seconds since `before`."""
    return Counter({kind: round(spent - before[kind], 2) for kind, spent in used().items()})


def _is_ours(number: int, parents: dict[int, int]) -> bool:
    me = os.getpid()
    while number > 1:
        if number == me:
            return True
        number = parents.get(number, 0)
    return False


def _kind(number: int) -> str:
    if number == os.getpid():
        return "here"
    try:
        line = Path(f"/proc/{number}/cmdline").read_bytes().replace(b"\0", b" ")
    except OSError:
        return "other"
    kinds = {
        b"bench.plain_app": "plain server",
        b"postgres": "postgres",
        b"orderveil.web.doors": "server",
        b"orderveil.cli.worker": "worker",
        b"bao": "openbao",
    }
    return next((name for mark, name in kinds.items() if mark in line), "other")
