"""Packing slips: what goes into the parcel on paper, from the warehouse's own view of the order.

Rules kept here:
- a slip says what the wms row of the policy shows of what a slip needs, and no price;
- what can't be written with our fonts is refused for that slip alone: no boxes on paper;
- its own words are in the installation's language, whoever asks for it: it is for the customer;
- texts of an order are data for the template, never markup, and turn no line around; what is long
  wraps, or goes on on a second page.
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from orderveil.core.errors import Problem
from orderveil.core.fields import Field
from orderveil.core.naming import as_read
from orderveil.gate import refusals
from orderveil.gate.asking import Caller
from orderveil.gate.bulk import Wanted, disclose_many
from orderveil.gate.compose import View
from orderveil.gate.narrowing import showing
from orderveil.hops.printing import fonts, paper
from orderveil.hops.printing.kinds import PrintForm
from orderveil.hops.printing.presses import Document, Drawn, Format, Press, Sheet, Shown
from orderveil.hops.wms.picking import goods_of
from orderveil.partners.models import Brand

TEMPLATE = Path(__file__).with_name("slip.typ")
_LINES = (Field.NAME, Field.LINE1, Field.LINE2, Field.LANDMARK)
_TOWN = (Field.CITY, Field.STATE, Field.PINCODE, Field.COUNTRY)
NEEDED = frozenset(
    {*_LINES, *_TOWN, Field.PHONE, Field.GIFT_MESSAGE, Field.ITEMS, Field.ORDER_NUMBER}
)
AT_ONCE = 50
"""Slips that are set as one document: what takes longer for each the more there are."""
LONGEST_WORD = 24
"""Letters without a space after which a line may break all the same."""


class Line(msgspec.Struct, frozen=True):
    """One line of goods."""

    title: str
    sku: str
    quantity: int


class Slip(msgspec.Struct, frozen=True):
    """What is on one slip. It exists while it is drawn."""

    brand: str
    order: str
    """What the policy tells the warehouse of the order's number: a token, mostly."""
    copy_no: int
    """From 2 on it stands on the slip."""
    to: tuple[str, ...]
    phone: str
    gift: str
    items: tuple[Line, ...]


def disclose(
    caller: Caller, wanted: Sequence[Wanted], now: datetime
) -> Sequence[Shown | Problem] | Problem:
    """The views that slips are made of, each on record before it is opened; or why not."""
    answers = disclose_many(caller, wanted, now=now, narrow=showing(NEEDED))
    if isinstance(answers, Problem):
        return answers
    return [
        Shown(each.view.disclosure, each.view)
        if each.view is not None
        else each.problem or refusals.BUSY
        for each in answers
    ]


def draw(sheets: Sequence[tuple[Sheet, View]], style: Format) -> Drawn:
    """PDFs of the slips that can be written."""
    brand = Brand.objects.get(pk=style.brand_id).name
    slips = {sheet.position: slip_of(view, brand, sheet.copy_no) for sheet, view in sheets}
    failed = {at: problem for at, slip in slips.items() if (problem := unwritable(slip))}
    able = [at for at in slips if at not in failed]
    done = [_set(slips, some, style) for some in _few(able)]
    documents = tuple(each for documents in done for each in documents)
    if style.apart or len(documents) <= 1:
        return Drawn(documents, failed)
    whole = paper.join(each.data for each in documents)
    return Drawn((Document(tuple(able), sum(each.pages for each in documents), whole),), failed)


PRESS = Press(disclose, draw, frozenset({PrintForm.PDF}))
"""How slips are made, for the journey's table."""


def slip_of(view: View, brand: str, copy_no: int) -> Slip:
    """What a view says, as it stands on paper."""
    told = view.fields
    town = ", ".join(_texts(told, _TOWN))
    return Slip(
        brand=brand,
        order=str(told.get(Field.ORDER_NUMBER) or ""),
        copy_no=copy_no,
        to=tuple(each for each in (*_texts(told, _LINES), town) if each),
        phone=str(told.get(Field.PHONE) or ""),
        gift=as_read(str(told.get(Field.GIFT_MESSAGE) or "")),
        items=tuple(
            Line(as_read(each.title), each.sku if each.sku != each.title else "", each.quantity)
            for each in goods_of(told.get(Field.ITEMS))
        ),
    )


def unwritable(slip: Slip) -> Problem | None:
    """Why this slip can't be set; None if our fonts have every character of it."""
    goods = (text for line in slip.items for text in (line.title, line.sku))
    texts = (slip.brand, slip.order, *slip.to, slip.phone, slip.gift, *goods)
    lacking = frozenset[str]().union(*(fonts.missing(text) for text in texts))
    return fonts.cannot_print(lacking) if lacking else None


def pdf(slips: Sequence[Slip], *, at: datetime) -> bytes:
    """The slips as one document, each beginning a page."""
    with override(settings.LANGUAGE_CODE):
        return paper.pdf(TEMPLATE, _told(slips), at=at)


def pngs(slips: Sequence[Slip], *, at: datetime, ppi: float = 110) -> list[bytes]:
    """Their pages as pictures."""
    with override(settings.LANGUAGE_CODE):
        return paper.pngs(TEMPLATE, _told(slips), at=at, ppi=ppi)


def _few(positions: Sequence[int]) -> Iterator[Sequence[int]]:
    return (positions[at : at + AT_ONCE] for at in range(0, len(positions), AT_ONCE))


def _set(
    slips: Mapping[int, Slip], positions: Sequence[int], style: Format
) -> tuple[Document, ...]:
    """One document of these slips, or one each."""
    whole = pdf([slips[at] for at in positions], at=style.at)
    pages = _pages_of(whole, len(positions))
    if not style.apart:
        return (Document(tuple(positions), sum(map(len, pages)), whole),)
    return tuple(
        Document((at,), len(own), paper.pages(whole, own))
        for at, own in zip(positions, pages, strict=True)
    )


def _texts(told: Mapping[str, Any], names: Sequence[Field]) -> list[str]:
    return [as_read(str(told[name])) for name in names if told.get(name)]


def _told(slips: Sequence[Slip]) -> dict[str, Any]:
    return {
        "fonts": list(fonts.library().families),
        "words": {
            "title": _("Packing slip"),
            "order": _("Order"),
            "to": _("To"),
            "phone": _("Phone"),
            "item": _("Item"),
            "quantity": _("Quantity"),
            "gift": _("A message for you"),
            "page": _("Page"),
        },
        "slips": [
            _breakable(msgspec.to_builtins(slip))
            | {"copy": _("Copy %(number)s") % {"number": slip.copy_no} if slip.copy_no > 1 else ""}
            for slip in slips
        ],
    }


def _breakable(told: Any) -> Any:
    """The same with places to break in what is too long for a line."""
    if isinstance(told, dict):
        return {name: _breakable(value) for name, value in told.items()}
    if isinstance(told, list | tuple):
        return [_breakable(value) for value in told]
    return " ".join(map(_broken, told.split(" "))) if isinstance(told, str) else told


def _broken(word: str) -> str:
    if len(word) <= LONGEST_WORD:
        return word
    # Never before a sign that is drawn on the letter before it.
    pieces, at = [], 0
    while at < len(word):
        end = at + LONGEST_WORD
        while end < len(word) and unicodedata.category(word[end])[0] == "M":
            end += 1
        pieces.append(word[at:end])
        at = end
    return "\u200b".join(pieces)


def _pages_of(document: bytes, count: int) -> list[range]:
    """The pages of each slip, counted from 0: its head is a bookmark of the document."""
    found = paper.begun_pages(document)
    if len(found) != count:
        msg = "a document with another number of slips than was set"
        raise ValueError(msg)
    return found
