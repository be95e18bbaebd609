"""What can be wrong, said so that a human knows what to do next.

A refusal is a value with a reason; an exception is a fault. `Problem` is the value: it names
what was wrong, where (a JSON pointer, RFC 6901), which rule, and the remedy. It never holds the
offending value, because that value may be personal.
"""

import msgspec


class Place(msgspec.Struct, frozen=True):
    """One of several places where something was wrong: a pointer without personal data."""

    pointer: str
    kind: str
    rule: str


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that was refused. `code` is stable and machine-readable; the rest is for people."""

    code: str
    detail: str
    remedy: str
    pointer: str = ""
    rule: str = ""
    status: int = 422
    places: tuple[Place, ...] = ()
    """Where one pointer does not say it all; `more`: how many further ones there are."""
    more: int = 0


class OrderveilError(Exception):
    """A fault, with the sentence that tells a human what to do next."""

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.remedy = remedy

    def diagnostics(self) -> str:
        """The message and the remedy, as plain sentences. Never personal data."""
        return f"{self} {self.remedy}".strip()


class RefusedError(OrderveilError):
    """A refusal carried through code that has no other way to return it."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail, remedy=problem.remedy)
        self.problem = problem
