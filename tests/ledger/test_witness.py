"""The witness cosigns growth, and nothing else."""

import stat

import pytest

from ledger import sample
from orderveil.core import merkle, notes, tiles
from orderveil.core.errors import Problem
from orderveil.core.notes import Checkpoint, NoteError, SignatureType, Signer, Verifier
from orderveil.ledger.witness import Cosigned, cosign, witness_key

LOG = Signer(sample.ORIGIN, SignatureType.ED25519, bytes(range(32)))
NAME = "witness.example/w1"


class Log:
    """A log served from memory: the resources of tlog-tiles over given entries."""

    def __init__(self, *entries, signer=LOG):
        self.leaves = [merkle.leaf_hash(entry.encode()) for entry in entries]
        self.signer = signer
        self.fetched = []

    def fetch(self, path):
        self.fetched.append(path)
        if path == "checkpoint":
            point = Checkpoint(self.signer.name, len(self.leaves), merkle.root(self.leaves))
            return notes.sign(point.text(), [self.signer], now=sample.NOW).encode()
        tile = tiles.parse_path(path)
        stored = tiles.grow({}, 0, b"".join(self.leaves))
        return stored[tile.level, tile.n][: tile.width * 32]


def names(count, word="entry"):
    return [f"{word} {number}" for number in range(count)]


@pytest.fixture
def run(tmp_path):
    """Cosigns a log with one state folder."""
    folder = tmp_path / "state"

    def cosign_log(log):
        return cosign(folder, log.fetch, sample.NOW, vkey=LOG.verifier.vkey, name=NAME)

    cosign_log.folder = folder
    return cosign_log


def test_growth_is_cosigned(run):
    """Each checkpoint that grew from the last is cosigned; the cosignature verifies and is kept."""
    last = 0
    for size in (0, 1, 1, 255, 256, 700):
        done = run(Log(*names(size)))
        assert isinstance(done, Cosigned)
        assert (done.size, done.grew_by) == (size, size - last)
        last = size
        key = Verifier.parse(done.vkey)
        assert notes.open_checkpoint(done.note, LOG.verifier, also=[key]).size == size
        assert (run.folder / "checkpoint").read_text() == done.note


def test_only_the_tiles_of_the_proof_are_fetched(run):
    """A witness fetches the checkpoint and the few tiles of one consistency proof."""
    run(Log(*names(300)))
    log = Log(*names(700))
    run(log)
    assert len(log.fetched) <= 5
    assert log.fetched[0] == "checkpoint"


@pytest.mark.parametrize(
    ("then", "code"),
    [
        (names(9), "rollback"),
        ([], "rollback"),
        ([*names(9), "forged"], "fork"),
        (["forged", *names(300)], "fork"),
        (names(20, "another"), "fork"),
    ],
)
def test_rollback_and_fork_are_refused(run, then, code):
    """A smaller tree or another past is refused, kept as evidence, and nothing is forgotten."""
    first = run(Log(*names(10)))
    refused = run(Log(*then))
    assert isinstance(refused, Problem)
    assert refused.code == code
    assert (run.folder / "checkpoint").read_text() == first.note
    (evidence,) = run.folder.glob("refused-*")
    assert notes.open_checkpoint(evidence.read_text(), LOG.verifier).size == len(then)
    assert isinstance(run(Log(*names(11))), Cosigned)


def test_wrong_tiles_are_refused(run):
    """Tiles that are too short or altered prove nothing."""
    run(Log(*names(10)))
    for spoil in (lambda tile: tile[:32], lambda tile: tile[:-1] + bytes([tile[-1] ^ 1])):
        log = Log(*names(11))
        honest = log.fetch
        log.fetch = lambda path, honest=honest, spoil=spoil: (
            honest(path) if path == "checkpoint" else spoil(honest(path))
        )
        assert run(log).code in {"bad_tile", "fork"}


def test_a_checkpoint_of_another_key_is_refused(run):
    """A checkpoint that the log's key did not sign is not looked at."""
    other = Signer(LOG.name, SignatureType.ED25519, bytes(32))
    assert run(Log(*names(3), signer=other)).code == "bad_checkpoint"
    garbage = Log()
    garbage.fetch = lambda path: b"\xff\xfe"
    assert run(garbage).code == "bad_checkpoint"
    assert not (run.folder / "checkpoint").exists()


def test_the_key_is_made_once_and_for_its_owner_only(run):
    """The witness's key stays the same, is readable by its owner only, and has one name."""
    first, second = run(Log("a")), run(Log("a", "b"))
    assert first.vkey == second.vkey
    assert stat.S_IMODE((run.folder / "witness.key").stat().st_mode) == 0o600
    with pytest.raises(NoteError, match="is the witness"):
        witness_key(run.folder, "another.example/w2")
