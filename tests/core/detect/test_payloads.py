import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from growth import ends
from orderveil.core.detect import Kind, cards_in, without_cards

CARD = "4111111111111111"

harmless = st.recursive(
    st.none() | st.booleans() | st.integers(0, 10**6) | st.text("ab 12é/~", max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text("ab/~1", max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


def pointers(payload):
    return [pointer for pointer, _ in cards_in(payload)]


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ({"note": f"card {CARD}"}, ["/note"]),
        ({"a": [{"b": int(CARD)}]}, ["/a/0/b"]),
        ({"a": float(CARD)}, ["/a"]),
        ({"payment": {"cvv": 123}}, ["/payment/cvv"]),
        ({"payment": {"cvv": "123", "n": CARD}}, ["/payment/cvv", "/payment/n"]),
        ({"meta": '{"card":"4111-1111-1111-1111"}'}, ["/meta"]),
        ({"note_attributes": [{"name": "CVV", "value": "123"}]}, ["/note_attributes/0/value"]),
        ({"a/b": {"~": CARD}}, ["/a~1b/~0"]),
        (CARD, [""]),
        ([CARD, {"x": CARD}], ["/0", "/1/x"]),
        ({"x": "४१११ ११११ ११११ ११११"}, ["/x"]),
    ],
)
def test_card_data_is_found_anywhere(payload, expected):
    """Texts, numbers, JSON inside texts, lists of names and values; pointers as RFC 6901 says."""
    assert pointers(payload) == expected


@pytest.mark.parametrize(
    "payload",
    [
        {"id": int(CARD)},
        {"line_items": [{"id": int(CARD), "variant_id": int(CARD), "sku": CARD}]},
        {"tracking_numbers": [CARD]},
        {"note_attributes": [{"name": "tracking number", "value": CARD}]},
        {"note_attributes": [{"name": "cid", "value": "1234"}]},
        {"created_at": 1700000000000000, "price": 4111111111111111.5},
        {"credit_card_number": "XXXX-XXXX-XXXX-4242", "cvv_result_code": "M"},
        {"quantity": 123, "flag": True, "nothing": None, "big": 10**400, "nan": float("nan")},
    ],
)
def test_identifiers_and_small_numbers_are_left_alone(payload):
    """An order is not refused for its ids."""
    assert cards_in(payload) == []


def test_a_pointer_holds_no_personal_data():
    """Long digits of a key show as #, emails as ***."""
    payload = {"9000000001": {"asha@example.com": CARD}, CARD: {"4111 1111": [CARD]}}
    assert pointers(payload) == [
        f"/{'#' * 16}",
        "/##########/***",
        f"/{'#' * 16}/#### ####/0",
    ]


def test_a_key_can_be_a_card_number():
    """Such an entry is found at its own pointer, and leaves the copy."""
    payload = {"fine": 1, CARD: "x"}
    assert [hit.kind for _, hit in cards_in(payload)] == [Kind.CARD]
    assert without_cards(payload) == ({"fine": 1}, [f"/{'#' * 16}"])


def test_found_values_are_cut_out_of_the_copy():
    """The rest of a text stays, numbers become null, and the original is as it was."""
    payload = {"note": f"card {CARD} thanks", "payment": {"cvv": 123}, "items": [{"n": int(CARD)}]}
    before = copy.deepcopy(payload)
    rest, where = without_cards(payload)
    assert rest == {"note": "card  thanks", "payment": {"cvv": None}, "items": [{"n": None}]}
    assert where == ["/note", "/payment/cvv", "/items/0/n"]
    assert payload == before
    assert cards_in(rest) == []


@pytest.mark.parametrize(("payload", "rest"), [(CARD, ""), (int(CARD), None), ("x", "x"), (7, 7)])
def test_a_payload_may_be_a_single_value(payload, rest):
    """Its pointer is the empty one."""
    assert without_cards(payload)[0] == rest


@settings(max_examples=60)
@given(harmless)
def test_a_payload_without_cards_is_copied_as_it_is(payload):
    """Same content, other containers."""
    rest, where = without_cards(payload)
    assert rest == payload
    assert where == []
    assert rest is not payload or not isinstance(payload, dict | list)


@settings(max_examples=60)
@given(harmless)
def test_a_card_is_found_beside_anything(payload):
    """Whatever else the payload holds."""
    assert pointers({"p": payload, "note": CARD}) == ["/note"]
    assert without_cards([payload, CARD])[0] == [payload, ""]


def test_any_depth_is_walked():
    """Nesting is the sender's choice and breaks nothing."""
    payload = deepest = {}
    for _ in range(20_000):
        deepest["a"] = [{}]
        deepest = deepest["a"][0]
    deepest["note"] = CARD
    assert len(pointers(payload)) == 1
    rest, _ = without_cards(payload)
    for _ in range(20_000):
        rest = rest["a"][0]
    assert rest == {"note": ""}


def test_a_key_full_of_cards_costs_no_more_than_its_length():
    """What is said of a place is said once, not again for each card in it."""
    assert ends(
        f"""
        from orderveil.core.detect import cards_in, without_cards
        key = "cc {CARD} " * 10_000
        assert len(cards_in({{key: 1}})) == 10_000
        without_cards({{key: key}})
        """
    )
