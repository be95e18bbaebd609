"""A cursor over decoded JSON that knows its pointer and remembers what was claimed.

Rules kept here:
- null, an empty text and an absent key are the same: absent (shops send null for what they
  withhold; PHP sends `[]` for an empty object);
- a wrong type is a refusal with a pointer, never a guess; a whole number passes for a text only
  where shops do so (ids, phones, PINs);
- a value that no field claims is counted, and nothing else is kept of it;
- pointers are made of the names the parser asked for and of indexes: never of the payload's text.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, NoReturn

from orderveil.core.money import plain_decimal
from orderveil.hops.storefront.moments import read_moment
from orderveil.hops.storefront.refusing import refuse

MAX_TEXT = 10_000
MAX_CODE = 255
MAX_ITEMS = 1_000
MAX_PARCELS = 200
MAX_ORDERS = 1_000
MAX_VALUES = 100_000
MAX_DEPTH = 64
MAX_INTEGER = 2**31 - 1
_LIMITS = "storefront limits"
_NUMBER = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,30})?")


def count_values(payload: Any, pointer: str = "") -> int:
    """How many values (scalars that are not null or empty) the payload holds, keys left aside.

    Refuses more than 100,000 values and more than 64 levels.
    """
    total, depth = 0, 0
    level = [payload]
    while level:
        deeper: list[Any] = []
        for node in level:
            # Decoders make exact types; `is` counts a large payload twice as fast as isinstance.
            kind = type(node)
            if kind is dict:
                deeper.extend(node.values())
            elif kind is list:
                deeper.extend(node)
            elif kind is str:
                total += bool(node) and not node.isspace()
            elif node is not None:
                total += 1
        if total > MAX_VALUES or len(deeper) > MAX_VALUES:
            _refuse_limit("too_many_values", f"more than {MAX_VALUES} values", pointer)
        level, depth = deeper, depth + 1
        if depth > MAX_DEPTH:
            _refuse_limit("too_deep", f"more than {MAX_DEPTH} levels", pointer)
    return total


def _says_something(value: Any) -> bool:
    if isinstance(value, str):
        return bool(value) and not value.isspace()
    return value is not None


def _refuse_limit(code: str, what: str, pointer: str) -> NoReturn:
    refuse(
        code,
        f"There are {what} here.",
        "Send less: a payload this large is not an order.",
        pointer=pointer,
        rule=_LIMITS,
    )


class Tally:
    """What was claimed of one payload. Containers are told apart by identity while it lives."""

    __slots__ = ("claimed", "root")

    def __init__(self, root: Any) -> None:
        self.root = root
        self.claimed: set[tuple[int, str | int]] = set()


class Reader:
    """A JSON object under reading. All readers made from one payload share its tally."""

    __slots__ = ("_claimed", "_node", "_tally", "pointer")

    def __init__(self, node: Any, pointer: str = "", tally: Tally | None = None) -> None:
        self.pointer = pointer
        self._node = _object(node, pointer)
        self._tally = tally or Tally(node)
        self._claimed = self._tally.claimed

    def at(self, key: str) -> str:
        """The pointer of a value of this object."""
        return f"{self.pointer}/{key}"

    def dropped(self) -> int:
        """How many values of the whole payload nothing has claimed."""
        return count_values(self._tally.root, self.pointer) - len(self._claimed)

    def claim(self, key: str) -> None:
        """Say that a field has the value under `key`, or repeats it."""
        self._claim_in(self._node, key, self._node.get(key))

    def _claim_in(self, container: Any, key: str | int, value: Any) -> None:
        if not isinstance(value, dict | list) and _says_something(value):
            self._claimed.add((id(container), key))

    def _take(self, key: str, *, claim: bool) -> Any:
        value = self._node.get(key)
        if isinstance(value, str):
            value = value.strip() or None
        # An object or a list is claimed here too, but then its reader refuses it.
        if claim and value is not None:
            self._claimed.add((id(self._node), key))
        return value

    def text(self, key: str, *, claim: bool = True, limit: int = MAX_TEXT) -> str | None:
        """A trimmed text, or None. Refuses other types, NUL, lone surrogates, more than `limit`."""
        value = self._take(key, claim=claim)
        if value is None:
            return None
        if not isinstance(value, str):
            self._refuse_type(key, "a text")
        if value.isascii() and len(value) <= limit and "\0" not in value:
            return value
        return check_text(value, self.at(key), limit=limit)

    def code(self, key: str, *, claim: bool = True, limit: int = MAX_CODE) -> str | None:
        """An id, a phone or a PIN: a text, or a whole number that a shop sent for one."""
        value = self._node.get(key)
        if isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) <= 20:
            value = int(value) if value == int(value) else value
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**20:
            if claim:
                self.claim(key)
            return str(value)
        return self.text(key, claim=claim, limit=limit)

    def integer(self, key: str, *, claim: bool = True) -> int | None:
        """A whole number from 0 to 2**31 - 1; digits in a text pass too."""
        value = self._take(key, claim=claim)
        if value is None:
            return None
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 10:
            value = int(value)
        if isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) <= 10:
            value = int(value) if value == int(value) else value
        if isinstance(value, bool) or not isinstance(value, int):
            self._refuse_type(key, "a whole number")
        if not 0 <= value <= MAX_INTEGER:
            self._refuse_type(key, f"a whole number from 0 to {MAX_INTEGER}")
        return value

    def decimal_string(self, key: str, *, claim: bool = True) -> str | None:
        """Money: a plain decimal string, as the shop wrote it."""
        value = self._take(key, claim=claim)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
            self._refuse_type(key, "an amount")
        return plain_decimal(value) or self._refuse_type(key, 'an amount such as "1499.00"')

    def moment(
        self, key: str, *, naive_is_utc: bool = False, claim: bool = True
    ) -> datetime | None:
        """A moment, aware, UTC: ISO 8601 with an offset, or seconds or milliseconds since 1970."""
        value = self._take(key, claim=claim)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
            self._refuse_type(key, "a date and time")
        moment = read_moment(value, naive_is_utc=naive_is_utc)
        return moment or self._refuse_type(key, "a date and time with its offset")

    def flag(self, key: str) -> bool:
        """True or false; absent is false."""
        value = self._take(key, claim=True)
        if value is not None and not isinstance(value, bool):
            self._refuse_type(key, "true or false")
        return bool(value)

    def into(self, key: str) -> "Reader":
        """The object under `key`; an empty one if it is absent."""
        return Reader(self._node.get(key), self.at(key), self._tally)

    def each(self, key: str, *, limit: int = MAX_ITEMS) -> Iterator["Reader"]:
        """The objects of the list under `key`; nulls among them are passed over."""
        for position, node in enumerate(self._list(key, limit)):
            if node is not None:
                yield Reader(node, f"{self.at(key)}/{position}", self._tally)

    def number(self, key: str) -> str | None:
        """A number as it was written, such as a latitude."""
        value = self._take(key, claim=True)
        if value is None:
            return None
        text = "" if isinstance(value, bool | dict | list) else str(value)
        return text if _NUMBER.fullmatch(text) else self._refuse_type(key, "a number")

    def texts(self, key: str, *, limit: int = MAX_ITEMS) -> Iterator[str]:
        """The short texts of the list under `key`."""
        nodes = self._list(key, limit)
        for position, node in enumerate(nodes):
            pointer = f"{self.at(key)}/{position}"
            if node is None:
                continue
            if not isinstance(node, str):
                _refuse_type(pointer, "a text")
            self._claim_in(nodes, position, node)
            if node.strip():
                yield check_text(node.strip(), pointer, limit=MAX_CODE)

    def codes(self, key: str, *, limit: int = MAX_VALUES) -> Iterator[str]:
        """The ids of the list under `key`: texts or whole numbers."""
        for position, node in enumerate(self._list(key, limit)):
            entry = Reader({"id": node}, f"{self.at(key)}/{position}").code("id")
            if entry is not None:
                yield entry

    def leaves(self, key: str) -> Iterator[str]:
        """Every value under `key` as a text, whatever its shape, for attributes of any kind."""
        stack: list[tuple[Any, Any]] = [(self._node, key)]
        while stack:
            parent, name = stack.pop()
            value = parent.get(name) if isinstance(parent, dict) else parent[name]
            if isinstance(value, dict):
                stack.extend((value, inner) for inner in reversed(value))
            elif isinstance(value, list):
                stack.extend((value, inner) for inner in reversed(range(len(value))))
            elif _says_something(value):
                self._claim_in(parent, name, value)
                yield check_text(_spell(value), self.at(key), limit=MAX_TEXT)

    def _list(self, key: str, limit: int) -> list[Any]:
        value = self._node.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            self._refuse_type(key, "a list")
        if len(value) > limit:
            _refuse_limit("too_many", f"more than {limit} entries", self.at(key))
        return value

    def _refuse_type(self, key: str, wanted: str) -> NoReturn:
        _refuse_type(self.at(key), wanted)


def _spell(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).strip()


def _object(node: Any, pointer: str) -> dict[str, Any]:
    if node is None or node == []:
        return {}
    if not isinstance(node, dict):
        _refuse_type(pointer, "an object")
    return node


def _refuse_type(pointer: str, wanted: str) -> NoReturn:
    refuse(
        "wrong_type",
        f"This value should be {wanted}.",
        f"Send {wanted}, or null.",
        pointer=pointer,
        rule="storefront types",
    )


def check_text(value: str, pointer: str, *, limit: int) -> str:
    """The text itself; refuses NUL characters, lone surrogates and more than `limit` characters."""
    if "\0" in value:
        _refuse_character("nul_character", "a NUL character", pointer)
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            _refuse_character("lone_surrogate", "half of a surrogate pair", pointer)
    if len(value) > limit:
        _refuse_limit("too_long", f"more than {limit} characters", pointer)
    return value


def _refuse_character(code: str, what: str, pointer: str) -> NoReturn:
    refuse(
        code,
        f"This text holds {what}.",
        "Remove it where the text is written; no shop's form can produce it.",
        pointer=pointer,
        rule="RFC 8259 section 8",
    )
