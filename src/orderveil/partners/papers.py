"""What a data-processing agreement says: checked before it is recorded, and what it leaves out.

Rules kept here:
- what an agreement does not name stays empty: nothing is assumed in its place;
- what it does name is one of the possible: a country that exists, a term in days, an address;
- sub-processors may be none: an empty list is an answer, and no policy asks for more.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from orderveil.core.countries import COUNTRIES
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.papers import Term
from orderveil.ledger.acts import Detail
from orderveil.partners.models import Agreement

MOST_FIRMS, LONGEST_NAME = 100, 120
MOST_DELETION_DAYS: Final = 3650
MOST_BREACH_HOURS: Final = 720
LONGEST_CONTACT: Final = 254
_DIGEST = re.compile(r"[0-9a-f]{64}")
_CONTACT = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}"
)


@dataclass(frozen=True, slots=True)
class Terms:
    """What an agreement names, beside its dates; what is empty it does not name."""

    document_digest: str = ""
    """SHA-256 of the signed document, in hexadecimal."""
    sub_processors: tuple[str, ...] = ()
    """Names of firms."""
    countries: tuple[str, ...] = ()
    """Where the data may be: ISO 3166-1 alpha-2."""
    deletion_days: int | None = None
    """Within how many days of the delivery the partner deletes what it got."""
    breach_hours: int | None = None
    """Within how many hours of knowing it tells the brand of a breach."""
    contact: str = ""
    """The partner's address for data protection: a role's, nobody's own."""


def named(agreement: Agreement | Terms) -> frozenset[Term]:
    """The terms that it names."""
    said = {
        Term.DOCUMENT: bool(agreement.document_digest),
        Term.COUNTRIES: bool(agreement.countries),
        Term.DELETION: agreement.deletion_days is not None,
        Term.BREACH: agreement.breach_hours is not None,
        Term.CONTACT: bool(agreement.contact),
    }
    return frozenset(term for term, is_said in said.items() if is_said)


def checked(terms: Terms) -> Terms:
    """The same, spelled one way. Raises `RefusedError` with the place, the rule and the remedy."""
    said = replace(
        terms,
        document_digest=terms.document_digest.strip().lower(),
        sub_processors=_unlike(" ".join(each.split()) for each in terms.sub_processors),
        countries=tuple(sorted(_unlike(each.strip().upper() for each in terms.countries))),
        contact=terms.contact.strip(),
    )
    if said.document_digest and not _DIGEST.fullmatch(said.document_digest):
        raise RefusedError(_NO_DIGEST)
    for at, name in enumerate(said.sub_processors):
        if at == MOST_FIRMS or len(name) > LONGEST_NAME or not name.isprintable():
            raise RefusedError(_bad_firm(at))
    for at, code in enumerate(said.countries):
        if code not in COUNTRIES:
            raise RefusedError(_no_country(at))
    if said.deletion_days is not None and not 0 <= said.deletion_days <= MOST_DELETION_DAYS:
        raise RefusedError(_NO_DELETION)
    if said.breach_hours is not None and not 1 <= said.breach_hours <= MOST_BREACH_HOURS:
        raise RefusedError(_NO_HOURS)
    if said.contact and not is_contact(said.contact):
        raise RefusedError(_NO_CONTACT)
    return said


def is_contact(text: str) -> bool:
    """Could mail be sent there? Plain ASCII addresses only: nothing that a header could break."""
    return len(text) <= LONGEST_CONTACT and _CONTACT.fullmatch(text) is not None


def on_record(terms: Terms) -> Detail:
    """What an act says of them; names and the address stay out of the log."""
    return {
        "document": terms.document_digest,
        "countries": ",".join(terms.countries),
        "sub_processors": len(terms.sub_processors),
        "deletion_days": terms.deletion_days,
        "breach_hours": terms.breach_hours,
        "contact": bool(terms.contact),
    }


def _unlike(texts: Iterable[str]) -> tuple[str, ...]:
    """Each once and none empty, in their order."""
    return tuple(dict.fromkeys(text for text in texts if text))


def _bad_firm(at: int) -> Problem:
    return Problem(
        code="sub_processor_invalid",
        detail=f"That is no list of at most {MOST_FIRMS} names of up to {LONGEST_NAME} characters.",
        remedy="Give each sub-processor's name as the agreement spells it, one by one.",
        pointer=f"/sub_processors/{at}",
        rule="agreement: sub-processors are named",
    )


def _no_country(at: int) -> Problem:
    return Problem(
        code="country_invalid",
        detail="There is no country or territory of that code.",
        remedy="Use the two letters of ISO 3166-1, as in IN or DE.",
        pointer=f"/countries/{at}",
        rule="agreement: countries are ISO 3166-1 alpha-2 codes",
    )


_NO_DIGEST = Problem(
    code="digest_invalid",
    detail="That is no SHA-256.",
    remedy="Give the 64 hexadecimal digits that `sha256sum` prints for the signed document.",
    pointer="/document_digest",
    rule="agreement: the signed document is named by its digest",
)
_NO_DELETION = Problem(
    code="deletion_invalid",
    detail="That is no term in which data is deleted.",
    remedy=f"Give the days after the delivery: 0 to {MOST_DELETION_DAYS}.",
    pointer="/deletion_days",
    rule="agreement: data is deleted within a term",
)
_NO_HOURS = Problem(
    code="breach_hours_invalid",
    detail="That is no term in which a breach is told.",
    remedy=f"Give whole hours: 1 to {MOST_BREACH_HOURS}.",
    pointer="/breach_hours",
    rule="agreement: a breach is told within a term",
)
_NO_CONTACT = Problem(
    code="contact_invalid",
    detail="That is no mail address.",
    remedy="Give the partner's address for data protection, as in privacy@courier.example.",
    pointer="/contact",
    rule="agreement: the partner can be written to",
)
