"""The witness: a second host that remembers, so that the log's owner can't rewrite the past.

Rules kept here (c2sp.org/tlog-cosignature):
- a witness cosigns a checkpoint only if the log signed it and it grew from the last one cosigned;
- the new checkpoint is on disk before its cosignature leaves;
- it never goes back: a smaller tree or another past is refused, and the log's own signature
  on it is kept as evidence;
- the network is somebody else's: `fetch(path)` returns a resource of c2sp.org/tlog-tiles.

A state folder serves one log: `witness.key` (mode 0600), `checkpoint`, `refused-*`.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from secrets import token_bytes

from orderveil.core.errors import Problem
from orderveil.core.merkle import consistency_ranges, verify_consistency
from orderveil.core.notes import (
    Checkpoint,
    NoteError,
    SignatureType,
    Signer,
    Verifier,
    add_signature,
    open_checkpoint,
)
from orderveil.core.tiles import (
    TilePath,
    consistency_from_tiles,
    names_for,
    path_of,
    width_of,
)

Fetch = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A checkpoint that this witness vouches for, as a note with its cosignature."""

    note: str
    size: int
    grew_by: int
    vkey: str
    """The witness's public key, for auditors."""


def witness_key(state_dir: Path, name: str) -> Signer:
    """This witness's key, made at first use. Raises NoteError if the folder has another name's."""
    path = state_dir / "witness.key"
    if not path.exists():
        fresh = Signer(name, SignatureType.COSIGNATURE_V1, token_bytes(32))
        _write(path, fresh.skey())
    key = Signer.parse(path.read_text().strip())
    if key.name != name:
        msg = f"this folder is the witness {key.name}'s"
        raise NoteError(msg, remedy="Use a state folder for each witness and log.")
    return key


def cosign(
    state_dir: Path, fetch: Fetch, now: datetime, *, vkey: str, name: str
) -> Cosigned | Problem:
    """Fetches the log's checkpoint, checks it against the last one, remembers and cosigns it.

    `vkey` is the log's public key, `name` the witness's own. What `fetch` raises passes through.
    """
    state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _locked(state_dir):
        key, log = witness_key(state_dir, name), Verifier.parse(vkey)
        raw = fetch("checkpoint")
        try:
            note = raw.decode()
            point = open_checkpoint(note, log)
        except (NoteError, UnicodeDecodeError) as error:
            return _refusal("bad_checkpoint", str(error), "Check the log's key and address.")
        last = _last(state_dir, log)
        problem = None if last is None else _check(last, point, fetch)
        if problem is not None:
            _write(state_dir / f"refused-{now:%Y%m%dT%H%M%S}", note)
            return problem
        cosigned = add_signature(note, key, now=now)
        _write(state_dir / "checkpoint", cosigned)
        grew_by = point.size - (last.size if last else 0)
        return Cosigned(cosigned, point.size, grew_by, key.verifier.vkey)


def _check(last: Checkpoint, point: Checkpoint, fetch: Fetch) -> Problem | None:
    """Why `point` did not grow from `last`; None if it did."""
    if point.size < last.size:
        return _refusal(
            "rollback",
            f"The log went back from {last.size} entries to {point.size}.",
            "Entries that were signed for are gone: ask the log's owner, keep both checkpoints.",
        )
    path: list[bytes] = []
    if 0 < last.size < point.size:
        tiles = {}
        for level, n in names_for(consistency_ranges(last.size, point.size)):
            tile = TilePath(level, n, width_of(level, n, point.size))
            tiles[level, n] = fetch(path_of(tile))
        try:
            path = consistency_from_tiles(lambda *at: tiles[at], last.size, point.size)
        except ValueError as error:
            return _refusal("bad_tile", f"The log's {error}.", "Try again later.")
    if verify_consistency(last.size, last.root, point.size, point.root, path):
        return None
    return _refusal(
        "fork",
        f"The first {last.size} entries are not those that were cosigned before.",
        "The log rewrote its past or serves wrong tiles: keep both checkpoints as evidence.",
    )


def _refusal(code: str, detail: str, remedy: str) -> Problem:
    return Problem(code, detail, remedy, rule="c2sp.org/tlog-cosignature", status=409)


def _last(state_dir: Path, log: Verifier) -> Checkpoint | None:
    path = state_dir / "checkpoint"
    return open_checkpoint(path.read_text(), log) if path.exists() else None


def _write(path: Path, text: str) -> None:
    """Replaces a file as a whole, and returns when it is on the disk."""
    fresh = path.with_name(f"{path.name}.new")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def _locked(state_dir: Path) -> Iterator[None]:
    """Two runs at once could each remember less than the other has signed."""
    handle = os.open(state_dir / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
