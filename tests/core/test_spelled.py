"""Numbers spelled out in words: found in a run, never in a sentence that counts something."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from growth import ends
from orderveil.core import spelled
from orderveil.core.spelled import spells_number, words_in


@pytest.mark.parametrize(
    "text",
    [
        "nine zero zero zero zero zero zero zero zero one",
        "Nine eight seven, six five four",
        "call NINE-EIGHT-SEVEN-SIX-FIVE-FOUR today",
        "nineeightsevensixfivefour",
        "NineEightSevenSixFiveFour",
        "double nine, triple zero, one",
        "nine oh oh oh oh one",
        "98765 four three two one oh",
        "9 zero 0 zero 0 zero",
        "ninety eight seventy six fifty four thirty two ten",
        "nau aath saat chhe paanch char",
        "Nau, Aath, Saat, 6 5 4",
        "नौ आठ सात छह पाँच चार",
        "ग्राहक का नंबर नौ आठ सात छः पांच चार है",
        "nine eight saat छह five ९",
        "nine...eight...seven...six...five...four",
    ],
)
def test_a_run_of_digits_in_words_is_found(text):
    """In English and Hindi, mixed with digits, joined or apart."""
    assert spells_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "two parcels, one came",
        "ticket 4711: two parcels, one came, three to go",
        "ticket 482910375, one parcel lost",
        "ticket 482910375 one two-kilo parcel lost",
        "she ordered six; five came at ten thirty",
        "on 2026-11-23 at 10:15 one of two",
        "someone phoned nine times",
        "do teen din se parcel nahi aaya",
        "दोपहर में दो बार, तीनों पार्सल",
        "one two three",
        "98765 43210",
        "no, no, no",
        "often sixteen",
        "",
    ],
)
def test_what_counts_something_is_no_number(text):
    """Parcels, times, days and tickets are counted in words too."""
    assert not spells_number(text)


WORDS = sorted(spelled._WORDS)


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=12))
def test_words_run_together_are_always_taken_apart(words):
    """Taking the longest word each time never needs to be taken back: nothing is tried twice."""
    joined = "".join(words)
    found = list(words_in(joined))
    assert "" not in found
    assert "".join(found) == joined
    assert len(found) <= len(words)


@given(st.lists(st.sampled_from(WORDS), max_size=12))
def test_each_step_takes_a_word_and_the_first_that_is_none_ends_it(words):
    """So there are no more steps than characters, whatever the letters."""
    joined = "".join(words)
    found = list(words_in(f"{joined}q{joined}"))
    assert found[-1] == ""
    assert all(found[:-1])
    assert "".join(found) == joined


def test_the_worst_words_end():
    """Six or sixteen, no or nought, a word's beginning: no text makes it go back and forth."""
    worst = [
        "sixteen",
        "sixtysix",
        "no",
        "o",
        "chhe",
        "nine ",
        "९ ",
        "1 ",
        "do-",
        "दो",
        "sixsevenx ",
    ]
    done = ends(
        f"""
        from orderveil.core.spelled import spells_number
        for word in {worst!r}:
            for most in (200, 100_000):
                spells_number((word * most)[: most - 1] + "x")
                spells_number("x" + (word * most)[: most - 1])
        """
    )
    assert done
