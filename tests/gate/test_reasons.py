"""Reasons and tickets: what goes into the ledger names nobody."""

import pytest

from orderveil.core.errors import RefusedError
from orderveil.gate.reasons import Reason, checked_cause, checked_reason, checked_ticket


@pytest.mark.parametrize(
    "ticket", ["T-4711", "4711", "#4711", " ABC-12 ", "123456789", "INC_2026.11"]
)
def test_a_tickets_number_passes(ticket):
    """As helpdesks number them; spaces around it go."""
    assert checked_ticket(ticket) == ticket.strip()


@pytest.mark.parametrize(
    "ticket",
    [
        *("", "   ", "-1", "T 4711", "T-47\n11", "x" * 41, "T/1", "<b>1</b>", "٤٧١١"),
        *("9000000001", "+919000000001", "90000-00001", "9.0.0.0.0.0.0.0.0.1", "T-9000000001"),
        *("asha@mail.example", "4111111111111111", "4111-1111-1111-1111"),
        *("Asha.Verma", "asha", "Tarangini"),
    ],
)
def test_what_could_name_somebody_is_no_ticket(ticket):
    """A phone in any spelling, an email, a card, a name, a sentence, other scripts' digits."""
    with pytest.raises(RefusedError) as error:
        checked_ticket(ticket)
    assert error.value.problem.code in {"ticket_needed", "personal_reason"}
    assert not ticket.strip() or ticket.strip() not in error.value.diagnostics()


def test_a_cause_is_a_reason_of_the_list_and_a_ticket():
    """As the ledger names it."""
    assert str(checked_cause("call_back", "T-1")) == "call_back ticket T-1"
    for reason in ("", "because", "CALL_BACK"):
        with pytest.raises(RefusedError) as error:
            checked_cause(reason, "T-1")
        assert error.value.problem.code == "reason_needed"


def test_every_reason_is_short_enough_for_the_ledger():
    """A reason and the longest ticket are a reason that would pass by itself."""
    for reason in Reason:
        assert checked_reason(str(checked_cause(reason, "T" + "1x" * 19)))
