"""The fonts that paper is set in, and what they can write.

Rules kept here:
- fonts come out of their packages and out of the operator's own folder (ORDERVEIL_FONTS), never
  from the system: the same text makes the same paper everywhere;
- a font that lacks a character prints a box and says nothing, so what is covered is read from the
  fonts themselves (`cmap`), and a text that isn't covered is refused by the name of its script.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import typst
from django.conf import settings
from fontpkg import family

from orderveil.core.errors import OrderveilError, Problem
from orderveil.hops.printing.cmap import characters

_SCRIPTS = ("", "Devanagari", "Tamil", "Telugu", "Arabic", "Thai")
_BENGALI = ("justmytype_intl_south_asia", "fonts/ofl/notosansbengali")

# Drawn by no font: spaces, line ends, joiners and other format characters.
_INVISIBLE = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Library:
    """What paper may be set in."""

    folders: tuple[Path, ...]
    families: tuple[str, ...]
    """In the order in which a character is looked for."""
    covered: frozenset[int]
    read: typst.Fonts
    """What the typesetter is given. A file is read when a letter of it is first wanted."""


def library() -> Library:
    """The packages' fonts and the operator's own."""
    return _library(settings.FONTS)


def can_print(text: str) -> bool:
    """Have our fonts every character of it?"""
    return text.isascii() or not missing(text)


def missing(text: str) -> frozenset[str]:
    """What no font of ours can write: names of scripts, and numbers of single characters."""
    covered = library().covered
    return frozenset(
        _named(letter)
        for letter in set(text)
        if ord(letter) not in covered and unicodedata.category(letter) not in _INVISIBLE
    )


def cannot_print(lacking: frozenset[str], pointer: str = "") -> Problem:
    """The refusal of a text with characters that no font has."""
    return Problem(
        code="script_not_printable",
        detail=f"No font here can write: {', '.join(sorted(lacking))}.",
        remedy="Put a font that has it into the folder that ORDERVEIL_FONTS names, "
        "or have the value corrected.",
        pointer=pointer,
        rule="paper is never printed with boxes in place of letters",
    )


def _named(letter: str) -> str:
    """The script of a letter; of anything else its number."""
    if unicodedata.category(letter)[0] in "LM":
        return unicodedata.name(letter, "unnamed").split()[0].split("-")[0].capitalize()
    return f"U+{ord(letter):04X}"


@cache
def _library(own: Path | None) -> Library:
    folders = (*_packaged(), *([own] if own else ()))
    found = [
        (each.family, Path(each.path), each.index)
        for folder in folders
        for each in _read(folder).fonts()
        if each.path
    ]
    if own and not any(own in path.parents for _, path, _ in found):
        raise OrderveilError(
            "The folder that ORDERVEIL_FONTS names holds no font.",
            remedy="Put .ttf or .otf files into it, or unset the variable.",
        )
    return Library(
        folders=folders,
        families=tuple(dict.fromkeys(name for name, _, _ in found)),
        covered=frozenset().union(*(characters(path.read_bytes(), i) for _, path, i in found)),
        read=_read(*folders),
    )


def _read(*folders: Path) -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=list(folders)
    )


def _packaged() -> Iterator[Path]:
    """The folders of the packages' fonts, Latin first."""
    for script in _SCRIPTS:
        yield from dict.fromkeys(file.path.parent for file in family(f"Noto Sans {script}").files)
    package, folder = _BENGALI
    spec = find_spec(package)  # the package's code is not needed, only where it lies
    if spec is None or spec.origin is None:
        raise OrderveilError(
            "The font for Bengali is not installed.", remedy=f"Install {package.replace('_', '-')}."
        )
    yield Path(spec.origin).parent / folder
