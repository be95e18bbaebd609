"""An export verifies offline with the public key; an altered one fails, and the line is named."""

import io
import subprocess
import sys
from base64 import b64encode

import msgspec
import pytest

from ledger import sample
from orderveil.core import notes, tiles
from orderveil.core.merkle import leaf_hash
from orderveil.core.notes import SignatureType, Signer
from orderveil.ledger import checkpoints, export, partitions, sequencer, store
from orderveil.ledger.verify import verify

WITNESS = Signer("witness.example/w1", SignatureType.COSIGNATURE_V1, bytes(range(32)))


@pytest.fixture
def lines(log):
    """The export of a log with acts, disclosures and a bulk, over more than one full tile."""
    sample.many(254)
    sample.disclosure(1)
    sample.bulk(range(4))
    sample.act(order_id=sample.order(2))
    sample.many(12)
    sequencer.drain(sample.NOW)
    return exported()


def exported():
    """The export's lines."""
    stream = io.BytesIO()
    export.export(sample.BRAND, stream)
    return stream.getvalue().splitlines()


def vkey():
    """The log's public key."""
    return checkpoints.vkey(sample.ORIGIN)


def changed(lines, number, **fields):
    """The lines with fields of one (counted from 1) replaced."""
    line = msgspec.json.decode(lines[number - 1]) | fields
    return [*lines[: number - 1], msgspec.json.encode(line), *lines[number:]]


def line_of(lines, key, value):
    """The number of the first line in which `key` is `value`."""
    found = (at for at, raw in enumerate(lines, 1) if msgspec.json.decode(raw).get(key) == value)
    return next(found)


def test_an_export_verifies(lines):
    """The whole export verifies with the auditor's key, and the report counts what was in it."""
    report = verify(lines, vkey=vkey())
    assert report.ok, report
    assert (report.entries, report.expired, report.rows, report.size) == (269, 0, 4, 269)
    assert (report.origin, report.key_was_given, report.line) == (sample.ORIGIN, True, None)
    assert bytes.fromhex(report.root) == store.query("SELECT root FROM ledger_head")[0][0]


def test_a_key_from_the_export_is_reported_as_such(lines):
    """Without a key of the auditor's own the report says that it only fits together."""
    report = verify(lines)
    assert report.ok
    assert not report.key_was_given


def test_another_key_is_refused(lines):
    """A log signed by another key does not verify."""
    other = Signer(sample.ORIGIN, SignatureType.ED25519, bytes(32)).verifier.vkey
    report = verify(lines, vkey=other)
    assert (report.ok, report.line) == (False, 1)
    assert "none of the known keys" in report.reason


def test_every_altered_line_is_named(lines):
    """An entry, tile or head with one bit changed is named by its own line's number."""
    for number in (1, 2, 3, 7, line_of(lines, "index", 256), len(lines)):
        line = msgspec.json.decode(lines[number - 1])
        if number == 1:
            first = line["edge"][0]
            wrong = {"edge": [first | {"hashes": flipped(first["hashes"])}, *line["edge"][1:]]}
        elif "tile" in line:
            wrong = {"tile": line["tile"] | {"hashes": flipped(line["tile"]["hashes"])}}
        else:
            wrong = {"entry": flipped(line["entry"])}
        report = verify(changed(lines, number, **wrong), vkey=vkey())
        assert (report.ok, report.line) == (False, number), report


def flipped(encoded):
    """Base64 with one bit of its bytes changed."""
    raw = bytearray(notes.b64decode(encoded))
    raw[len(raw) // 2] ^= 1
    return b64encode(bytes(raw)).decode()


def test_an_entry_replaced_together_with_its_hash_is_named(lines):
    """Whoever also forges the tile fails at the tile, because its parent is signed."""
    number = line_of(lines, "index", 0)
    forged = b'{"kind":"note","n":"forged"}'
    tile = msgspec.json.decode(lines[1])["tile"]
    hashes = leaf_hash(forged) + notes.b64decode(tile["hashes"])[32:]
    bad = changed(lines, number, entry=b64encode(forged).decode())
    bad = changed(bad, 2, tile=tile | {"hashes": b64encode(hashes).decode()})
    report = verify(bad, vkey=vkey())
    assert (report.ok, report.line) == (False, 2)
    assert "tile 0/0" in report.reason


def test_missing_moved_and_foreign_lines_are_named(lines):
    """A line left out, repeated, out of order, or no line at all fails where it stands."""
    at = line_of(lines, "index", 9)
    cases = {
        "left out": [*lines[: at - 1], *lines[at:]],
        "twice": [*lines[:at], *lines[at - 1 :]],
        "swapped": [*lines[: at - 1], lines[at], lines[at - 1], *lines[at + 1 :]],
        "garbage": [*lines[: at - 1], b"not json", *lines[at:]],
    }
    for name, bad in cases.items():
        report = verify(bad, vkey=vkey())
        assert (name, report.ok) == (name, False)
        assert report.line in (at, at + 1)
    tile_less = [lines[0], *lines[2:]]
    assert "is missing" in verify(tile_less, vkey=vkey()).reason


def test_an_export_cut_short_is_refused(lines):
    """An export that ends early fails after its last line, and an empty one at once."""
    report = verify(lines[:-1], vkey=vkey())
    assert (report.ok, report.line) == (False, len(lines))
    assert "268 of 269" in report.reason
    assert verify([], vkey=vkey()).reason == "the export is empty"


def test_altered_rows_are_refused(lines):
    """A row changed, left out, moved or added fails, and names the bulk's line."""
    first = line_of(lines, "row", 0)
    head = first - 1
    cases = [
        changed(lines, first, order=sample.order(99).hex()),
        changed(lines, first, parcel=2),
        changed(lines, first + 3, salt=b64encode(bytes(16)).decode()),
    ]
    for bad in cases:
        report = verify(bad, vkey=vkey())
        assert (report.ok, report.line) == (False, first + 3)
        assert f"line {head}" in report.reason
    without = verify([*lines[: first + 2], *lines[first + 3 :]], vkey=vkey())
    assert (without.ok, without.line) == (False, first + 3)
    moved = verify(changed(lines, first, row=1), vkey=vkey())
    assert (moved.ok, moved.line) == (False, first)
    added = verify([*lines[: first + 4], lines[first], *lines[first + 4 :]], vkey=vkey())
    assert (added.ok, added.line) == (False, first + 4 + 1)
    odd = verify(changed(lines, first, order="zz", parcel=300), vkey=vkey())
    assert (odd.ok, odd.line) == (False, first)


def test_hidden_entries_are_counted(lines):
    """An entry without bytes passes as expired, and the report counts it as a gap."""
    number = line_of(lines, "index", 5)
    hidden = [*lines[: number - 1], b'{"index":5}', *lines[number:]]
    report = verify(hidden, vkey=vkey())
    assert (report.ok, report.entries, report.expired, report.gaps) == (True, 268, 1, 1)


def test_an_expired_month_still_verifies(lines):
    """After expiry the export has hashes only, and the tree is the same."""
    before = verify(lines, vkey=vkey())
    partitions.expire(sample.later(days=40))
    report = verify(exported(), vkey=vkey())
    assert (report.ok, report.root) == (True, before.root)
    assert (report.entries, report.expired, report.gaps, report.rows) == (0, 269, 0, 0)


def signed(size, root=None):
    """A checkpoint of this size as the log would have signed it; with `root`, of another past."""
    reader = store.reader(sample.BRAND, [(0, size)])
    point = notes.Checkpoint(sample.ORIGIN, size, root or tiles.hash_from_tiles(reader, 0, size))
    signer = checkpoints.signer(sample.ORIGIN, checkpoints.signing_seed())
    return notes.sign(point.text(), [signer], now=sample.NOW)


def test_growth_from_an_older_checkpoint(lines):
    """The log is shown to have grown from a checkpoint kept from before, of any size."""
    olds = {size: signed(size) for size in (0, 1, 255, 256, 268)}
    olds[269] = store.published(sample.BRAND).checkpoint
    sample.many(400)
    sequencer.drain(sample.NOW)
    grown = exported()
    for size, old in olds.items():
        report = verify(grown, vkey=vkey(), older=old)
        assert (report.ok, report.older_size) == (True, size)
    newest = store.published(sample.BRAND).checkpoint
    back = verify(lines, vkey=vkey(), older=newest)
    assert (back.ok, back.line) == (False, 1)
    assert "269 entries; the older checkpoint 669" in back.reason


def test_another_past_is_named(lines):
    """A log that does not go through the older checkpoint fails at the entry of that size."""
    older = signed(10, leaf_hash(b"another past"))
    report = verify(lines, vkey=vkey(), older=older)
    assert (report.ok, report.line) == (False, line_of(lines, "index", 9))
    assert "older checkpoint" in report.reason


def test_witnesses(lines):
    """A witness that is asked for must have cosigned the older checkpoint."""
    own = store.published(sample.BRAND).checkpoint
    cosigned = notes.add_signature(own, WITNESS, now=sample.NOW)
    asked = {"vkey": vkey(), "witnesses": [WITNESS.verifier.vkey]}
    report = verify(lines, older=cosigned, **asked)
    assert (report.ok, report.witnesses) == (True, (WITNESS.name,))
    for missing in (verify(lines, older=own, **asked), verify(lines, **asked)):
        assert (missing.ok, missing.line, missing.witnesses) == (False, 1, ())
        assert "lacks the signature of witness.example/w1" in missing.reason


def test_a_log_that_does_not_exist_has_no_export(log):
    """Without a published tree there is nothing to write."""
    stream = io.BytesIO()
    assert export.export(404, stream) == export.NO_SUCH_TILE
    assert stream.getvalue() == b""


def test_an_empty_log_verifies(log):
    """The export of a log without entries is one line, and verifies."""
    sequencer.drain(sample.NOW)
    report = verify(exported(), vkey=vkey())
    assert (report.ok, report.size) == (True, 0)


def test_the_verifier_is_pure():
    """The verifier imports neither Django nor a database driver."""
    code = (
        "import sys, orderveil.ledger.verify;"
        "sys.exit(bool({'django', 'psycopg', 'socket', 'logging'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, env={"PYTHONPATH": "src"})
    assert done.returncode == 0


def part_of(first, end):
    """The lines of a file about the entries from `first` to `end`."""
    head = store.published(sample.BRAND)
    return b"".join(export.chunks(head, export.Part(first, end))).splitlines()


@pytest.mark.parametrize(
    ("first", "end"),
    [(0, 1), (250, 260), (254, 255), (255, 256), (256, 269), (268, 269), (0, 269), (5, 5)],
)
def test_a_part_verifies_with_the_same_key(lines, first, end):
    """A file about any range verifies against the root of all, and says what is left out."""
    report = verify(part_of(first, end), vkey=vkey())
    assert report.ok, report
    assert (report.entries, report.left_out) == (end - first, 269 - end + first)
    assert report.first == (first if end > first else 0)
    whole = verify(lines, vkey=vkey())
    assert (report.root, report.size) == (whole.root, whole.size)


def test_a_part_of_a_large_log_is_small(log):
    """What is left out costs one line for each subtree, not one for each entry."""
    sample.many(66_500)
    sequencer.drain(sample.NOW)
    lines = part_of(66_000, 66_010)
    report = verify(lines, vkey=vkey())
    assert report.ok, report
    assert (report.entries, report.left_out, report.size) == (10, 66_490, 66_500)
    assert len(lines) < 20
    early = part_of(300, 310)
    assert verify(early, vkey=vkey()).ok
    assert len(early) < 300


def test_nothing_is_left_out_in_the_middle(lines):
    """A file that leaves out an entry between two others is refused at the one that follows."""
    at = line_of(lines, "index", 100)
    gap = changed(lines, at, left_out=1, entry=None)
    report = verify(gap, vkey=vkey())
    assert (report.ok, report.line) == (False, at + 1)
    assert "left out" in report.reason


def test_a_part_grew_from_an_older_checkpoint_or_says_that_it_cannot_tell(log):
    """The older checkpoint is compared where the file has its end; inside a gap it is refused."""
    sample.many(300)
    sequencer.drain(sample.NOW)
    older = store.published(sample.BRAND).checkpoint
    sample.many(300)
    sequencer.drain(sample.NOW)
    assert verify(part_of(290, 310), vkey=vkey(), older=older).older_size == 300
    report = verify(part_of(10, 20), vkey=vkey(), older=older)
    assert not report.ok
    assert "take the whole log" in report.reason


def test_a_wrong_count_of_what_is_left_out_is_refused(lines):
    """More, fewer or negative: the line that says so is named, or the one after it."""
    part = part_of(250, 260)
    at = line_of(part, "index", 0)
    for count in (249, 251, -1, 10_000):
        report = verify(changed(part, at, left_out=count), vkey=vkey())
        assert not report.ok
        assert report.line in {at, at + 1}
