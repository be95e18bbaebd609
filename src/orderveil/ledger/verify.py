"""The verifier: is this export the log that its key signed? No database, no network, no Django.

Rules kept here:
- the head's checkpoint must be signed by the key the *auditor* brings; the export's own key is
  used only if none is brought, and the report says so;
- trust runs from the root down: root -> partial tiles -> full tiles -> leaves -> entries -> rows.
  Each line is checked when it is read, so the first wrong line is named;
- besides, the root is computed again from every leaf, and so is that of an older checkpoint;
- a file may leave out what is before and after one range; the tree's own hashes stand for it, and
  the report says how much that is. Nothing may be left out between two entries;
- we need not check that entries are true, only that they are the ones that were signed for.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec

from orderveil.core import merkle, tiles
from orderveil.core.notes import Checkpoint, NoteError, Verifier, open_checkpoint
from orderveil.ledger.entries import SALT_BYTES, rows_of
from orderveil.ledger.lines import PART_VERSION, VERSION, HeadLine, Line, Tile
from orderveil.ledger.rows import row_leaf

T = TypeVar("T", HeadLine, Line)


@dataclass(frozen=True, slots=True)
class Report:
    """What the verification found. `line` (from 1) and `reason` tell the first failure."""

    ok: bool
    reason: str = ""
    line: int | None = None
    origin: str = ""
    size: int = 0
    root: str = ""
    """The root hash, hexadecimal."""
    entries: int = 0
    """Entries whose bytes were there and hash to their leaves."""
    expired: int = 0
    """Leaves whose entries' bytes are not there, being past their term."""
    gaps: int = 0
    """Of these, how many come after an entry that is there. Whole months expire, so more than
    the few at the turn of a month are entries that somebody withholds."""
    rows: int = 0
    left_out: int = 0
    """Entries outside the range that the file is about. 0: the file holds the whole log."""
    first: int = 0
    """The index of the first entry that is not left out."""
    key_was_given: bool = False
    """False: the key came with the export, which proves only that it fits together."""
    older_size: int | None = None
    """The size of the older checkpoint that this log was shown to have grown from."""
    witnesses: tuple[str, ...] = ()


class _BadError(Exception):
    """A line that is not what was signed for."""


@dataclass(slots=True)
class _Tree:
    """The authenticated hashes at hand: the partial tiles, and one full tile for each level."""

    size: int
    edge: dict[int, Tile] = field(default_factory=dict)
    full: dict[int, Tile] = field(default_factory=dict)

    def hash(self, level: int, at: int) -> bytes:
        """Hash number `at` of a level, from an authenticated tile."""
        n, first = divmod(at, tiles.WIDTH)
        for held in (self.edge.get(level), self.full.get(level)):
            if held is not None and held.n == n:
                return held.hashes[first * merkle.HASH_BYTES :][: merkle.HASH_BYTES]
        msg = f"the tile {level}/{n} that covers this line is missing"
        raise _BadError(msg)

    def read(self, level: int, n: int) -> bytes:
        """A partial tile, for the root."""
        held = self.edge.get(level)
        return held.hashes if held is not None and held.n == n else b""

    def take(self, tile: Tile) -> None:
        """Authenticates a full tile by its hash one level up."""
        if tiles.width_of(tile.level, tile.n, self.size) != tiles.WIDTH or (
            len(tile.hashes) != tiles.WIDTH * merkle.HASH_BYTES
        ):
            msg = f"tile {tile.level}/{tile.n} is not a full tile of this tree"
            raise _BadError(msg)
        if merkle.packed_root(tile.hashes) != self.hash(tile.level + 1, tile.n):
            msg = f"tile {tile.level}/{tile.n} does not hash to what the tree holds for it"
            raise _BadError(msg)
        self.full[tile.level] = tile


@dataclass(slots=True)
class _Rows:
    """The rows that are still to come for the last bulk."""

    line: int = 0
    count: int = 0
    root: bytes = b""
    seen: merkle.Frontier = field(default_factory=merkle.Frontier)

    def take(self, line: Line) -> None:
        """Takes the next row; after the last one their root must be the bulk's."""
        try:
            order = bytes.fromhex(line.order)
        except ValueError:
            order = b""
        shape = len(order) == 16 and 0 <= line.parcel < 256 and len(line.salt) == SALT_BYTES
        if not shape or line.row != self.seen.size or self.seen.size >= self.count:
            msg = "this is not the next row of the bulk before it"
            raise _BadError(msg)
        self.seen.append(row_leaf(order, line.parcel, line.salt))
        if self.seen.size == self.count and self.seen.root() != self.root:
            msg = f"the {self.count} rows up to here are not those of the bulk on line {self.line}"
            raise _BadError(msg)

    def finish(self) -> None:
        """Raises if rows are missing."""
        if self.seen.size != self.count:
            msg = f"the bulk on line {self.line} has {self.count} rows, {self.seen.size} are here"
            raise _BadError(msg)


@dataclass(slots=True)
class _Walk:
    """The state of one verification."""

    vkey: str | None
    witnesses: Sequence[str]
    older_note: str | None
    line: int = 0
    origin: str = ""
    checkpoint: Checkpoint | None = None
    older: Checkpoint | None = None
    tree: _Tree = field(default_factory=lambda: _Tree(0))
    grown: merkle.Frontier = field(default_factory=merkle.Frontier)
    rows: _Rows = field(default_factory=_Rows)
    entries: int = 0
    expired: int = 0
    gaps: int = 0
    row_count: int = 0
    left_out: int = 0
    first: int | None = None
    is_over: bool = False
    """True once entries were left out after the range."""

    def head(self, raw: bytes) -> None:
        """The first line: signatures, sizes, and the root from the partial tiles."""
        head = _decode(raw, HeadLine)
        if head.v not in {VERSION, PART_VERSION}:
            msg = f"this export has version {head.v}, this verifier reads up to {PART_VERSION}"
            raise _BadError(msg)
        log = Verifier.parse(self.vkey or head.vkey)
        cosigners = [Verifier.parse(text) for text in self.witnesses]
        self.origin = log.name
        # Witnesses sign what they saw, which is the older checkpoint when there is one.
        point = open_checkpoint(head.checkpoint, log, also=() if self.older_note else cosigners)
        if self.older_note:
            self.older = open_checkpoint(self.older_note, log, also=cosigners)
            if self.older.size > point.size:
                msg = f"the log has {point.size} entries; the older checkpoint {self.older.size}"
                raise _BadError(msg)
        self.checkpoint, self.tree = point, _Tree(point.size)
        found = [(tile.level, tile.n, len(tile.hashes)) for tile in head.edge]
        wanted = [
            (level, n, width * merkle.HASH_BYTES) for level, n, width in tiles.edge(point.size)
        ]
        self.tree.edge = {tile.level: tile for tile in head.edge}
        if (
            head.size != point.size
            or found != wanted
            or (tiles.hash_from_tiles(self.tree.read, 0, point.size) != point.root)
        ):
            msg = "the partial tiles do not hash to the checkpoint's root"
            raise _BadError(msg)
        self._compare_older()

    def take(self, raw: bytes) -> None:
        """Any other line."""
        line = _decode(raw, Line)
        if line.tile is not None:
            self.tree.take(line.tile)
        elif line.row is not None:
            self.rows.take(line)
            self.row_count += 1
        elif line.left_out:
            self._leave_out(line)
        else:
            self._entry(line)

    def _leave_out(self, line: Line) -> None:
        """Entries that the file is not about: the hashes of their subtrees stand for them."""
        self.rows.finish()
        start, end = self.grown.size, self.grown.size + line.left_out
        if line.index != start or line.left_out < 0 or end > self.tree.size:
            msg = f"entry {start} should be here"
            raise _BadError(msg)
        if self.older is not None and start < self.older.size < end:
            msg = "the older checkpoint ends in the part that is left out: take the whole log"
            raise _BadError(msg)
        while self.grown.size < end:
            at, level = self.grown.size, 0
            while at % (wider := tiles.WIDTH ** (level + 1)) == 0 and at + wider <= end:
                level += 1
            node = self.tree.hash(level, at >> tiles.HEIGHT * level)
            self.grown.append_perfect(node, tiles.HEIGHT * level)
        self.left_out += line.left_out
        self.is_over = self.first is not None
        self.rows = _Rows(self.line)
        self._compare_older()

    def _entry(self, line: Line) -> None:
        self.rows.finish()
        index = self.grown.size
        if line.index != index or index >= self.tree.size:
            msg = f"entry {index} should be here"
            raise _BadError(msg)
        if self.is_over:
            msg = f"entries before entry {index} are left out, and others before those are not"
            raise _BadError(msg)
        self.first = index if self.first is None else self.first
        leaf = self.tree.hash(0, index)
        self.rows = _Rows(self.line)
        if line.entry is None:
            self.expired += 1
            self.gaps += self.entries > 0
        elif merkle.leaf_hash(line.entry) != leaf:
            msg = f"entry {index} is not what was signed for"
            raise _BadError(msg)
        else:
            self.entries += 1
            self._expect_rows(line.entry)
        self.grown.append(leaf)
        self._compare_older()

    def _expect_rows(self, entry: bytes) -> None:
        try:
            found = rows_of(entry)
        except msgspec.MsgspecError:
            msg = f"entry {self.grown.size} is signed for, yet not an entry that can be read"
            raise _BadError(msg) from None
        if found is not None:
            self.rows = _Rows(self.line, *found)

    def _compare_older(self) -> None:
        older = self.older
        if older is not None and older.size == self.grown.size and older.root != self.grown.root():
            msg = "the log up to here is not the one that the older checkpoint was signed for"
            raise _BadError(msg)

    def end(self) -> None:
        """After the last line: nothing is missing, and all leaves give the signed root."""
        self.rows.finish()
        if self.checkpoint is None:
            msg = "the export is empty"
            raise _BadError(msg)
        if self.grown.size != self.checkpoint.size:
            msg = f"the export ends after {self.grown.size} of {self.checkpoint.size} entries"
            raise _BadError(msg)
        if self.grown.root() != self.checkpoint.root:
            msg = "the leaves do not hash to the signed root"
            raise _BadError(msg)

    def report(self, reason: str = "") -> Report:
        """What is known so far; `reason` says what failed."""
        point, ok = self.checkpoint, not reason
        return Report(
            ok=ok,
            reason=reason,
            line=None if ok else self.line,
            origin=self.origin,
            size=point.size if point else 0,
            root=point.root.hex() if point else "",
            entries=self.entries,
            expired=self.expired,
            gaps=self.gaps,
            rows=self.row_count,
            left_out=self.left_out,
            first=self.first or 0,
            key_was_given=self.vkey is not None,
            older_size=self.older.size if ok and self.older else None,
            witnesses=tuple(Verifier.parse(text).name for text in self.witnesses) if ok else (),
        )


def verify(
    lines: Iterable[bytes],
    *,
    vkey: str | None = None,
    witnesses: Sequence[str] = (),
    older: str | None = None,
) -> Report:
    """Checks an export line by line; never raises on a bad one.

    `vkey`: the log's public key as the auditor knows it. `older`: a checkpoint kept from before,
    which this log must have grown from. `witnesses`: vkeys whose cosignatures the older
    checkpoint must bear (the export's own, if no older one is given).
    """
    walk = _Walk(vkey, witnesses, older)
    try:
        for raw in lines:
            walk.line += 1
            if walk.line == 1:
                walk.head(raw)
            else:
                walk.take(raw)
        walk.line += 1
        walk.end()
    except (_BadError, NoteError) as error:
        return walk.report(str(error))
    return walk.report()


def _decode(raw: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        msg = "this is not a line of an export"
        raise _BadError(msg) from None
