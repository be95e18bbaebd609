"""Problems and faults say what to do next."""

import msgspec
import pytest

from orderveil.core.errors import OrderveilError, Problem, RefusedError

PROBLEM = Problem("some_code", "It is so.", "Do this.", "/a/b", "a rule")


def test_a_fault_says_its_remedy():
    """Message and remedy read as plain sentences."""
    assert OrderveilError("It broke.", remedy="Mend it.").diagnostics() == "It broke. Mend it."
    assert OrderveilError("It broke.").diagnostics() == "It broke."


def test_a_refusal_carries_its_problem():
    """Whoever catches it has the whole value, code and place too."""
    refused = RefusedError(PROBLEM)
    assert refused.problem is PROBLEM
    assert refused.diagnostics() == "It is so. Do this."
    assert isinstance(refused, OrderveilError)


def test_a_problem_does_not_change():
    """A refusal is a value: nobody edits it on its way out."""
    with pytest.raises(AttributeError):
        PROBLEM.detail = "It is not so."


def test_a_problem_is_json_with_what_it_has():
    """Empty members are left out; 422 is what is meant unless said otherwise."""
    assert msgspec.json.decode(msgspec.json.encode(Problem("c", "d.", "r."))) == {
        "code": "c",
        "detail": "d.",
        "remedy": "r.",
    }
    assert PROBLEM.status == 422
