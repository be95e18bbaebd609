import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.cardnumbers import card_numbers, laid_out
from orderveil.core.detect import Hit, Kind, find

CARD = "4111111111111111"
GROUPED = "4111 1111 1111 1111"


def found(text, context=None):
    return [(hit.kind, text[hit.start : hit.end]) for hit in find(text, context)]


@settings(max_examples=60)
@given(
    card_numbers(),
    st.sampled_from(["", " ", "-"]),
    st.sampled_from(["%s", "Pay with %s please.", "my card: %s, exp 12/27", "कार्ड %s है", "(%s)"]),
)
def test_cards_are_found_in_sentences(digits, separator, sentence):
    """With or without a word that names them, in any script."""
    card = laid_out(digits, separator)
    assert found(sentence % card) == [(Kind.CARD, card)]


@settings(max_examples=60)
@given(
    card_numbers(),
    st.sampled_from(
        ["AWB %s", "order no. %s", "Order ID: %s", "tracking number is %s", "IMEI:%s", "ref #%s",
         "EAN %s", '{"trackingNumber":"%s"}', "https://shop.example/t?id=%s",
         "gid://shop/Order/%s", "orders %s", "txn_id=%s"]
    ),
)  # fmt: skip
def test_a_number_that_is_labelled_as_an_identifier_is_no_card(digits, sentence):
    """An order id or AWB may pass Luhn by chance."""
    assert Kind.CARD not in {kind for kind, _ in found(sentence % digits)}


@pytest.mark.parametrize(
    "context",
    [
        "line_items/0/id", "tracking_number", "name", "transaction_id", "checkout_token", "awb",
        "orderItemId", "/fulfillments/0/tracking_numbers/0", "timestamp", "barcode", "imei", "sku",
        "hsn", "order_number", "orderid", "created_at", "landing_site_ref", "card_id", "card/token",
    ],
)  # fmt: skip
def test_a_key_that_names_an_identifier_makes_no_card(context):
    """The key is the context of a bare number."""
    assert found(CARD, context) == []


@pytest.mark.parametrize(
    ("context", "text"),
    [
        ("note", CARD), ("order_note", CARD), ("note_attributes/0/value", CARD), (None, CARD),
        ("payment/card/number", CARD), ("credit_card_number", CARD), ("name", GROUPED),
        ("order_reference", f"my card {GROUPED} please"), ("customer/comment", GROUPED),
    ],
)  # fmt: skip
def test_a_key_that_names_no_identifier_hides_no_card(context, text):
    """Notes about an order hold cards as well as any other text."""
    assert [kind for kind, _ in found(text, context)] == [Kind.CARD]


@pytest.mark.parametrize(
    "text",
    [f"charge my order to {CARD}", f"order 1001: {CARD}", f"Your order is ready. {GROUPED}"],
)
def test_a_word_about_orders_elsewhere_hides_no_card(text):
    """Only a label right before the number makes it an identifier."""
    assert [kind for kind, _ in found(text)] == [Kind.CARD]


@pytest.mark.parametrize(
    "text", ["XXXX-XXXX-XXXX-4242", "411111******1111", "**** 4242", "4111 11XX XXXX 1111"]
)
def test_masked_cards_are_no_hits(text):
    """What a shop may keep, it may send."""
    assert found(text, "credit_card_number") == []


def test_a_doubtful_length_needs_a_word():
    """Thirteen digits are an EAN more often than an old Visa."""
    assert found("4222222222222") == []
    assert found("visa 4222222222222") == [(Kind.CARD, "4222222222222")]


@pytest.mark.parametrize(
    ("text", "context"),
    [
        ("123", "cvv"), ("1234", "payment/cvc"), ("123", "card/security_code"), ("123", "cvv2"),
        ("123", "verification_value"), ("123", "card/cid"), ("CVV 123", None), ("cvv: 123", None),
        ("cvc2=123", None), ('"cvv":"123"', None), ("cvv number is 123", None),
        ("१२३", "cvv"), (f"{GROUPED} security code 123", None),
    ],
)  # fmt: skip
def test_cvvs_are_found_by_their_name(text, context):
    """Three or four digits under, or right after, a name for them."""
    hits = [hit for hit in find(text, context) if hit.kind is Kind.CVV]
    assert len(hits) == 1
    assert hits[0].end - hits[0].start in {3, 4}


@pytest.mark.parametrize(
    ("text", "context"),
    [
        ("M", "cvv_result_code"), ("100", "cvv_result_code"), ("123", "quantity"),
        ("gate security code 1234", "delivery_note"), ("12345", "cvv"), ("Rs 500", None),
        ("1234", "note_attributes/cid"), ("cvv not given", None), ("123", None),
    ],
)  # fmt: skip
def test_other_short_numbers_are_no_cvvs(text, context):
    """What is said about a CVV is none, and a gate has a security code too."""
    assert found(text, context) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("call 90000 00001", "90000 00001"),
        ("wa.me/919000000001", "919000000001"),
        ("560001 9000000001", "9000000001"),
        ("tel (555) 625-1199 x12", "555) 625-1199 x12"),
        ("at +44 20 7183 8750.", "+44 20 7183 8750"),
        ("080 4123 4567 560001", "080 4123 4567"),
        ("ph 23456789", "23456789"),
        ("9\u200b0000 ००००१", "9\u200b0000 ००००१"),
    ],
)
def test_phones_are_found_in_prose(text, expected):
    """Indian, with a country code, or by a word that names them."""
    assert found(text) == [(Kind.PHONE, expected)]


@pytest.mark.parametrize(
    "text",
    ["order no 9000000001", "AWB 9000000001", "8-2-293 500034", "6-3-24 500034", "12345678",
     "2026-11-23T10:15:00+05:30", "560001", "1234 5678 9012"],
)  # fmt: skip
def test_other_numbers_are_no_phones(text):
    """Order numbers, door numbers, dates and PINs."""
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("write to asha+shop@mail.example.com.", "asha+shop@mail.example.com"),
        ("<Asha@Example.COM>", "Asha@Example.COM"),
        ("mailto:asha@example.com?subject=x", "asha@example.com"),
        ("आशा@उदाहरण.example", "आशा@उदाहरण.example"),
        ("asha\uff20example\uff0ecom", "asha\uff20example\uff0ecom"),
    ],
)
def test_emails_are_found_in_prose(text, expected):
    """Without the punctuation around them."""
    assert found(text) == [(Kind.EMAIL, expected)]


@settings(max_examples=60)
@given(
    st.text("a ठ\u200b\u0301é,:", max_size=12),
    st.sampled_from(["", "\u200b", "\u00a0", "\u2011"]),
    st.sampled_from([0x30, 0xFF10, 0x0966]),
)
def test_offsets_are_those_of_the_original_text(before, between, zero):
    """Unseen characters, full-width and other scripts' digits don't move them."""
    card = between.join(
        "".join(chr(zero + int(digit)) for digit in group) for group in GROUPED.split()
    )
    text = f"{before} {card} {before}"
    assert [(hit.kind, text[hit.start : hit.end]) for hit in find(text)] == [(Kind.CARD, card)]


@settings(max_examples=80)
@given(st.text(max_size=60) | st.text("0123456789 -.@+x()ac", max_size=60))
def test_hits_are_in_order_and_never_overlap(text):
    """Whatever the text, it can be cut at the hits."""
    end = 0
    for hit in find(text, least=0.0):
        assert end <= hit.start < hit.end <= len(text)
        assert 0 <= hit.certainty <= 1
        end = hit.end


def test_a_hit_holds_no_value():
    """It can be logged: kind, place and certainty."""
    assert CARD not in repr(find(CARD))
    assert find(CARD) == [Hit(Kind.CARD, 0, 16, 0.6)]
