"""`Personal` refuses every way of becoming text, bytes or JSON by accident."""

import copy
import dataclasses
import io
import json
import logging
import pickle
import pprint
import traceback

import msgspec
import pytest
from django.core import serializers
from django.core.serializers.json import DjangoJSONEncoder
from django.template import Context, Engine
from django.utils.encoding import force_str
from hypothesis import given
from hypothesis import strategies as st

from orderveil.core.personal import Personal

SECRET = "Asha Quietname"
VALUE = Personal(SECRET)


@dataclasses.dataclass
class Holder:
    """Something that carries a personal value about."""

    name: Personal


class Row(msgspec.Struct):
    """A struct that carries a personal value about."""

    name: Personal


WAYS = {
    "str": lambda: str(VALUE),
    "repr": lambda: repr(VALUE),
    "ascii": lambda: ascii(VALUE),
    "format": lambda: format(VALUE),
    "format with a width": lambda: format(VALUE, ">20"),
    "f-string": lambda: f"{VALUE}",
    "f-string with !r": lambda: f"{VALUE!r}",
    "f-string of a list": lambda: f"{[VALUE]}",
    "%s": lambda: "%s" % VALUE,  # noqa: UP031
    "%r": lambda: "%r" % (VALUE,),  # noqa: UP031
    "str.format": lambda: "{}".format(VALUE),  # noqa: UP032
    "print": lambda: print(VALUE, file=io.StringIO()),
    "pprint": lambda: pprint.pformat(VALUE),
    "join": lambda: "".join([VALUE]),  # noqa: FLY002
    "plus": lambda: "" + VALUE,
    "bytes": lambda: bytes(VALUE),
    "iteration": lambda: list(VALUE),
    "unpacking": lambda: [*VALUE],
    "len": lambda: len(VALUE),
    "index": lambda: VALUE[0],
    "in": lambda: "A" in VALUE,
    "int": lambda: int(VALUE),
    "sorting": lambda: sorted([VALUE, Personal("B")]),
    "pickle": lambda: pickle.dumps(VALUE),
    "old pickle": lambda: pickle.dumps(VALUE, protocol=0),
    "state": VALUE.__getstate__,
    "vars": lambda: vars(VALUE),
    "copy": lambda: copy.copy(VALUE),
    "deep copy": lambda: copy.deepcopy({"name": VALUE}),
    "asdict": lambda: dataclasses.asdict(Holder(VALUE)),
    "a dataclass's repr": lambda: repr(Holder(VALUE)),
    "a struct's repr": lambda: repr(Row(VALUE)),
    "json": lambda: json.dumps(VALUE),
    "json with default": lambda: json.dumps({"name": VALUE}, default=str),
    "json as key": lambda: json.dumps({VALUE: 1}),
    "msgspec json": lambda: msgspec.json.encode(VALUE),
    "msgspec of a struct": lambda: msgspec.json.encode(Row(VALUE)),
    "msgspec messagepack": lambda: msgspec.msgpack.encode([VALUE]),
    "msgspec to builtins": lambda: msgspec.to_builtins(VALUE),
    "Django's encoder": lambda: json.dumps(VALUE, cls=DjangoJSONEncoder),
    "Django's serializer": lambda: serializers.serialize("json", [VALUE]),
    "Django's text": lambda: force_str(VALUE),
    "Django's template": lambda: Engine().from_string("{{ v }}").render(Context({"v": VALUE})),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_it_refuses(way):
    """The attempt raises, and the error does not hold the value either."""
    with pytest.raises((TypeError, AttributeError)) as caught:
        way()
    assert SECRET not in "".join(traceback.format_exception(caught.value))


def test_reveal_is_the_way_out():
    """The value itself comes from `reveal`, and only from there."""
    assert VALUE.reveal() == SECRET


@pytest.mark.parametrize("arguments", [("%s", VALUE), ("%r", [VALUE]), (VALUE,)])
def test_logging_it_prints_nothing_of_it(arguments, capsys):
    """Neither the record nor the complaint about the failed record holds the value."""
    stream = io.StringIO()
    logger = logging.Logger("apart")  # noqa: LOG001 - apart from pytest's handlers
    logger.addHandler(logging.StreamHandler(stream))
    logger.warning(*arguments)
    said = stream.getvalue() + "".join(capsys.readouterr())
    assert SECRET not in said
    assert "TypeError" in said


@given(st.text(), st.text())
def test_equal_values_are_equal(one, other):
    """It compares and hashes by value, so that a change can be seen without revealing it."""
    assert (Personal(one) == Personal(other)) == (one == other)
    if one == other:
        assert hash(Personal(one)) == hash(Personal(other))
    assert bool(Personal(one)) == bool(one)


def test_it_does_not_equal_its_text():
    """A comparison with plain text says nothing about the value."""
    assert VALUE != SECRET
    assert len({VALUE, SECRET}) == 2


def test_it_has_nowhere_else_to_hold_a_value():
    """No attribute can be added to it."""
    with pytest.raises(AttributeError):
        VALUE.note = "x"
