"""Reasons and tickets: what goes into the ledger names nobody."""

# ruff: noqa: RUF001 - look-alikes are what this is about

import pytest

from orderveil.core.errors import RefusedError
from orderveil.gate.reasons import Reason, checked_cause, checked_reason, checked_ticket


@pytest.mark.parametrize(
    "ticket",
    [
        *("T-4711", "4711", "#4711", " ABC-12 ", "123456789", "INC_2026.11", "2026-4711"),
        *("INC0012345", "SCTASK0012345", "T4711", "B2B-7", "#SUP-1", "SUP#1"),
    ],
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
        *(
            "Asha.Verma",
            "asha",
            "Tarangini",
            "Asha1",
            "asha-1",
            "ASHA1",
            "RAVI1990",
            "Asha_Verma-7",
        ),
        *(
            "TARANGINI-1",
            "ASHA-VERMA-1",
            "1ASHA",
            "7-ASHA",
            "4711.Asha",
            "sup-123",
            "A-",
            "#",
            "##1",
        ),
        *("9__0__0__0__0__0__0__0__0__1", "9a0a0a0a0a0a0a0a0a1", "p90000x00001", "T-9OOOOOOOO1"),
    ],
)
def test_what_could_name_somebody_is_no_ticket(ticket):
    """A phone in any spelling, an email, a card, a name, a sentence, other scripts' digits."""
    with pytest.raises(RefusedError) as error:
        checked_ticket(ticket)
    assert error.value.problem.code in {"ticket_needed", "personal_reason"}
    assert len(ticket.strip()) <= 2 or ticket.strip() not in error.value.diagnostics()


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
        assert checked_reason(str(checked_cause(reason, "TICKET-1-2-3-4-5-6-7-8-9")))


@pytest.mark.parametrize(
    "text",
    [
        *("call ９००००००००１", "call ९०००००००००१", "९० ००० ०० ००१", "+91-90000-00001"),
        *("9\u200b0000\u200b00001", "9\u2060000000001", "9\u00ad000000001", "9\x000000\x0000001"),
        *("9 0 0 0 0 0 0 0 0 1", "9,0,0,0,0,0,0,0,0,1", "9/0/0/0/0/0/0/0/0/1", "9OOOOOOOO1"),
        *("asha@mail.example", "asha＠mail.example", "4111 1111 1111 1111", "𝟗𝟎𝟎𝟎𝟎𝟎𝟎𝟎𝟎𝟏"),
        *("nine double zero, double zero, double zero, double zero, one", "nau aath saat chhe 5 4"),
        *("98765/43210", "98_76_54_32_10", "98765 4321O", "98765x43210", "INC0012345678"),
        *("ni\u200bne ze\u00adro zero zero zero zero", "नौ शून्य शून्य शून्य शून्य एक"),
    ],
)
def test_a_number_in_disguise_is_no_reason(text):
    """Digits of other scripts, anything between them, letters that look alike, words."""
    with pytest.raises(RefusedError) as error:
        checked_reason(f"because of {text} today")
    assert error.value.problem.code == "personal_reason"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "tickets 4711, 4712 and 4713",
            "on 2026-11-23 at 10:15, 11:15 and 12:15",
            "steps 1, 2, 3",
        ),
        *("2 parcels, 3 days late, order 1043", "tickets 4711, 4712, 4713", "2026-11-23 10:15"),
        *("ticket 4711: two parcels, one came", "ticket 482910375, one of three parcels lost"),
        *("ग्राहक ने टिकट 4711 खोला", "क्\u200dष is spelled with a joiner"),
    ],
)
def test_an_honest_reason_passes_as_it_is(text):
    """Tickets, days and hours are numbers, and no phone."""
    assert checked_reason(text) == text


def test_what_nobody_sees_is_not_kept():
    """A reason on the ledger reads as it is: no directions, no controls, one line."""
    assert checked_reason("fine\u202e\u2066\x07\nticket\u200b 4711") == "fine ticket 4711"
