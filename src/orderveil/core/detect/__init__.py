"""The detector: personal data where no field claims it. Import what it offers from here."""

from orderveil.core.detect.finding import find
from orderveil.core.detect.kinds import CARD_DATA, EVERYTHING, NUMBERS_OF_PEOPLE, SURE, Hit, Kind
from orderveil.core.detect.payloads import cards_in, without_cards
from orderveil.core.detect.records import Found, judge

__all__ = [
    "CARD_DATA",
    "EVERYTHING",
    "NUMBERS_OF_PEOPLE",
    "SURE",
    "Found",
    "Hit",
    "Kind",
    "cards_in",
    "find",
    "judge",
    "without_cards",
]
