"""Broken payloads: each is read, or refused with a pointer, and never answered with a fault."""

from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hops.storefront.walking import DROP, orders, paths, with_value
from orderveil.core.errors import RefusedError
from orderveil.core.orders import OrderDraft
from orderveil.hops.storefront.formats import RULES, Format, split
from orderveil.hops.storefront.privacy import PrivacyRequest

SAMPLES = [(sample, order) for _name, sample, order in orders()]
SECRET = "planted-secret"

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.decimals(),
    st.text(max_size=20),
    st.sampled_from(
        [
            "",
            f"{SECRET}\0",
            f"{SECRET}\ud800",
            SECRET * 1_000,
            10**40,
            Decimal("1e400"),
            Decimal("NaN"),
            Decimal("-1e-400"),
            "1.569E9",
            "9999-12-31T23:59:59-14:00",
            "0001-01-01T00:00:00+14:00",
        ]
    ),
)
json = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


def judge(format_: Format, payload: Any, topic: str | None = None) -> None:
    for place, order in split(payload):
        try:
            result = RULES[format_].parse(order, topic=topic, pointer=place)
        except RefusedError as refusal:
            problem = refusal.problem
            assert problem.pointer.startswith(place)
            assert problem.code
            assert problem.remedy
            assert SECRET not in f"{problem.detail}{problem.remedy}{problem.pointer}"
        else:
            assert isinstance(result, OrderDraft | PrivacyRequest)
            assert isinstance(result, PrivacyRequest) or result.dropped >= 0


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_a_mutated_sample_is_read_or_refused_with_a_pointer(data: st.DataObject) -> None:
    """Dropped keys, nulls and wrong types never raise anything but a refusal."""
    sample, order = data.draw(st.sampled_from(SAMPLES))
    for _ in range(data.draw(st.integers(1, 4))):
        inner = [path for path, _value in paths(order) if path]
        path = data.draw(st.sampled_from(inner))
        order = with_value(order, path, data.draw(st.just(DROP) | json))
    judge(sample.format, order, sample.topic)


@settings(max_examples=50, deadline=None)
@given(
    payload=json,
    format_=st.sampled_from(Format),
    topic=st.sampled_from(
        [None, "orders/create", "fulfillments/create", "customers/redact", "order.deleted", "x"]
    ),
)
def test_any_json_is_read_or_refused(payload: Any, format_: Format, topic: str | None) -> None:
    """JSON that has nothing to do with orders is refused, whatever its shape."""
    judge(format_, payload, topic)


def test_every_value_of_every_sample_may_be_null() -> None:
    """A shop may withhold any value but the ids: null is read as absent everywhere."""
    for sample, order in SAMPLES:
        for path, _value in paths(order):
            if not path or path[-1] in {"id", "AmazonOrderId", "orderId", "packageReferenceId"}:
                continue
            result = RULES[sample.format].parse(with_value(order, path, None), topic=sample.topic)
            assert isinstance(result, OrderDraft)
