"""The detector: personal data where no field claims it. Import what it offers from here."""

from orderveil.core.detect.finding import find
from orderveil.core.detect.kinds import CARD_DATA, EVERYTHING, SURE, Hit, Kind
from orderveil.core.detect.payloads import cards_in, without_cards

__all__ = [
    "CARD_DATA",
    "EVERYTHING",
    "SURE",
    "Hit",
    "Kind",
    "cards_in",
    "find",
    "without_cards",
]
