"""Refusals in the language of the page.

A refusal is written in English where it is made: machines, the command line and the log read it
too, and none of them has a language. A page asks the catalog for the sentence. One that has
values in it is recognised by its shape, and the values go into the translation.
"""

import re
from functools import lru_cache

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

SHAPES: tuple[str, ...] = (
    _("Your {limit} {what} of today (UTC) are used up."),
    _("budget: {what} of one person in a day"),
    _("That is more than {limit} {what} in a minute."),
    _("budget: {what} of one person in a minute"),
    _("Ask somebody who is: {titles}."),
    _("people: this needs the permission {permission}"),
    _("Its hours are {hours}."),
    _("Choose one of: {choices}."),
    _("A new attempt is for a day from today to {days} days ahead."),
    _("This order's address was corrected {times} times today (UTC)."),
    _("It has at most {most} characters."),
    _("A reason has 1 to {most} characters."),
    _("The {tries} tries for this order are used up for today (UTC)."),
    _("The {minutes} minutes of this ticket are over."),
    _("The parcel is {states}; {hop} may ask while it is {window}."),
    _("policy: the states during which {hop} may ask"),
    _("policy: {hop} has the reach `assigned`"),
    _("policy: {hop} needs an agreement in force"),
    _("The brand has no partner of its own for the hop {hop}."),
    _("Add one that is `own` and runs {hop}: its people see orders in its name."),
    _("Partner {partner} is suspended."),
    _("Partner {partner} does not run the hop {hop}."),
    _("Ask for one of: {hops}."),
    _("Partner {partner} has no data-processing agreement in force: {paper}."),
    _("The data-processing agreement in force with partner {partner} does not name: {terms}."),
    _("policy: {hop} needs an agreement that names its terms"),
    _("Copy {number} of this sheet was asked for in batch {batch}."),
    _("Nothing here draws a {kind} as {form}."),
    _("Wait {seconds} seconds, or take another telephone."),
    _("A telephone's name has 1 to {most} characters and names no number or address."),
    _("The policy does not let comms send to the {field}."),
    _('A policy that lets customers be reached says `{field} = "sent"` for comms.'),
)
"""The sentences that hold values, as their makers write them."""

_VALUE = re.compile(r"\{[a-z]+\}")
_BETWEEN = re.compile(r"(, | and )")


def spoken(text: object) -> str:
    """The sentence in the language of the page; as it stands if the catalog has none."""
    said = str(text)
    if not said or (translated := gettext(said)) != said:
        return said and translated
    for shape, pattern in _patterns():
        if (match := pattern.fullmatch(said)) and (translated := gettext(shape)) != shape:
            values = {name: _spoken_list(value) for name, value in match.groupdict().items()}
            return translated.format_map(values)
    return said


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((shape, re.compile(_pattern(shape))) for shape in SHAPES)


def _pattern(shape: str) -> str:
    """ "{hop} may" -> "(?P<hop>.+) may"."""
    names = (name[1:-1] for name in _VALUE.findall(shape))
    values = [f"(?P<{name}>.+)" for name in names]
    texts = [re.escape(text) for text in _VALUE.split(shape)]
    return "".join(text + value for text, value in zip(texts, [*values, ""], strict=True))


def _spoken_list(value: str) -> str:
    """ "delivered and returning": each word by itself."""
    return "".join(_spoken_word(piece) for piece in _BETWEEN.split(value))


def _spoken_word(piece: str) -> str:
    """A title, or a code like "out_for_delivery"; what is none stays. "Mon 09:00": its day."""
    if piece == " and ":
        return f" {gettext('and')} "
    if piece == ", " or not piece:
        return piece
    word, space, rest = piece.partition(" ")
    if rest[:1].isdigit():
        return gettext(word) + space + rest
    translated = gettext(piece.replace("_", " "))
    return piece if translated == piece.replace("_", " ") else translated
