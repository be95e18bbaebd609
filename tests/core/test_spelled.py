"""Numbers spelled out in words: found in a run, never in a sentence that counts something."""

import time

import pytest

from orderveil.core.spelled import spells_number


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


def test_a_long_text_takes_no_long_time():
    """Nothing to go back and forth over, however the words run together."""
    began = time.perf_counter()
    assert not spells_number(("sixty" * 2_000) + "x")
    assert not spells_number("sixsevenx " * 1_000)
    assert spells_number("do -- " * 2_000 + "x")
    assert time.perf_counter() - began < 1
