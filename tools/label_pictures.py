"""Draw the labels in docs/pictures: `python tools/label_pictures.py`. Invented people.

A standard label and a privacy waybill, each in Latin and Devanagari, as a printer of 203 dpi
draws the PDF; beside one another, black and white.
"""

import os
from datetime import UTC, datetime
from pathlib import Path

import django
from PIL import Image

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orderveil.web.settings")
django.setup()

from orderveil.hops.label.batch import render  # noqa: E402 - after the settings
from orderveil.hops.label.content import Cod, Dpi, LabelContent, Layout, Sender  # noqa: E402
from orderveil.hops.printing import paper  # noqa: E402
from orderveil.hops.printing.kinds import PrintForm  # noqa: E402

FOLDER = Path(__file__).parents[1] / "docs/pictures"
AT = datetime(2026, 3, 1, tzinfo=UTC)
GAP = 24

LATIN = {
    "name": "Asha Verma",
    "lines": ("Flat 402, Palm Grove Residency", "3rd Cross, Indiranagar Stage 2"),
    "city": "Bengaluru",
    "state": "Karnataka",
}
DEVANAGARI = {
    "name": "आशा वर्मा",
    "lines": ("फ्लैट ४०२, पाम ग्रोव रेजीडेंसी", "तीसरा क्रॉस, इंदिरानगर द्वितीय चरण"),
    "city": "बेंगलुरु",
    "state": "कर्नाटक",
}


def label(**told: object) -> LabelContent:
    """One label of the example brand."""
    same = {
        "carrier": "Swiftline Express",
        "awb": "SLX4400123456781",
        "token": "https://t.kalanjali.example/t/7Q2M4XK9PZC5DV3H",
        "sender": Sender(
            "Kalanjali Handlooms",
            ("12 Industrial Estate, Peenya Phase 2", "Bengaluru, Karnataka 560058"),
        ),
        "pincode": "560038",
        "phone": "+91 XXXXXX0012",
        "order": "T-7Q2M4XK9PZC5DV3H",
    }
    return LabelContent(**(same | told))  # type: ignore[arg-type]


def privacy(words: dict[str, object], initial: str) -> dict[str, object]:
    """In the forms that the policy gives a privacy waybill."""
    lines = ("Palm Grove Residency", "Indiranagar Stage 2")
    if initial != "A***":
        lines = ("पाम ग्रोव रेजीडेंसी", "इंदिरानगर द्वितीय चरण")
    return words | {
        "layout": Layout.PRIVACY,
        "name": initial,
        "lines": lines,
        "phone": "XXXXXX0012",
    }


PICTURES = {
    "label.png": [label(**LATIN, cod=Cod("INR", "1499.00")), label(**DEVANAGARI, is_prepaid=True)],
    "waybill.png": [
        label(**privacy(LATIN, "A***"), is_prepaid=True),
        label(**privacy(DEVANAGARI, "आ***"), cod=Cod("INR", "1499.00")),
    ],
}


def draw(contents: list[LabelContent], path: Path) -> None:
    """The labels beside one another."""
    (made,) = render(contents, PrintForm.PDF, Dpi.D203, at=AT)
    if made.problems:
        raise SystemExit(str(made.problems))
    pages = paper.drawn(made.document, range(len(contents)), Dpi.D203)
    width, height = pages[0].size
    sheet = Image.new("L", (len(pages) * (width + GAP) + GAP, height + 2 * GAP), 190)
    for n, page in enumerate(pages):
        sheet.paste(page, (GAP + n * (width + GAP), GAP))
    sheet.quantize(8).save(path, optimize=True)


if __name__ == "__main__":
    for name, contents in PICTURES.items():
        draw(contents, FOLDER / name)
