"""The vocabulary: every value has one name, and every personal one is sealed with one group."""

from orderveil.core.fields import (
    ADDRESS_LINES,
    COMPARTMENT_OF,
    FACTS,
    FIELDS_OF,
    PERSONAL,
    PROSE,
    Compartment,
    Field,
)


def test_every_field_is_personal_or_a_fact():
    """No field is both, and none is neither."""
    assert frozenset(Field) == PERSONAL | FACTS
    assert not PERSONAL & FACTS


def test_a_personal_field_is_sealed_with_one_compartment():
    """No field is listed in two compartments, and the two directions agree."""
    listed = [field for fields in FIELDS_OF.values() for field in fields]
    assert len(listed) == len(set(listed)) == len(COMPARTMENT_OF)
    assert set(FIELDS_OF) == set(Compartment)
    for compartment, fields in FIELDS_OF.items():
        assert {COMPARTMENT_OF[field] for field in fields} == {compartment}


def test_what_people_type_sentences_into_is_personal():
    """Address lines, notes and the billing address are prose, and prose is always sealed."""
    assert ADDRESS_LINES < PROSE < PERSONAL
    assert {Field.DELIVERY_NOTE, Field.GIFT_MESSAGE, Field.FREE_TEXT} < PROSE


def test_the_facts_are_those_of_the_law():
    """Nothing becomes a fact, stored unsealed, without this list being changed."""
    assert {str(field) for field in FACTS} == {
        "order_number",
        "placed_at",
        "items",
        "amounts",
        "cod_due",
        "payment_method",
        "parcel_state",
        "carrier",
        "awb",
        "weight",
        "dimensions",
        "region",
    }
