"""Files of the agent's own: nobody else reads them, and what was written is on the disk."""

import fcntl
import os
import stat
from pathlib import Path
from typing import IO

from orderveil.core.errors import OrderveilError

OWN_FILE = 0o600
OWN_FOLDER = 0o700


def own_folder(folder: Path) -> Path:
    """The folder, there and closed to everyone else; one that others use is left as it is."""
    folder.mkdir(mode=OWN_FOLDER, parents=True, exist_ok=True)
    status = folder.stat()
    if status.st_uid != os.geteuid() or status.st_mode & stat.S_ISVTX:
        msg = f"The folder {folder} is not this account's alone."
        raise OrderveilError(msg, remedy="Name a folder of the agent's own with --state.")
    folder.chmod(OWN_FOLDER)
    return folder


def write(path: Path, data: bytes) -> None:
    """The whole file or none of it, durably; readable by its owner only."""
    beside = path.with_name(path.name + ".new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, OWN_FILE)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, OWN_FILE)
        file.write(data)
        file.flush()
        os.fsync(descriptor)
    beside.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Names that were made or removed in it are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def only_one(folder: Path) -> IO[bytes]:
    """The lock of this folder, held until it is closed: two agents would print twice."""
    lock = (folder / "lock").open("wb")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        msg = "Another agent works in this folder."
        raise OrderveilError(msg, remedy="End it, or give this one a folder of its own.") from None
    return lock


def read_token(folder: Path) -> str:
    """The device's token, as enrolling wrote it."""
    try:
        return (folder / "token").read_text("ascii").strip()
    except FileNotFoundError:
        msg = "This agent is not enrolled."
        remedy = "Run `orderveil print-agent enrol` with the link that you were given."
        raise OrderveilError(msg, remedy=remedy) from None


def write_token(folder: Path, token: str) -> None:
    """Keep the device's token."""
    write(own_folder(folder) / "token", token.encode("ascii") + b"\n")
