"""What the fonts cover is read from the fonts, and said by the name of a script."""

import shutil
from pathlib import Path

import pytest
from django.test import override_settings
from fontTools.ttLib import TTFont

from orderveil.core.errors import OrderveilError
from orderveil.hops.printing import fonts
from orderveil.hops.printing.cmap import characters

SAMPLES = {
    "Latin": "Zoë Đặng O\u2019Neill\u2013Łódź ₹ ½ Müller",
    "Devanagari": "क्षितिज श्रीवास्तव, ज्ञानेश्वर",
    "Tamil": "ஸ்ரீநிவாசன் ஆஷா",
    "Bengali": "শ্রীমতী জ্যোৎস্না",
    "Telugu": "కృష్ణ మూర్తి",
    "Arabic": "محمد عبد الله",
    "Thai": "ที่อยู่ น้ำ",
}


@pytest.mark.parametrize("script", SAMPLES)
def test_the_promised_scripts_are_covered(script):
    """Each script that labels promise can be written."""
    assert fonts.can_print(SAMPLES[script])


@pytest.mark.parametrize(
    ("text", "lacking"),
    [
        ("Asha અશા", {"Gujarati"}),
        ("安娜", {"Cjk"}),
        ("Asha \U0001f600", {"U+1F600"}),
        ("ਆਸ਼ਾ 안", {"Gurmukhi", "Hangul"}),
    ],
)
def test_what_is_missing_is_named_by_its_script(text, lacking):
    """Never by the text itself: it is personal."""
    assert fonts.missing(text) == lacking
    told = fonts.cannot_print(fonts.missing(text), "/name")
    assert all(name in told.detail for name in lacking)
    assert "ORDERVEIL_FONTS" in told.remedy
    assert text not in told.detail


def test_format_characters_need_no_font():
    """Joiners, marks of direction and line ends are never drawn."""
    assert fonts.can_print("क्\u200dष \u200fمحمد\u200e a\tb\u00a0c\ufeff")


def test_coverage_is_what_fonttools_reads():
    """Our reader and an independent one agree on every font that we use."""
    files = [path for folder in fonts.library().folders for path in sorted(folder.glob("*.ttf"))]
    assert len(files) >= 7
    for path in files:
        with TTFont(path) as font:
            told = {code for code, glyph in font.getBestCmap().items() if glyph != ".notdef"}
        assert characters(path.read_bytes()) >= told
        assert len(characters(path.read_bytes()) - told) <= 2  # format 4 beside format 12


def test_the_operators_own_fonts_widen_what_can_be_written(tmp_path):
    """A font in the folder of ORDERVEIL_FONTS is found, and its family is set with."""
    thai = next(path for folder in fonts.library().folders for path in folder.glob("*Thai*"))
    shutil.copy(thai, tmp_path / "own.ttf")
    with override_settings(FONTS=tmp_path):
        assert tmp_path in fonts.library().folders
        assert fonts.can_print("ที่")


def test_an_empty_folder_of_fonts_is_a_fault_with_a_remedy(tmp_path):
    """It would silently do nothing."""
    with override_settings(FONTS=Path(tmp_path)), pytest.raises(OrderveilError, match="no font"):
        fonts.library()
