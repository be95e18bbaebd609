"""The two layouts of 4 x 6 in, in millimetres.

Standard: carrier and payment; the waybill's code; name and address; order and token; return.
Privacy: the same, but the token's code is what a courier sees first, beside the PIN that sorts
the parcel; the name is an initial and the address ends at the street, for so they come.

Black and white only, no grey: a thermal head has none. Words are English, as on every waybill.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

from orderveil.core.errors import Problem
from orderveil.core.layouts import Layout
from orderveil.core.virtual import read
from orderveil.hops.label import codes
from orderveil.hops.label.codes import Code
from orderveil.hops.label.content import LabelContent, tidy
from orderveil.hops.label.drawing import Drawing
from orderveil.hops.label.faces import BOLD, REGULAR, Face
from orderveil.hops.label.fitting import Box
from orderveil.hops.label.pen import Pen
from orderveil.hops.printing import fonts

LEFT, WIDE = 3.0, 95.6
_RULE = 0.5
_CAPTION = 7.0

_NAME = (17, 15, 13, 11, 10, 9)
_ADDRESS = (13, 12, 11, 10, 9, 8, 7, 6.5)
_SMALL = (9, 8, 7, 6.5)


def draw(content: LabelContent, face: Face) -> Drawing | Problem:
    """The label, or the first reason why it can't be one."""
    lacking = _lacking(content)
    if lacking:
        return lacking
    pen = Pen(face)
    _head(pen, content)
    _waybill(pen, content)
    _BODIES[content.layout](pen, content)
    _foot(pen, content)
    return pen.drawn()


def prepare(contents: Iterable[LabelContent], face: Face) -> None:
    """Ask for the widths that drawing these will need, together: one by one is slow."""
    special = [
        (weight, tidy(text))
        for each in contents
        for weight, text in _weighed(each)
        if text and not text.isascii()
    ]
    face.prepare(special)
    room, largest = face.dpi * (WIDE - 2) / 25.4, _ADDRESS[0]
    long = [(weight, text) for weight, text in special if face.width(text, largest, weight) > room]
    face.prepare((weight, word) for weight, text in long for word in text.split())


def _weighed(content: LabelContent) -> Iterator[tuple[int, str | None]]:
    """The texts that are not ours, as heavy as they are set."""
    for text in (content.name, content.carrier, content.sender.name, content.order):
        yield BOLD, text
    for text in (*content.lines, *content.sender.lines):
        yield REGULAR, text
    yield (BOLD if content.layout == Layout.PRIVACY else REGULAR), _place(content)


def texts_of(content: LabelContent) -> dict[str, str]:
    """Every text that is not ours, by its place in the content."""
    named = {
        "/name": content.name,
        "/city": content.city,
        "/state": content.state,
        "/pincode": content.pincode,
        "/country": content.country,
        "/phone": content.phone,
        "/carrier": content.carrier,
        "/order": content.order,
        "/sender/name": content.sender.name,
    }
    named |= {f"/lines/{n}": each for n, each in enumerate(content.lines)}
    named |= {f"/sender/lines/{n}": each for n, each in enumerate(content.sender.lines)}
    if content.cod:
        named |= {"/cod/currency": content.cod.currency, "/cod/amount": content.cod.amount}
    return {at: text for at, text in named.items() if text}


def _lacking(content: LabelContent) -> Problem | None:
    for at, text in texts_of(content).items():
        if not text.isascii() and (missing := fonts.missing(tidy(text))):
            return fonts.cannot_print(missing, at)
    return None


def _rule(pen: Pen, y: float) -> None:
    pen.bar(LEFT, y, WIDE, _RULE)


def _head(pen: Pen, content: LabelContent) -> None:
    """Who carries it, and what is to be collected."""
    _rule(pen, 3)
    box = pen.box(LEFT + 1, 4.5, 51, 12)
    ladder = (22, 18, 15, 12, 10, 8)
    pen.texts([tidy(content.carrier)], box, ladder, BOLD, pointers=["/carrier"], is_middle=True)
    x, y, width, height = 57.6, 4.5, 41.0, 12.0
    if content.cod:
        pen.bar(x, y, width, height)
        amount = tidy(_money(content, pen.face.rupee))
        inside = pen.box(x + 1, y + 0.8, width - 2, 4)
        pen.texts(["COLLECT CASH"], inside, (9,), BOLD, pointers=[""], **_STAMP)
        inside = pen.box(x + 1, y + 4.9, width - 2, 6.6)
        pen.texts([amount], inside, (18, 15, 12, 9, 7), BOLD, pointers=["/cod/amount"], **_STAMP)
    elif content.is_prepaid:
        pen.frame(x, y, width, height, 0.6)
        inside = pen.box(x + 1, y + 1, width - 2, height - 2)
        pen.texts(["PREPAID"], inside, (19,), BOLD, pointers=[""], is_centred=True)


_STAMP: Mapping[str, bool] = {"is_centred": True, "is_white": True}


def _money(content: LabelContent, rupee: str) -> str:
    if content.cod is None:
        return ""
    sign = rupee if content.cod.currency == "INR" else f"{content.cod.currency} "
    whole, dot, rest = content.cod.amount.partition(".")
    return f"{sign}{_grouped(whole)}{dot}{rest}"


def _grouped(digits: str) -> str:
    """As people here write it: 1,25,499."""
    if not (digits.isascii() and digits.isdecimal() and len(digits) > 3):
        return digits
    pairs, last = digits[:-3], digits[-3:]
    odd = len(pairs) % 2
    groups = [pairs[:odd], *(pairs[n : n + 2] for n in range(odd, len(pairs), 2)), last]
    return ",".join(filter(None, groups))


def _waybill(pen: Pen, content: LabelContent) -> None:
    """The waybill number, for scanners and for eyes."""
    _rule(pen, 18)
    box = pen.box(LEFT, 20, WIDE, 19)
    code = codes.waybill(content.awb, pen.face.dpi, box.width)
    if isinstance(code, Problem):
        return pen.refuse(code)
    pen.code(code, box.x + (box.width - code.width) // 2, box.y, box.height)
    below = pen.box(LEFT, 39.8, WIDE, 5.6)
    pen.texts(
        *([f"AWB {content.awb}"], below, (13, 11, 9, 7), BOLD),
        pointers=["/awb"],
        is_centred=True,
    )
    return _rule(pen, 46)


def _standard(pen: Pen, content: LabelContent) -> None:
    pen.line("DELIVER TO", LEFT + 1, 50.2, _CAPTION, BOLD)
    y = pen.texts(
        *([tidy(content.name)], pen.box(LEFT + 1, 51.6, WIDE - 2, 14), _NAME, BOLD),
        pointers=["/name"],
    )
    top = max(y + pen.dots(1.2), pen.dots(58))
    bottom = pen.dots(89.5)
    box = Box(pen.dots(LEFT + 1), top, pen.dots(WIDE - 2), bottom - top)
    _address(pen, content, box, _ADDRESS)
    _pin_and_phone(pen, content)
    _rule(pen, 101)
    code = _token(pen, content, pen.box(67.6, 102.5, 31, 27))
    _reference(pen, content, pen.box(LEFT + 1, 103, 62, 16), pen.box(LEFT + 1, 119.6, 62, 9))
    if code:
        box = pen.box(67.6, 129.4, 31, 3.4)
        pen.texts(["SCAN: COURIER APP"], box, (6.5,), BOLD, pointers=[""], is_centred=True)


def _pin_and_phone(pen: Pen, content: LabelContent) -> None:
    pin, phone = tidy(content.pincode), tidy(content.phone)
    if pin:
        box = pen.box(LEFT + 1, 90.4, 46, 9.6)
        pen.texts([f"PIN {pin}"], box, (24, 20, 16, 12, 9), BOLD, pointers=["/pincode"])
    if phone:
        lines = _call(phone)
        top = 93.6 if len(lines) == 1 else 92
        pen.line("PHONE", 52.6, top, _CAPTION, BOLD)
        box = pen.box(52.6, top + 0.8, 45, 99.8 - top)
        pointers = ["/phone"] * len(lines)
        pen.texts(lines, box, (14, 12, 10, 8, 7), BOLD, pointers=pointers)


def _call(phone: str) -> list[str]:
    """The number, and what is keyed in after it: said so, for a PIN is a postal code, too."""
    virtual = read(phone)
    if virtual is None or not virtual[1]:
        return [phone]
    return [virtual[0], f"then key in {virtual[1]}"]


def _privacy(pen: Pen, content: LabelContent) -> None:
    _token(pen, content, pen.box(LEFT, 47.4, 46, 46))
    x, width = 51.0, 46.6
    words = ["Scan for", "delivery details"]
    pen.texts(words, pen.box(x, 49, width, 15), (18, 16, 14, 12), BOLD, pointers=["", ""])
    pen.texts(
        *(["with the courier's app"], pen.box(x, 64.4, width, 5), (9, 8), REGULAR), pointers=[""]
    )
    pin = tidy(content.pincode)
    if pin:
        pen.line("PIN", x, 74.2, _CAPTION, BOLD)
        box = pen.box(x, 75.2, width, 12)
        pen.texts([pin], box, (34, 28, 22, 16, 12), BOLD, pointers=["/pincode"])
    place = _place(content)
    pen.texts([place], pen.box(x, 87.2, width, 6.4), (11, *_SMALL), BOLD, pointers=["/city"])
    _rule(pen, 94.6)
    pen.line("DELIVER TO", LEFT + 1, 98.6, _CAPTION, BOLD)
    y = pen.texts(
        *([tidy(content.name)], pen.box(LEFT + 1, 99.8, 54, 7), (14, 12, 10, 9, 7), BOLD),
        pointers=["/name"],
    )
    phone = tidy(content.phone)
    if phone:
        lines = _call(phone)
        pen.line("PHONE", 62, 98.6, _CAPTION, BOLD)
        box = pen.box(62, 99.8, 36, 6 if len(lines) == 1 else 8.4)
        pointers = ["/phone"] * len(lines)
        y = max(y, pen.texts(lines, box, (13, 11, 9, 7), BOLD, pointers=pointers))
    top = max(y, pen.dots(106)) + pen.dots(0.8)
    box = Box(pen.dots(LEFT + 1), top, pen.dots(WIDE - 2), pen.dots(121) - top)
    _address(pen, content, box, (11, 10, 9, 8, 7, 6.5), is_short=True)
    _rule(pen, 121.8)
    _reference(pen, content, pen.box(LEFT + 1, 123, 58, 9.4), pen.box(64, 123, 34, 9.4))


_BODIES: Mapping[Layout, Callable[[Pen, LabelContent], None]] = {
    Layout.STANDARD: _standard,
    Layout.PRIVACY: _privacy,
}


def _address(
    pen: Pen, content: LabelContent, box: Box, ladder: tuple[float, ...], *, is_short: bool = False
) -> None:
    """The lines, then the place; on the privacy layout the place stands elsewhere."""
    named = [(tidy(each), f"/lines/{n}") for n, each in enumerate(content.lines)]
    if not is_short:
        named += [(_place(content), "/city")]
    pen.texts([text for text, _ in named], box, ladder, pointers=[at for _, at in named])


def _place(content: LabelContent) -> str:
    country = content.country if content.country not in {"IN", "India", None} else ""
    return ", ".join(filter(None, map(tidy, (content.city, content.state, country))))


def _reference(pen: Pen, content: LabelContent, order: Box, reprint: Box) -> None:
    """The order as this hop knows it, and whether this is a reprint."""
    if content.order:
        _captioned(pen, "ORDER", tidy(content.order), "/order", order)
    if content.copy > 1:
        _captioned(pen, "REPRINT", f"copy {content.copy}", "/copy", reprint)


def _captioned(pen: Pen, title: str, text: str, pointer: str, box: Box) -> None:
    below = pen.texts([title], box, (_CAPTION,), BOLD, pointers=[""]) + pen.dots(0.5)
    rest = Box(box.x, below, box.width, box.y + box.height - below)
    pen.texts([text], rest, (12, 10, *_SMALL), BOLD, pointers=[pointer])


def _token(pen: Pen, content: LabelContent, box: Box) -> Code | None:
    """The token, in the middle of its box."""
    room = min(box.width, box.height)
    code = codes.token(content.token, content.symbol, pen.face.dpi, room)
    if isinstance(code, Problem):
        pen.refuse(code)
        return None
    height = code.rows * code.module
    pen.code(code, box.x + (box.width - code.width) // 2, box.y + (box.height - height) // 2)
    return code


def _foot(pen: Pen, content: LabelContent) -> None:
    """Where it goes back to."""
    _rule(pen, 133)
    pen.line("IF UNDELIVERED, RETURN TO", LEFT + 1, 136.8, _CAPTION, BOLD)
    sender = content.sender
    box = pen.box(LEFT + 1, 137.8, WIDE - 2, 4.2)
    pen.texts([tidy(sender.name)], box, (10, *_SMALL), BOLD, pointers=["/sender/name"])
    box = pen.box(LEFT + 1, 142, WIDE - 2, 7.2)
    pointers = [f"/sender/lines/{n}" for n in range(len(sender.lines))]
    pen.texts([*map(tidy, sender.lines)], box, _SMALL, pointers=pointers)
