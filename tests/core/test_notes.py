"""Signed notes: the reference implementation's published example, checkpoints, cosignatures."""

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from orderveil.core import notes
from orderveil.core.merkle import EMPTY_ROOT
from orderveil.core.notes import Checkpoint, NoteError, SignatureType, Signer, Verifier

NOW = datetime(2026, 11, 23, 6, 0, 1, 500, tzinfo=UTC)

# The example in the documentation of golang.org/x/mod/sumdb/note.
VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SKEY = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
NOTE = (
    TEXT + "\n\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZ"
    "SNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)

LOG = Signer("ledger.example/brand/1", SignatureType.ED25519, bytes(range(32)))
WITNESS = Signer("witness.example/w1", SignatureType.COSIGNATURE_V1, bytes(range(1, 33)))


def test_published_note():
    """Keys, signing and opening agree with the reference implementation's example."""
    signer = Signer.parse(SKEY)
    assert signer.skey() == SKEY
    assert signer.verifier == Verifier.parse(VKEY)
    assert signer.verifier.vkey == VKEY
    assert notes.sign(TEXT, [signer], now=NOW) == NOTE
    assert notes.open_note(NOTE, [signer.verifier]).text == TEXT


@pytest.mark.parametrize("key", [VKEY, SKEY])
def test_mangled_keys_are_refused(key):
    """No cut or altered key parses, and the error does not quote it."""
    parse = Verifier.parse if key == VKEY else Signer.parse
    mangled = [key[:at] + chr(ord(key[at]) ^ 1) + key[at + 1 :] for at in range(len(key))]
    for bad in [*(key[:at] for at in range(len(key))), key[1:], *mangled]:
        with pytest.raises(NoteError) as caught:
            parse(bad)
        assert key[-20:] not in str(caught.value)


def test_a_seed_does_not_show():
    """A signer's repr holds nothing of its seed."""
    assert "seed" not in repr(LOG)


@given(st.integers(0, len(NOTE) - 1), st.integers(0, 6))
@settings(max_examples=100)
def test_altered_notes_are_refused(at, bit):
    """A note with any one character changed does not open as the same or another text."""
    bad = NOTE[:at] + chr(ord(NOTE[at]) ^ 1 << bit) + NOTE[at + 1 :]
    with pytest.raises(NoteError):
        notes.open_note(bad, [Verifier.parse(VKEY)])


@pytest.mark.parametrize(
    "bad",
    [
        "",
        TEXT,
        TEXT + "\n",
        NOTE[:-1],
        NOTE.replace("\n\n", "\n"),
        NOTE + "\n",
        NOTE + "no dash x\n",
        NOTE + "\u2014 PeterNeumann AAAA\n",
        NOTE + NOTE.splitlines()[-1] + " more\n",
        NOTE.replace("answer", "ans\twer"),
        TEXT + "\n" + NOTE.splitlines(keepends=True)[-1] * 101,
    ],
)
def test_malformed_notes_are_refused(bad):
    """What is not a signed note does not open."""
    with pytest.raises(NoteError):
        notes.open_note(bad, [Verifier.parse(VKEY)])


def test_unknown_signatures_are_ignored():
    """A signature of a key nobody told us of changes nothing; alone it is not enough."""
    more = notes.add_signature(NOTE, LOG, now=NOW)
    assert notes.open_note(more, [Verifier.parse(VKEY)]).text == TEXT
    with pytest.raises(NoteError, match="none of the known keys"):
        notes.open_note(more, [WITNESS.verifier])


def test_one_bad_signature_of_a_known_key_rejects_the_note():
    """A known key's failing signature is not outweighed by another's good one."""
    other = notes.sign("another text\n", [LOG], now=NOW).splitlines(keepends=True)[-1]
    with pytest.raises(NoteError, match="not over this text"):
        notes.open_note(NOTE + other, [Verifier.parse(VKEY), LOG.verifier])


def test_checkpoint_round_trip():
    """A checkpoint's three lines read back, and extension lines are ignored."""
    point = Checkpoint("ledger.example/brand/1", 20852163, bytes(range(32)))
    assert point.text() == (
        "ledger.example/brand/1\n20852163\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
    )
    assert Checkpoint.parse(point.text()) == point == Checkpoint.parse(point.text() + "more\n")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\n1\n",
        "a\n01\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "a\n-1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "a\n1\nAAEC\n",
        "\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "a\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=\n",
        "a\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    ],
)
def test_malformed_checkpoints_are_refused(text):
    """What is not exactly a checkpoint does not parse."""
    with pytest.raises(NoteError):
        Checkpoint.parse(text)


def test_cosignature_signs_what_the_specification_says():
    """A cosignature is a big-endian time, then Ed25519 over header, time line and text."""
    text = Checkpoint(LOG.name, 3, bytes(32)).text()
    line = notes.sign(text, [WITNESS], now=NOW).splitlines()[-1]
    name, encoded = line.removeprefix("\u2014 ").split(" ")
    raw = notes.b64decode(encoded)
    seconds = int(NOW.timestamp())
    assert (name, raw[:4]) == (WITNESS.name, WITNESS.verifier.id)
    assert raw[4:12] == seconds.to_bytes(8, "big")
    message = f"cosignature/v1\ntime {seconds}\n{text}".encode()
    public = Ed25519PrivateKey.from_private_bytes(WITNESS.seed).public_key()
    public.verify(raw[12:], message)


def test_open_checkpoint_wants_every_key():
    """A checkpoint opens only with the log's signature and that of every witness asked for."""
    point = Checkpoint(LOG.name, 0, EMPTY_ROOT)
    alone = notes.sign(point.text(), [LOG], now=NOW)
    both = notes.add_signature(alone, WITNESS, now=NOW)
    assert notes.open_checkpoint(both, LOG.verifier, also=[WITNESS.verifier]) == point
    opened = notes.open_note(both, [WITNESS.verifier])
    assert [found.at for found in opened.signatures] == [NOW.replace(microsecond=0)]
    with pytest.raises(NoteError, match=r"lacks the signature of witness\.example/w1"):
        notes.open_checkpoint(alone, LOG.verifier, also=[WITNESS.verifier])


def test_a_checkpoint_of_another_log_is_refused():
    """A log's key does not vouch for an origin that is not its own."""
    foreign = notes.sign(Checkpoint("other.example", 0, EMPTY_ROOT).text(), [LOG], now=NOW)
    with pytest.raises(NoteError, match="another log"):
        notes.open_checkpoint(foreign, LOG.verifier)


@pytest.mark.parametrize("text", ["no newline", "tab\there\n", "bell\x07\n"])
def test_unsignable_texts(text):
    """A text that no note may have is not signed."""
    with pytest.raises(NoteError):
        notes.sign(text, [LOG], now=NOW)
