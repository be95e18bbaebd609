"""Codes as bits: whole dots, quiet zones, and what does not fit."""

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from orderveil.core.errors import Problem
from orderveil.hops.label import codes
from orderveil.hops.label.content import Symbol
from orderveil.hops.label.graphics import stretched

ROOM = {203: 764, 300: 1129}
AWB = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-", min_size=1, max_size=24)


def read(code, height):
    """What a scanner reads from the dots, the quiet zone around them."""
    picture = stretched(code, code.width, height)
    dots = Image.frombytes("1", picture[:2], bytes(255 - byte for byte in picture.rows))
    page = Image.new("L", (dots.width + 2 * code.quiet, dots.height + 2 * code.quiet), 255)
    page.paste(dots, (code.quiet, code.quiet))
    return [each.text for each in zxingcpp.read_barcodes(page)]


@given(awb=AWB, dpi=st.sampled_from([203, 300]))
def test_a_waybill_is_read_back_and_keeps_its_quiet_zone(awb, dpi):
    """Ten modules on each side, inside the room; a module is at least 0.25 mm."""
    code = codes.waybill(awb, dpi, ROOM[dpi])
    assert not isinstance(code, Problem)
    assert code.width + 2 * code.quiet <= ROOM[dpi]
    assert code.quiet == 10 * code.module
    assert code.module * 25.4 / dpi >= 0.25
    assert read(code, 60) == [awb]


@pytest.mark.parametrize("awb", ["", "A" * 40, "AWB\n1", "AWB\u00e9", "9" * 100])
def test_a_waybill_that_no_code_can_carry_is_refused(awb):
    """Empty, too long for the width, or other than printable ASCII."""
    problem = codes.waybill(awb, 203, ROOM[203])
    assert isinstance(problem, Problem)
    assert (problem.code, problem.pointer) == ("awb_not_printable", "/awb")


@given(
    text=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=60),
    symbol=st.sampled_from(Symbol),
    dpi=st.sampled_from([203, 300]),
)
def test_a_token_is_read_back(text, symbol, dpi):
    """Square, whole dots to a module, quiet zone inside the room."""
    room = round(27 * dpi / 25.4)
    code = codes.token(text, symbol, dpi, room)
    assert not isinstance(code, Problem)
    assert code.rows == code.columns
    assert code.width + 2 * code.quiet <= room
    assert read(code, code.width) == [text]


@pytest.mark.parametrize("symbol", Symbol)
@pytest.mark.parametrize("text", ["", "x" * 900, "x" * 9000])
def test_a_token_that_no_code_can_carry_is_refused(symbol, text):
    """Nothing is squeezed."""
    problem = codes.token(text, symbol, 203, 216)
    assert isinstance(problem, Problem)
    assert problem.code == "token_not_printable"
