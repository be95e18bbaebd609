"""A personal value that refuses to print, log, pickle or serialise itself.

`Personal` is a fence against accidents, not against code that wants the value: `.reveal()` is
the one way out, and a test rations its callers to named files.
"""

from typing import NoReturn, final


@final
class Personal:
    """A personal value on its way to or from the vault.

    Comparable and hashable by value inside the process; every way of turning it into text,
    bytes or JSON raises `TypeError`, so a careless f-string fails in a test instead of leaking.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself. Calls to this method are rationed: see tests/test_house.py."""
        return self._value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Personal) and other._value == self._value

    def __hash__(self) -> int:
        return hash((Personal, self._value))

    def __bool__(self) -> bool:
        return bool(self._value)

    def _refuse(self, *_args: object) -> NoReturn:
        msg = "a personal value can't be printed, logged, pickled or serialised"
        raise TypeError(msg)

    __str__ = __repr__ = __format__ = _refuse
    __bytes__ = __iter__ = __len__ = __index__ = _refuse
    __reduce__ = __reduce_ex__ = __getstate__ = __copy__ = __deepcopy__ = _refuse
