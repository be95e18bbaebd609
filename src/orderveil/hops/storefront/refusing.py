"""One way to refuse a payload: what, where, by which rule, and the remedy. Never the value."""

from typing import NoReturn

from orderveil.core.errors import Problem, RefusedError


def refuse(
    code: str, detail: str, remedy: str, *, pointer: str, rule: str, status: int = 422
) -> NoReturn:
    """Raise the refusal. `pointer` is an RFC 6901 pointer made of schema names and indexes only."""
    raise RefusedError(Problem(code, detail, remedy, pointer, rule, status))
