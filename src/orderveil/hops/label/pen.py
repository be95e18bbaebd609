"""Drawing a label piece by piece: millimetres in, dots out, and what was wrong on the way."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from math import ceil

from orderveil.core.errors import Problem
from orderveil.hops.label.codes import Code
from orderveil.hops.label.drawing import Bar, Drawing, Placed, Text
from orderveil.hops.label.faces import REGULAR, Face
from orderveil.hops.label.fitting import Box, Overflow, fit, overflow

_MM = 25.4


@dataclass(slots=True)
class Pen:
    """One label in the making. The first problem is the one that is told."""

    face: Face
    problem: Problem | None = None
    _texts: list[Text] = field(default_factory=list)
    _bars: list[Bar] = field(default_factory=list)
    _codes: list[Placed] = field(default_factory=list)

    def dots(self, millimetres: float) -> int:
        """A length on this printer."""
        return _dots(self.face.dpi, millimetres)

    def box(self, x: float, y: float, width: float, height: float) -> Box:
        """A box given in millimetres."""
        return _box(self.face.dpi, x, y, width, height)

    def bar(self, x: float, y: float, width: float, height: float) -> None:
        """A black rectangle."""
        self._bars.append(Bar(*self.box(x, y, width, height)))

    def frame(self, x: float, y: float, width: float, height: float, line: float) -> None:
        """Four bars around a box."""
        self.bar(x, y, width, line)
        self.bar(x, y + height - line, width, line)
        self.bar(x, y, line, height)
        self.bar(x + width - line, y, line, height)

    def line(self, text: str, x: float, y: float, points: float, weight: int = REGULAR) -> None:
        """A text of ours, whose baseline starts there."""
        self._texts.append(
            Text(self.dots(x), self.dots(y), points, weight, False, False, text)  # noqa: FBT003
        )

    def texts(
        self,
        paragraphs: Sequence[str],
        box: Box,
        ladder: Sequence[float],
        weight: int = REGULAR,
        *,
        pointers: Sequence[str],
        is_centred: bool = False,
        is_middle: bool = False,
        is_white: bool = False,
    ) -> int:
        """Texts fitted into a box; what has no room becomes the label's problem.

        `is_centred`: in width and height; `is_middle`: in height only.
        Returns the dot below the last line.
        """
        kept = [(text, at) for text, at in zip(paragraphs, pointers, strict=True) if text]
        fitted = fit([text for text, _ in kept], box, ladder, weight, self.face)
        if isinstance(fitted, Overflow):
            self.refuse(overflow(kept[fitted.paragraph][1]))
            return box.y
        bottom = box.y
        slack = 0
        if (is_centred or is_middle) and fitted.lines:
            slack = (box.height - fitted.lines[-1].y - fitted.lines[-1].below) // 2
        for text, y, below, width, rtl in fitted.lines:
            left = box.width - width if rtl else 0
            x = box.x + int((box.width - width) / 2 if is_centred else left)
            at = box.y + slack + y
            self._texts.append(Text(x, at, fitted.points, weight, is_white, rtl, text, ceil(width)))
            bottom = at + below
        return bottom

    def code(self, code: Code, x: int, y: int, height: int = 0) -> None:
        """A code whose first module stands there; lines are as tall as told."""
        self._codes.append(Placed(code, x, y, code.width, height or code.rows * code.module))

    def refuse(self, problem: Problem) -> None:
        """This label will not be printed."""
        self.problem = self.problem or problem

    def drawn(self) -> Drawing | Problem:
        """The label, or why there is none."""
        return self.problem or Drawing(self._texts, self._bars, self._codes)


# The millimetres are the layouts' own: a few hundred, the same on every label.
@cache
def _dots(dpi: int, millimetres: float) -> int:
    return round(millimetres * dpi / _MM)


@cache
def _box(dpi: int, *millimetres: float) -> Box:
    return Box(*(_dots(dpi, each) for each in millimetres))
