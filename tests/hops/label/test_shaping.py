"""Letters come out shaped: compared as pixels with another typesetter, never as extracted text."""

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFont, features

from hops.label.samples import AT, SCRIPTS
from orderveil.hops.label.drawing import Drawing, Text
from orderveil.hops.label.faces import BOLD, REGULAR, SetFace
from orderveil.hops.label.setting import as_pdf, as_pictures
from orderveil.hops.printing import paper
from orderveil.hops.printing.fonts import library

DPI, POINTS = 300, 24.0
JOINED = {
    "Devanagari": ["क्षितिज", "श्रीवास्तव", "ज्ञानेश्वर", "द्वितीय"],
    "Tamil": ["ஸ்ரீநிவாசன்", "கௌசல்யா"],
    "Bengali": ["জ্যোৎস্না", "শ্রীমতী"],
    "Telugu": ["కృష్ణ", "స్త్రీ"],
    "Arabic": ["محمد", "الأنصاري"],
    "Thai": ["น้ำ", "ที่อยู่"],
}
"""Words whose shaped form is not their letters in a row."""


def set_line(text, *, weight=REGULAR, is_rtl=False):
    """The line as our labels have it: black dots on white."""
    face = SetFace(DPI)
    width = round(face.width(text, POINTS, weight)) + 1
    line = Text(0, 0, POINTS, weight, False, is_rtl, text, width)
    ((picture,),) = as_pictures([[line]], face)
    bits = Image.frombytes("1", picture[:2], picture.rows)
    return bits.convert("L"), picture, width


def other(text, script, *, is_rtl):
    """The same line by HarfBuzz and FreeType as pillow has them; or, unshaped, letter by letter."""
    font = font_of(script)
    width, height = int(font.getlength(text)) + 200, 500
    page = Image.new("L", (width, height), 0)
    direction = "rtl" if is_rtl else "ltr"
    at = (100, 300)
    ImageDraw.Draw(page).text(at, text, fill=255, font=font, anchor="ls", direction=direction)
    return page


def font_of(script):
    """The file that we set this script with, at our size."""
    (path,) = (p for folder in library().folders for p in folder.glob(f"NotoSans{script}*.ttf"))
    size = POINTS * DPI / 72
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.RAQM)


def likeness(one, two):
    """Shared black over all black, the inked parts laid on each other at the best place."""
    one, two = (each.crop(each.point(lambda v: 255 * (v > 100)).getbbox()) for each in (one, two))
    width, height = (max(pair) + 6 for pair in zip(one.size, two.size, strict=True))
    best = 0.0
    for dx in range(4):
        for dy in range(4):
            first, second = (Image.new("L", (width, height)) for _ in range(2))
            first.paste(one, (2, 2))
            second.paste(two, (dx + 1, dy + 1))
            first, second = (each.point(lambda v: 255 * (v > 100), "1") for each in (first, second))
            both = ImageChops.logical_and(first, second).histogram()[255]
            either = ImageChops.logical_or(first, second).histogram()[255]
            best = max(best, both / either)
    return best


WORDS = [(script, word) for script, words in JOINED.items() for word in words]


@pytest.mark.skipif(not features.check("raqm"), reason="pillow finds no fribidi to shape with")
@pytest.mark.parametrize(("script", "word"), WORDS)
def test_words_look_as_another_typesetter_shapes_them(script, word):
    """Dot for dot, but for the edges."""
    ours, _, _ = set_line(word, is_rtl=script == "Arabic")
    theirs = other(word, script, is_rtl=script == "Arabic")
    assert likeness(ours, theirs) > 0.86


@pytest.mark.parametrize(("script", "word"), WORDS)
def test_words_do_not_look_as_their_letters_in_a_row(script, word):
    """What a typesetter that can't shape would print is something else."""
    ours, _, _ = set_line(word, is_rtl=script == "Arabic")
    letters = reversed(word) if script == "Arabic" else word
    apart = [other(letter, script, is_rtl=False) for letter in letters]
    inked = [each.crop((each.getbbox()[0], 0, each.getbbox()[2], 500)) for each in apart]
    row = Image.new("L", (sum(each.width for each in inked), 500))
    at = 0
    for each in inked:
        row.paste(each, (at, 0))
        at += each.width
    assert likeness(ours, row) < 0.75


def test_arabic_runs_from_the_right_and_latin_in_it_from_the_left():
    """UAX 9: in a line that begins Arabic, the first word stands rightmost."""
    line, _, _ = set_line("محمد Road 12", is_rtl=True)
    word, _, _ = set_line("محمد", is_rtl=True)
    width = word.getbbox()[2] - word.getbbox()[0]
    right = line.getbbox()[2]
    assert likeness(line.crop((right - width, 0, right, line.height)), word) > 0.9


@pytest.mark.parametrize("weight", [REGULAR, BOLD])
@pytest.mark.parametrize("text", [*(t for ts in SCRIPTS.values() for t in ts), "WAVE Tyfjq", "Ǘṏ"])
def test_the_room_that_is_reckoned_is_the_room_that_is_taken(text, weight):
    """No dot outside the reckoned width and height, and hardly any room wasted."""
    face, points = SetFace(DPI), POINTS / 2
    is_rtl = "\u0600" <= text[0] <= "\u06ff"
    reckoned, extent = face.width(text, points, weight), face.extent(text, points)
    line = Text(30, 900, points, weight, False, is_rtl, text)
    page = paper.drawn(as_pdf([Drawing([line], [], [])], DPI, at=AT), [0], DPI)[0]
    left, top, right, bottom = page.point([255 * (v < 150) for v in range(256)]).getbbox()
    assert left >= 30 - 2
    assert right <= 30 + reckoned + 2
    assert right >= 30 + reckoned * 0.93
    assert top >= 900 - extent.above
    assert bottom <= 900 + extent.below


def test_bold_is_bolder():
    """The variable fonts' weight takes effect."""
    regular, bold = (set_line("Asha आशा", weight=w)[0] for w in (REGULAR, BOLD))
    assert sum(bold.tobytes()) > 1.2 * sum(regular.tobytes())
