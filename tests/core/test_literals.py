"""Facts about literals that PostgreSQL reads."""

from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderveil.core.literals import bytea_array, text_array


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(st.none() | st.binary(max_size=20), max_size=5))
def test_an_array_of_bytes_comes_back_as_it_was(db, values):
    """PostgreSQL reads the array that was meant: empty values and the empty array too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::bytea[]", [bytea_array(values)])
        assert cursor.fetchone() == (values,)


_TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=st.lists(st.none() | st.sampled_from(["NULL", '{"a": "\\\\"}', ""]) | _TEXT, max_size=5)
)
def test_an_array_of_texts_comes_back_as_it_was(db, values):
    """Quotes, backslashes, braces, commas and the word NULL are text like any other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::text[]", [text_array(values)])
        assert cursor.fetchone() == (values,)
