"""What would name somebody on the ledger, in any disguise, and honest numbers beside it."""

# ruff: noqa: RUF001 - look-alikes are what this is about

import pytest
from hypothesis import given
from hypothesis import strategies as st

from growth import ends
from orderveil.core.naming import MOST_DIGITS, as_read, names_somebody

SIGNS = " ,./_-|x:;·~#()"


@pytest.mark.parametrize(
    "text",
    [
        *("98765/43210", "98_76_54_32_10", "98,76,54,32,10", "9_8_7_6_5_4_3_2_1_0"),
        *("98765 4321O", "98765x43210", "98765X43210", "98765O4321", "9OOOOOOOO1"),
        *("9 O O O 1 l I 2 3 O", "9876O, l2345"),
        *("98765 -- / -- 43210", "98765, 43210", "9876, 5432, 10", "98|76|54|32|10"),
        *("०९८७६५/४३२१०", "９८७６५／４３２１０"),
        *("9️⃣8️⃣7️⃣6️⃣5️⃣4️⃣3️⃣2️⃣1️⃣0️⃣", "⑨⑧⑦⑥⑤④③②①⓪", "9876\u200b5/4321\u00ad0"),
        *("INC9876543210", "INC0012345678", "PO/9876543210", "AWB 9876543210987", "0 9876/543210"),
        *("+44/7911/123456", "4479, 1112, 3456", "₹98765/43210", "₹9876543210", "₹98,765 ₹43,210"),
        *("98 10:55 6789", "1, 98 10:55 6789", "9-8-26-5-4-32-10", "98-05-11-2026-1"),
        *("98765, 43210, 2026-11-23", "192.168.100.120", "1 2 3 4 5 6 7 8 9 10"),
        *("91987-10:55-601", "12/13/2026 10:75", "2026-13-23 25:15"),
        *("asha@mail.example", "4111 1111 1111 1111", "nine eight seven six five four"),
    ],
)  # fmt: skip
def test_a_number_in_disguise_names_somebody(text):
    """Wherever in a sentence it stands."""
    assert names_somebody(text)
    assert names_somebody(f"नंबर {text} today")


@pytest.mark.parametrize(
    "text",
    ["PAN ABCPK1234F", "paid by asha.n@okaxis", "IBAN DE89 3704 0044 0532 0130 00",
     "Aadhaar 2000 0000 0009", "card security code: 123"],
)  # fmt: skip
def test_identities_and_accounts_name_somebody(text):
    """A PAN, a UPI id, an IBAN have letters among their digits."""
    assert names_somebody(text)


@pytest.mark.parametrize(
    "text",
    ["called Asha Verma back", "Flat 4, MG Road: door locked", "Pune 411001", "SBIN0001234",
     "GSTIN 27AAPFU0939F1ZV asked", "PAN ABCCK1234F of the firm", "user@host"],
)  # fmt: skip
def test_names_places_and_firms_are_honest_reasons(text):
    """The ledger's readers know the order; what they must not meet is a number of somebody."""
    assert not names_somebody(text)


@given(
    st.from_regex(r"[6-9][0-9]{9}", fullmatch=True),
    st.lists(st.text(SIGNS, max_size=4), min_size=9, max_size=9),
)
def test_no_sign_hides_a_mobile_number(phone, signs):
    """Between any two digits, and as many as one likes, but for a list of like tickets."""
    written = phone[0] + "".join(map("".join, zip(signs, phone[1:], strict=True)))
    like_tickets = phone[:3] == phone[5:8]
    assert names_somebody(f"call {written} today") or like_tickets


@pytest.mark.parametrize(
    "text",
    [
        *("2 parcels, 3 days late, order 1043", "ticket 4711: two parcels, one came"),
        *("tickets 4711, 4712 and 4713", "tickets 4711, 4712, 4713", "#4711, #4712, #4713"),
        *("SUP-4711, SUP-4712, SUP-4713", "INC0012345, INC0012346", "tickets 65432, 65433"),
        *("on 2026-11-23 at 10:15, 11:15 and 12:15", "2026-11-23 10:15", "2026-11-23T10:15:00"),
        *("2026-11-23, 2026-11-24, 2026-11-25", "from 23/11/2026 - 25/11/2026", "hello 123456789"),
        *("10:15-11:15, 12:15-13:15", "(2026-11-23, 10:15)", "order 1043 of 2026-11-23, 09:15"),
        *("₹1,299.00, ₹2,499.00", "Rs 1,299.00, Rs 2,499.00", "₹12,34,567.00, 2026-11-23"),
        *("tickets 4711, 4712, 2026-11-23 10:15", "ग्राहक ने टिकट 4711 खोला", "ticket 482910375"),
        *("box 4711 x 2", "I told him in 2026, I did", "lolo lilo ooo OIl", ""),
        *("PIN 560001, door 12", "23.11.26 - 25.11.26", "order 1043, ₹1,299.00, 23/11/2026"),
    ],
)  # fmt: skip
def test_an_honest_text_names_nobody(text):
    """Tickets, days, hours, sums and counts are numbers, and no phone."""
    assert not names_somebody(text)
    assert not names_somebody(f"late: {text}.")


@given(st.text("0123456789OoIlx ,./-₹:", max_size=40))
def test_few_digits_name_nobody(text):
    """With as many digits as a ticket may have, signs make no number of them."""
    few = "".join(
        char for at, char in enumerate(text) if not is_digit(char) or count(text[:at]) < 6
    )
    assert count(few) <= MOST_DIGITS
    assert not names_somebody(few)


def is_digit(char):
    """Is it one, or does it look like one?"""
    return char in "0123456789OoIl"


def count(text):
    """How many of them."""
    return sum(map(is_digit, text))


def test_what_nobody_sees_is_not_read():
    """No directions, no controls, one line; the joiners that Hindi needs stay."""
    assert as_read("fine\u202e\u2066\x07\nticket\u200b 4711") == "fine ticket 4711"
    assert as_read("  क्\u200dष ") == "क्\u200dष"


def test_the_worst_texts_end():
    """However long, and whatever begins like a number."""
    worst = [
        "1",
        "1 ",
        "O",
        "Ol",
        "l ",
        "x",
        "1x",
        "1/",
        "4711, ",
        "10:15, ",
        "23/11/26 ",
        "₹1,",
        "₹ ",
    ]
    worst += ["lle", "9 ", "98 ", "1:1", "a@", "card ", "&a1234567 "]
    assert ends(
        f"""
        from orderveil.core.naming import names_somebody
        for unit in {worst!r}:
            for end in ("", "e"):
                names_somebody((unit * 20_000)[:20_000] + end)
        """
    )
