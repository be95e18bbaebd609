"""Labelled cases for the detector: what it must find and where, what it must not find.

Rules kept here:
- one seed, one corpus: the tests and the benchmark judge the same cases;
- nothing of the detector is used to make them; a hit is a (kind, start, end), so that any
  detector can be judged;
- a number that says nothing of itself is asked for only where something else does: six digits are
  a PIN code beside a key, a label or a town; twelve digits in one run are an Aadhaar number beside
  a word, for couriers and barcodes have twelve as well; names and addresses in any script beside a
  key or a label, in Latin and Devanagari without.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from random import Random

from .disguises import DISGUISES
from .framed import BARE, INLINE, KEYS, LABELS, PROSE
from .lookalikes import LOOKALIKES
from .made import MAKERS, NATIVE, printed_aadhaar

Found = tuple[str, int, int]
"""Kind, start, end."""

KINDS = tuple(MAKERS)
CHECKED = ("CARD", "AADHAAR", "GSTIN", "IBAN")
"""Kinds with a checksum."""
FORMS = ("bare", "keyed", "labelled", "inline", "prose")
LOOSE = frozenset({"ADDRESS", "NAME"})
"""Kinds without sharp ends: half of what is expected is enough."""
_BESIDE = {"ADDRESS": {"PINCODE", "NAME"}, "PINCODE": {"ADDRESS"}, "NAME": {"ADDRESS"}}
"""What may be found beside a kind, or instead of a part of it."""
_PARTS = {"ADDRESS": {"PINCODE"}}
"""What is a part of a kind, and may be told for itself."""


@dataclass(frozen=True, slots=True)
class Case:
    """`before + value + after` under the key path `context`."""

    sort: str
    """The kind that it holds, or the name of what only looks like one."""
    form: str
    before: str
    value: str
    after: str
    context: str | None
    forbidden: frozenset[str]
    """Kinds that are a false alarm, anywhere in the text."""

    @property
    def text(self) -> str:
        """What the detector is given."""
        return f"{self.before}{self.value}{self.after}"

    @property
    def expected(self) -> tuple[Found, ...]:
        """What it has to find."""
        start = len(self.before)
        return ((self.sort, start, start + len(self.value)),) if self.sort in MAKERS else ()


def positives(kind: str, count: int, seed: int = 0) -> Iterator[Case]:
    """Cases that hold one value of the kind, in every form by turns."""
    rng = Random(f"{kind} {seed}")
    forms = forms_of(kind)
    for number in range(count):
        yield positive(kind, forms[number % len(forms)], rng)


def positive(kind: str, form: str, rng: Random) -> Case:
    """One such case."""
    make = _maker(kind, form, rng)
    forbidden = frozenset(KINDS) - {kind} - _BESIDE.get(kind, set())
    key = rng.choice(KEYS[kind])
    before, after = _frame(kind, form, key, rng)
    context = key if form == "keyed" else None
    return Case(kind, form, before, make(rng), after, context, forbidden)


def forms_of(kind: str) -> list[str]:
    """The forms in which that kind tells what it is."""
    return [form for form in FORMS if form != "bare" or kind in BARE]


def _maker(kind: str, form: str, rng: Random) -> Callable[[Random], str]:
    if (kind, form) == ("AADHAAR", "bare"):
        return printed_aadhaar
    if kind in NATIVE and form in {"keyed", "labelled", "inline"} and rng.random() < 0.15:
        return NATIVE[kind]
    return MAKERS[kind]


def _frame(kind: str, form: str, key: str, rng: Random) -> tuple[str, str]:
    if form in {"bare", "keyed"}:
        return "", ""
    mark = "\0"
    if form == "inline":
        shape = rng.choice(INLINE).format(key=key.strip("/").replace("/", "_"), value=mark)
    else:
        shape = rng.choice(LABELS[kind] if form == "labelled" else PROSE[kind]).format(mark)
    before, _, after = shape.partition(mark)
    return before, after


def disguised(case: Case, disguise: str, rng: Random) -> Case:
    """The same case with its value disguised."""
    return replace(case, value=DISGUISES[disguise](rng, case.sort, case.value))


def negatives(name: str, count: int, seed: int = 0) -> Iterator[Case]:
    """Values that are nobody's, bare, keyed and labelled by turns."""
    rng, forms = Random(f"{name} {seed}"), negative_forms(name)
    for number in range(count):
        yield negative(name, forms[number % len(forms)], rng)


def negative_forms(name: str) -> tuple[str, ...]:
    """The forms in which that is met."""
    return ("bare", "keyed", "labelled") if LOOKALIKES[name].labels else ("bare", "keyed")


def negative(name: str, form: str, rng: Random) -> Case:
    """One such case. With a key or a label nothing may be found; bare, what `Lookalike` says."""
    looks = LOOKALIKES[name]
    before = after = ""
    if form == "labelled":
        before, _, after = rng.choice(looks.labels).partition("{}")
    context = rng.choice(looks.keys) if form == "keyed" else None
    forbidden = looks.bare if form == "bare" else frozenset(KINDS)
    return Case(name, form, before, looks.make(rng), after, context, forbidden)


def missed(case: Case, hits: Iterable[Found], *, exact: bool = True) -> list[Found]:
    """What was expected and is not among the hits.

    Exact: at exactly that place, or for `LOOSE` kinds over half of it. Else: anywhere on it.
    """
    hits = list(hits)
    return [one for one in case.expected if not _is_found(one, hits, exact)]


def _is_found(expected: Found, hits: list[Found], exact: bool) -> bool:
    kind, start, end = expected
    own = [hit for hit in hits if hit[0] == kind and _common(expected, hit)]
    if kind not in LOOSE or not exact:
        return any(hit[1:] == (start, end) or not exact for hit in own)
    parts = [hit for hit in hits if hit[0] in _PARTS.get(kind, ())]
    return bool(own) and 2 * sum(_common(expected, hit) for hit in own + parts) >= end - start


def _common(one: Found, other: Found) -> int:
    return max(0, min(one[2], other[2]) - max(one[1], other[1]))


def alarms(case: Case, hits: Iterable[Found]) -> list[Found]:
    """The hits that are forbidden there."""
    return [hit for hit in hits if hit[0] in case.forbidden]
