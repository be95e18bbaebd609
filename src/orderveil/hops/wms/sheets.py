"""The pick list on paper, and the codes for its totes.

Rules kept here:
- it holds what the pick list holds: items and positions, no buyer, no order, no ref;
- a title that our fonts can't write is left out where there is a stock number, and named by the
  scripts it is in where there is none: no boxes on paper.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import zxingcpp
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from orderveil.hops.printing import fonts, paper
from orderveil.hops.wms.models import Tote, Wave
from orderveil.hops.wms.picking import Line, PickList

TEMPLATE = Path(__file__).with_name("pick.typ")


def pdf(wave: Wave, totes: Sequence[Tote], listed: PickList, *, now: datetime) -> bytes:
    """The walk, then a code to stick on each tote."""
    return paper.pdf(TEMPLATE, told(wave, totes, listed), at=now)


def told(wave: Wave, totes: Sequence[Tote], listed: PickList) -> dict[str, Any]:
    """What the template is given: texts, and rows of texts."""
    lines = listed.lines
    return {
        "fonts": list(fonts.library().families),
        "title": _("Pick list %(wave)s") % {"wave": wave},
        "made": date_format(wave.made_at, "j M Y, H:i") + " UTC",
        "words": {
            "location": _("Place"),
            "item": _("Item"),
            "quantity": _("Quantity"),
            "totes": _("Tote: quantity"),
            "nowhere": _("No place known"),
            "codes": _("Codes for the totes"),
            "page": _("Page"),
            "shared": _("Decided at packing, because the order goes in several parcels:"),
            "hidden": _("Not shown to the warehouse:"),
        },
        "lines": [_row(each) for each in lines if each.location],
        "nowhere": [_row(each) for each in lines if not each.location],
        "shared": ", ".join(map(str, listed.shared)),
        "hidden": ", ".join(map(str, listed.hidden)),
        "totes": [[str(each), code_svg(str(each))] for each in totes if each.is_open],
    }


def code_svg(text: str) -> str:
    """A Code 128 of a tote's code, as a drawing."""
    made = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.Code128)
    return str(made.to_svg())


def _row(line: Line) -> list[str]:
    totes = ", ".join(f"{each.position}: {each.quantity}" for each in line.totes)
    return [_written(line.location), _titled(line), line.sku, str(line.quantity), totes]


def _titled(line: Line) -> str:
    if line.title == line.sku or (line.sku and not fonts.can_print(line.title)):
        return ""
    return _written(line.title)


def _written(text: str) -> str:
    lacking = fonts.missing(text)
    return f"({', '.join(sorted(lacking))})" if lacking else text
