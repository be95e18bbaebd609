"""The sample: drawn again by anybody from the published words alone, chosen by nobody."""

from base64 import b64encode
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from orderveil.core.notes import Checkpoint
from orderveil.hops.support.centre_audit.sampling import draw, seed_of

HEAD = Checkpoint("ledger.example/brand/7", 4711, bytes(range(32)))


class One(NamedTuple):
    """A reveal."""

    entry_id: UUID


FOUND = [One(UUID(int=number)) for number in range(100)]


def test_the_seed_is_the_hash_of_six_lines():
    """As documented, to the byte."""
    text = (
        "orderveil/centre-sample/v1\nledger.example/brand/7\n4711\n"
        f"{b64encode(bytes(range(32))).decode()}\n2026-10\n5\n"
    )
    assert seed_of(HEAD, "2026-10", 5) == sha256(text.encode()).digest()


def test_everything_that_goes_in_changes_the_seed():
    """Another root, size, log, month or partner draws another sample."""
    seeds = {
        seed_of(HEAD, "2026-10", 5),
        seed_of(HEAD, "2026-11", 5),
        seed_of(HEAD, "2026-10", 6),
        seed_of(Checkpoint(HEAD.origin, 4712, HEAD.root), "2026-10", 5),
        seed_of(Checkpoint("other.example", 4711, HEAD.root), "2026-10", 5),
        seed_of(Checkpoint(HEAD.origin, 4711, bytes(32)), "2026-10", 5),
    }
    assert len(seeds) == 6


def test_the_sample_is_the_lowest_ranks():
    """Whatever order they are found in; as many as there are, if there are few."""
    seed = seed_of(HEAD, "2026-10", 5)
    drawn = draw(seed, FOUND)
    ranks = sorted(sha256(seed + one.entry_id.bytes).hexdigest() for one in FOUND)
    assert [sha256(seed + one.entry_id.bytes).hexdigest() for one in drawn] == ranks[:20]
    assert draw(seed, FOUND[::-1]) == drawn
    assert set(draw(seed, FOUND[:7])) == set(FOUND[:7])


def test_another_month_draws_others():
    """Nobody can tell beforehand which entries are looked at."""
    assert draw(seed_of(HEAD, "2026-10", 5), FOUND) != draw(seed_of(HEAD, "2026-11", 5), FOUND)


def test_one_more_reveal_moves_no_other():
    """Whoever adds entries can't push one out but by a lower rank of their own."""
    seed = seed_of(HEAD, "2026-10", 5)
    new = One(UUID(int=1000))
    before, after = draw(seed, FOUND), draw(seed, [*FOUND, new])
    rest = [one for one in after if one is not new]
    assert len(rest) >= 19
    assert rest == before[: len(rest)]
