"""The guard: what of a message names a buyer, and where. Never the value.

Rules kept here:
- a message that can't be read with certainty is refused, never waved through;
- first the keys: one that names a buyer is refused whatever it holds, unless that is nothing;
- then the shapes: a known key with a value of its shape is fine;
- then the detector, on what is left of the record, together: a name alone is nobody;
- a place names keys and positions; a key that could itself be somebody's is shown as `***`.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from orderveil.core.detect import judge
from orderveil.core.detect.keys import facts_of
from orderveil.core.errors import Place, Problem, RefusedError
from orderveil.core.jsonwalk import pointer_of
from orderveil.hops.ims import buyers, shape
from orderveil.hops.ims.reading import Field, Record, UnreadableError, records_of
from orderveil.hops.ims.reading.kinds import kind_of

MOST_PLACES = 100
MOST_COUNTED = 1000
"""Once so many are found the rest is not looked at: it is refused as it is."""

_PLAIN_KEY = re.compile(r"#?[A-Za-z][A-Za-z_.:-]{0,40}[0-9]{0,3}(?:\[[0-9]{1,7}\])?")
_HIDDEN = "***"
_MARKS = frozenset({"#text"})
_KEY_RULES = {"buyer": "key: names a buyer"}
MOST_KEYS = 50_000


@dataclass(slots=True)
class Checked:
    """What was found: the first `MOST_PLACES` places, how many there are, and of which kinds."""

    places: list[Place] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)

    @property
    def is_clean(self) -> bool:
        """True if nothing was found."""
        return not self.kinds

    @property
    def more(self) -> int:
        """How many places were found beyond those that are told."""
        return self.kinds.total() - len(self.places)

    def add(self, found: Iterable[Place]) -> None:
        """Count what was found, and keep the first of it."""
        for place in found:
            self.kinds[place.kind] += 1
            if len(self.places) < MOST_PLACES:
                self.places.append(place)


def check(body: bytes, content_type: str, texts: Sequence[tuple[str, str, str]] = ()) -> Checked:
    """What names a buyer in a body (empty: there is none) and in the `texts` beside it.

    A text beside it is (where, key, text): ("query", "sku", "KUR-1"). Raises `RefusedError` (415,
    422) for what can't be read.
    """
    checked = Checked()
    checked.add(_places([Field((where,), key, f"/{key}", text) for where, key, text in texts]))
    if not body:
        return checked
    kind = kind_of(content_type)
    if kind is None:
        raise RefusedError(WRONG_TYPE)
    keys: set[str] = set()
    try:
        for record in records_of(kind, body):
            keys.update(each.path for each in record)
            if len(keys) > MOST_KEYS:
                raise UnreadableError("too_many_keys", f"It has over {MOST_KEYS} keys.")  # noqa: TRY301
            checked.add(_places(record))
            if checked.kinds.total() >= MOST_COUNTED:
                break
    except UnreadableError as error:
        raise RefusedError(unreadable(error)) from None
    return checked


def _places(record: Record) -> Iterator[Place]:
    rest: Record = []
    for each in record:
        kind = buyers.named_by(each.path)
        if kind is not None and not _says_nothing(each):
            yield Place(_pointer(each), kind, _KEY_RULES.get(kind, f"key: names a buyer's {kind}"))
        elif facts_of(each.path).suspicious or not shape.is_fine(each):
            rest.append(each)
    if not rest:
        return
    for found in judge([(each.path, each.value) for each in rest]):
        if found.blocks:
            place = _pointer(rest[found.field], is_key=found.in_key)
            yield Place(place, str(found.kind), f"value: {found.rule}")


def _says_nothing(each: Field) -> bool:
    text = str(each.value or "").strip()
    return not text or buyers.is_counted(each.path, text)


def _pointer(each: Field, *, is_key: bool = False) -> str:
    shown = [_shown(name) for name in each.names if name not in _MARKS]
    if is_key and shown:
        shown = [name if isinstance(name, int) or name in _SAFE else _HIDDEN for name in shown]
    return pointer_of(shown)


_SAFE = frozenset({"query", "path", "headers", "row"})


def _shown(name: str | int) -> str | int:
    """A key as it may be told: an identifier or one of our words; else nothing of it."""
    if isinstance(name, str):
        name = name.removeprefix("@")  # an attribute of XML
    if isinstance(name, int) or _PLAIN_KEY.fullmatch(name):
        return name
    return name if buyers.is_listed(name) else _HIDDEN


def unreadable(error: UnreadableError) -> Problem:
    """What to answer where a message can't be read."""
    return Problem(
        code="unreadable",
        detail=f"The message can't be read with certainty. {error.detail}",
        remedy="Send well-formed JSON, XML or CSV in UTF-8, without what is named here.",
        rule=f"inventory: what can't be checked is not passed on ({error.code})",
    )


WRONG_TYPE = Problem(
    code="unsupported_type",
    detail="Only JSON, XML and CSV in UTF-8 can be checked, as they are and not compressed.",
    remedy="Say which in Content-Type: application/json, application/xml or text/csv.",
    rule="inventory: what can't be checked is not passed on",
    status=415,
)


def refusal(checked: Checked) -> Problem:
    """The 422 that names each place, its kind and its rule; never a value."""
    count = checked.kinds.total()
    return Problem(
        code="buyer_field",
        detail=f"The message holds what belongs to a buyer, at {count} places.",
        remedy="Leave these out: an inventory system needs sku, quantity, warehouse and ref.",
        pointer=checked.places[0].pointer,
        rule="floor: an inventory system holds no buyer",
        places=tuple(checked.places),
        more=checked.more,
    )
