"""What a data-processing agreement has to name before a hop's policy may call its terms complete.

The agreement itself (dates, who, the values) belongs to `partners`; the law asks only which of
the five it names.
"""

from enum import StrEnum


class Term(StrEnum):
    """One thing that the paper says; the values are what a refusal calls it."""

    DOCUMENT = "document digest"
    COUNTRIES = "countries"
    DELETION = "deletion term"
    BREACH = "breach-notification hours"
    CONTACT = "contact"


def unnamed(named: frozenset[Term]) -> tuple[Term, ...]:
    """The terms that are missing, in the order in which a person would look for them."""
    return tuple(term for term in Term if term not in named)
