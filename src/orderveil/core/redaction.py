"""Phones and emails inside prose, replaced by their own field's form.

Rule kept here: when in doubt it is a phone. A number hidden without need costs little; one that
slips through is a leak.
"""

import re
from collections.abc import Callable

from orderveil.core import normalise
from orderveil.core.detect import Kind, find
from orderveil.core.scripts import fold

_CONTACTS = frozenset({Kind.PHONE, Kind.EMAIL})
_DOUBT = 0.3
_SEVEN_DIGITS = re.compile(r"[0-9](?:[^0-9]*[0-9]){6}").search


WITHHELD_MARK = "[withheld]"
"""Stands where a phone or an email was, when its own form shows nothing."""


def redact(text: str, phone_form: Callable[[str], str], email_form: Callable[[str], str]) -> str:
    """`text` with each phone and email in the form that the functions give it.

    The functions are called with the normalised value. What has no `@` and fewer than seven
    digits is returned as it is.
    """
    folded = fold(text)
    if "@" not in folded and not _SEVEN_DIGITS(folded):
        return text
    parts, end = [], 0
    for hit in find(text, kinds=_CONTACTS, least=_DOUBT):
        found = text[hit.start : hit.end]
        parts.append(text[end : hit.start])
        parts.append(
            phone_form(normalise.phone(found))
            if hit.kind is Kind.PHONE
            else email_form(normalise.email(found))
        )
        end = hit.end
    parts.append(text[end:])
    return "".join(parts)
