"""What ran it: figures without a machine say nothing."""

import os
import platform
import time
from importlib import metadata
from pathlib import Path
from typing import Any

_PACKAGES = ("orderveil", "psycopg", "granian", "falcon", "msgspec", "cryptography", "Django")


def describe(folder: Path) -> dict[str, Any]:
    """Processor, memory, kernel, versions, and what an fsync costs in `folder`."""
    from django.db import connection  # noqa: PLC0415 - after setup

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        postgres = cursor.fetchone()[0]
    connection.close()
    return {
        "cpu": _field("/proc/cpuinfo", "model name"),
        "cores": os.cpu_count(),
        "memory_gib": round(int(_field("/proc/meminfo", "MemTotal").split()[0]) / 2**20, 1),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "postgresql": postgres,
        "fsync_ms": _fsync_ms(folder),
        "load_before": os.getloadavg()[0],
        "packages": {name: metadata.version(name) for name in _PACKAGES},
    }


def _field(path: str, name: str) -> str:
    for line in Path(path).read_text().splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return "unknown"


def _fsync_ms(folder: Path, times: int = 50) -> float:
    """The median of writing 8 KiB and waiting for the disk."""
    took = []
    place = folder / "fsync"
    handle = os.open(place, os.O_CREAT | os.O_WRONLY)
    try:
        for _ in range(times):
            began = time.perf_counter()
            os.write(handle, b"x" * 8192)
            os.fdatasync(handle)
            took.append(time.perf_counter() - began)
    finally:
        os.close(handle)
        place.unlink()
    return round(sorted(took)[times // 2] * 1e3, 2)
