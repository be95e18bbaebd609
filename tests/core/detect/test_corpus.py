"""The detector judged: what it finds, under which disguises, and what it leaves alone."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.detect import corpus, rows
from core.detect.disguises import DISGUISES, OUTER, fits
from core.detect.lookalikes import LOOKALIKES
from core.detect.made import MAKERS
from orderveil.core.detect import Kind, find, judge

CHANCE = st.randoms(use_true_random=False)
MAKE = st.sampled_from([MAKERS[kind] for kind in corpus.KINDS])
BEFORE = (
    "\u200b",
    "\0 ",
    "\U0001f600 ",
    "e\u0301t\u00e9. ",
    "%20",
    "&nbsp;",
    "\ud800 ",
    "100 %. ",
    "\ufb01 ",
)
AWBS = sorted(name for name, looks in LOOKALIKES.items() if looks.group == "awb")
PAIRS = [(kind, name) for kind in corpus.KINDS for name in DISGUISES if fits(name, kind)]


def found(case):
    """What the detector says, as any detector would; of firms it may say what it likes."""
    hits = find(case.text, case.context)
    told = [hit for hit in hits if hit.personal or hit.kind is Kind.IFSC]
    return [(hit.kind.name, hit.start, hit.end) for hit in told]


@pytest.mark.parametrize("kind", corpus.KINDS)
@settings(max_examples=100, deadline=None)
@given(chance=CHANCE, data=st.data())
def test_every_value_is_found(kind, chance, data):
    """Bare, keyed, labelled, inline and in prose; at its very place, and as nothing else."""
    case = corpus.positive(kind, data.draw(st.sampled_from(corpus.forms_of(kind))), chance)
    hits = found(case)
    assert (corpus.missed(case, hits), corpus.alarms(case, hits)) == ([], []), (case, hits)


@pytest.mark.parametrize(("kind", "disguise"), PAIRS)
@settings(max_examples=40, deadline=None)
@given(chance=CHANCE, data=st.data())
def test_every_disguise_is_seen_through(kind, disguise, chance, data):
    """The hit covers the whole disguise."""
    plain = corpus.positive(kind, data.draw(st.sampled_from(corpus.forms_of(kind))), chance)
    case = corpus.disguised(plain, disguise, chance)
    hits = found(case)
    assert corpus.missed(case, hits) == [], (case, hits)


@pytest.mark.parametrize("outer", OUTER)
@settings(max_examples=100, deadline=None)
@given(chance=CHANCE, pair=st.sampled_from(PAIRS), data=st.data())
def test_two_disguises_hide_no_more_than_one(outer, chance, pair, data):
    """Digits of another script in percent encoding, say: both come off."""
    kind, inner = pair
    assume(inner == outer or inner not in OUTER)
    case = corpus.positive(kind, data.draw(st.sampled_from(corpus.forms_of(kind))), chance)
    for disguise in (inner, outer):
        case = corpus.disguised(case, disguise, chance)
    assert corpus.missed(case, found(case)) == [], case


@pytest.mark.parametrize("kind", corpus.KINDS)
@settings(max_examples=40, deadline=None)
@given(chance=CHANCE, before=st.sampled_from(BEFORE), data=st.data())
def test_what_stands_before_only_moves_the_hit(kind, before, chance, data):
    """Characters that fold, vanish or decode ahead of a value shift its place and hide nothing."""
    case = corpus.positive(kind, data.draw(st.sampled_from(["labelled", "prose"])), chance)
    moved = replace(case, before=before + case.before)
    assert corpus.missed(moved, found(moved)) == [], moved


@pytest.mark.parametrize("name", LOOKALIKES)
@settings(max_examples=100, deadline=None)
@given(chance=CHANCE, data=st.data())
def test_what_is_nobodys_is_left_alone(name, chance, data):
    """Beside its key or label it is nothing; bare, it is none of the kinds it is known from."""
    case = corpus.negative(name, data.draw(st.sampled_from(corpus.negative_forms(name))), chance)
    assert corpus.alarms(case, found(case)) == [], case


@pytest.mark.parametrize("kind", corpus.KINDS)
def test_recall_of_a_thousand(kind):
    """1.0 for every kind, spread over all forms."""
    cases = list(corpus.positives(kind, 1_000, seed=1))
    assert [case for case in cases if corpus.missed(case, found(case))] == []


def test_twelve_digits_of_a_courier_are_no_aadhaar_number():
    """Of AWB numbers without a key or a word fewer than 1 in 1,000 are taken for one."""
    cases = [case for name in AWBS for case in corpus.negatives(name, 1_200, seed=2)]
    bare = [case for case in cases if case.form == "bare"]
    wrong = [case for case in bare if "AADHAAR" in {kind for kind, _, _ in found(case)}]
    assert len(bare) >= 3_000
    assert len(wrong) * 1_000 < len(bare)


def test_clean_rows_pass():
    """Of 10,000 inventory rows at most one is taken to hold a card, at most ten are refused.

    A tenth of all order ids and AWB numbers of a card's length pass Luhn.
    """
    cards = refused = 0
    for row in rows.clean(10_000, seed=3):
        told = judge(list(row.items()))
        cards += any(one.kind is Kind.CARD for one in told)
        refused += any(one.blocks for one in told)
    assert cards <= 1
    assert refused <= 10


def test_leaking_rows_are_refused():
    """Whatever else is in the row, the column that leaks is named, with its kind.

    A name alone and a PIN code alone refuse nothing: they are told, and the row passes.
    """
    for row, column, kind in rows.leaking(1_000, seed=4):
        told = [one for one in judge(list(row.items())) if list(row)[one.field] == column]
        assert kind in {one.kind.name for one in told}, (column, row[column])
        blocks = any(one.blocks for one in told)
        assert blocks == (kind not in {"NAME", "PINCODE"}), (column, row[column])


@pytest.mark.parametrize("beside", ["PHONE", "EMAIL", "ADDRESS", "PINCODE"])
def test_a_name_is_refused_beside_what_is_the_persons(beside):
    """In one record, not in two."""
    chance = Random(beside)
    keys = {"PHONE": "phone", "EMAIL": "email", "ADDRESS": "address1", "PINCODE": "pincode"}
    for row in rows.clean(50, seed=5):
        name = ("customer_name", MAKERS["NAME"](chance))
        record = [*row.items(), name]
        assert not any(one.blocks for one in judge(record)), name
        record.append((keys[beside], MAKERS[beside](chance)))
        refused = {one.kind for one in judge(record) if one.blocks}
        assert {Kind.NAME, Kind[beside]} <= refused, record


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.text(max_size=12),
            st.text("\0\ud800\udfff\u200b\ufeff٣९²%&#;@.+- ", max_size=8),
            st.builds(lambda make, chance: make(chance), MAKE, CHANCE),
            st.sampled_from(
                ["%", "%2", "%zz", "&#", "&#x;", "&#99999999;", "&amp", "%ff%fe", "&#0;"]
            ),
        ),
        max_size=6,
    ),
    st.none() | st.text(max_size=12),
)
def test_offsets_are_places_in_the_original(parts, context):
    """Any text at all, half surrogate pairs too: hits lie in it, in order and apart."""
    text = "".join(parts)
    end = 0
    for hit in find(text, context):
        assert end <= hit.start < hit.end <= len(text)
        assert 0 < hit.certainty <= 1
        end = hit.end


HOSTILE = {
    "digits": "9", "digits and spaces": "9 ", "digits and dashes": "98765-43210-", "ats": "@",
    "an address without end": "a.", "locals": "a@", "dots": "a@b.", "percent": "%39",
    "broken percent": "%3",
    "twice": "%25", "entities": "&#57;", "broken entities": "&#5", "letters": "A",
    "capitals": "ABCDE",
    "commas": "12, ", "words": "flat ", "titles": "Mr. ", "towns": "Bengaluru ", "labels": "name: ",
    "aadhaar": "2000 ", "gst": "27AAAPA", "iban": "DE50 ", "unseen": "\u200b9",
    "half pairs": "\ud800",
    "nul": "\0", "brackets": "(", "plus": "+", "plus digits": "+9", "newlines": "9\n",
    "native": "मकान ",
    "handles": "ok@ok", "full-width": "\uff19", "slashes": "/9",
}  # fmt: skip


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE)
def test_time_grows_with_the_length_of_the_text(unit):
    """60 kB of it end: were any search quadratic, the suite would stand still here."""
    text = unit * (60_000 // len(unit))
    assert all(hit.end <= len(text) for hit in find(text, "note"))


def test_a_seed_makes_the_same_corpus():
    """The benchmark judges the cases that the tests judge."""
    first, again = (list(corpus.positives("PHONE", 20, seed=7)) for _ in range(2))
    other = list(corpus.positives("PHONE", 20, seed=8))
    assert first == again != other
    assert list(rows.clean(5, seed=1)) == list(rows.clean(5, seed=1))


def test_a_disguise_is_one():
    """A disguised value differs from the plain one, and stands where the case says."""
    rng = Random(5)
    for kind, disguise in PAIRS:
        cases = list(corpus.positives(kind, 20, seed=6))
        worn = [corpus.disguised(case, disguise, rng) for case in cases]
        assert any(one.value != case.value for one, case in zip(worn, cases, strict=True))
        for case in worn:
            ((_, start, end),) = case.expected
            assert case.text[start:end] == case.value
