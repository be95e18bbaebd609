"""Bodies as records: everything is read, or nothing is."""

import json
import tracemalloc

import pytest

from orderveil.hops.ims.reading import BodyKind, UnreadableError, records_of
from orderveil.hops.ims.reading.kinds import kind_of

JSON, XML, CSV = BodyKind.JSON, BodyKind.XML, BodyKind.CSV


def fields(kind, body):
    """(path, value) of every field, by record."""
    raw = body if isinstance(body, bytes) else body.encode()
    return [[(f.path, f.value) for f in record] for record in records_of(kind, raw)]


def code(kind, body):
    """Why a body can't be read."""
    with pytest.raises(UnreadableError) as caught:
        fields(kind, body)
    return caught.value.code


def test_both_of_two_keys_are_read():
    """A parser that keeps the last, and one that keeps the first, see nothing that we don't."""
    assert fields(JSON, '{"a": "x", "a": "y"}') == [[("/a", "x"), ("/a", "y")]]


def test_elements_of_an_array_are_records_and_what_is_nested_belongs_to_them():
    """An object with all that is nested in it is one record."""
    body = json.dumps({"of": "BLR", "lines": [{"sku": "A", "to": {"n": "x"}}, {"sku": "B"}]})
    assert fields(JSON, body) == [
        [("/lines/sku", "A"), ("/lines/to/n", "x")],
        [("/lines/sku", "B")],
        [("/of", "BLR")],
    ]


@pytest.mark.parametrize(
    ("number", "read"),
    [
        ("9.000000001e9", "9000000001"),
        ("9000000001.0", "9000000001"),
        ("9000000001", 9000000001),
        ("-1.50", "-1.5"),
        ("1e400", "1E+400"),
    ],
)
def test_a_number_is_what_it_amounts_to(number, read):
    """However it is written, and as text where no integer was."""
    assert fields(JSON, f"[{number}]") == [[("", read)]]


def test_a_list_of_names_and_values_is_read_by_its_names():
    """The name beside a value is its key, in JSON and in XML."""
    (record,) = fields(JSON, '[{"name": "phone", "value": "x"}]')
    assert ("/phone", "x") in record
    (record,) = fields(XML, '<a><f name="phone">x</f></a>')
    assert ("/a/phone", "x") in record


@pytest.mark.parametrize(
    "body",
    [
        "",
        "  ",
        "{",
        "[1,]",
        "[NaN]",
        "[Infinity]",
        "[012]",
        "[1] x",
        '{"a": 1}{"b": 2}',
        "[1] // no",
        "/* no */ [1]",
        "\ufeff[1]",
        "{a: 1}",
        "['a']",
        '["a\x01b"]',
        '["\\x41"]',
    ],
)
def test_what_is_not_json_to_the_letter_is_unreadable(body):
    """No leniency: what some parsers take and others don't is refused."""
    assert code(JSON, body) == "malformed"


@pytest.mark.parametrize(
    "body", ['"\\ud800"', '"\\udc00\\ud800"', '"9\\uD83D0"', '["a\\\\\\udfff"]']
)
def test_half_a_surrogate_pair_is_unreadable(body):
    """Readers differ about what is left of it."""
    assert code(JSON, body) == "half_a_character"


def test_whole_pairs_and_escaped_backslashes_are_read():
    """Neither an emoji nor a backslash before a `u` is half of anything."""
    assert fields(JSON, '["\\ud83d\\ude00", "\\\\ud800"]') == [
        [("", "\U0001f600"), ("", "\\ud800")]
    ]


@pytest.mark.parametrize("kind", [JSON, XML, CSV])
@pytest.mark.parametrize(
    "raw", [b'["\xff"]', b"\xff\xfe[\x00", '["a"]'.encode("utf-16"), b"\xed\xa0\x80"]
)
def test_only_utf8_is_read(kind, raw):
    """Whatever a body says of itself."""
    assert code(kind, raw) == "not_utf8"


def test_depth_texts_and_numbers_are_bounded():
    """A bomb is cut off early, and said to be one."""
    assert code(JSON, "[" * 5_000_000) == "too_deep"
    assert code(JSON, '{"a":' * 100_000) == "too_deep"
    assert code(JSON, f'["{"x" * 70_000}"]') == "text_too_long"
    assert code(JSON, f"[{'9' * 5_000}]") == "number_too_long"
    assert code(XML, "<a>" * 100_000) == "too_deep"
    assert code(XML, f"<a>{'x' * 70_000}</a>") == "text_too_long"


def test_elements_attributes_comments_and_instructions_are_read():
    """Namespaces and CDATA too; a text with something inside is read joined and apart."""
    body = (
        '<?xml version="1.0" encoding="UTF-8"?><!-- c --><s:a xmlns:s="urn:x" k="v">'
        "<b><![CDATA[one]]> two</b><p>90000<i/>00001</p><?go now?></s:a><!-- end -->"
    )
    values = {value for record in fields(XML, body) for _, value in record}
    assert {
        " c ",
        "urn:x",
        "v",
        "one two",
        "9000000001",
        "90000 00001",
        "go now",
        " end ",
    } <= values


def test_repeated_elements_are_records_of_their_own():
    """What one item says is not beside what another says."""
    body = "<s><i><a>1</a></i><i><a>2</a></i><i><a>3</a></i><o><b>4</b></o></s>"
    assert fields(XML, body) == [
        [("/s/i/a", "1")],
        [("/s/i/a", "2")],
        [("/s/i/a", "3")],
        [("/s/o/b", "4")],
    ]


LAUGHS = (
    '<!DOCTYPE l [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1 or str()};" * 10}">' for n in range(1, 10))
    + "]><l>&a9;</l>"
)


@pytest.mark.parametrize(
    "body",
    [
        LAUGHS,
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        '<!DOCTYPE a [<!ENTITY % p SYSTEM "http://10.0.0.1/x"> %p;]><a/>',
        '<!DOCTYPE a SYSTEM "http://10.0.0.1/a.dtd"><a/>',
        "<!DOCTYPE a><a/>",
    ],
)
def test_no_document_type_and_so_no_entity(body):
    """Nothing is expanded, nothing external is asked for."""
    assert code(XML, body) == "document_type"


@pytest.mark.parametrize("body", ["", "<a>", "<a/><b/>", "<a>&x;</a>", "<a b='1' b='2'/>", "a"])
def test_what_is_not_well_formed_is_unreadable(body):
    """An entity that nobody declared, too."""
    assert code(XML, body) == "malformed"


def test_a_declaration_of_another_encoding_is_unreadable():
    """Whoever reads it next would believe it."""
    assert code(XML, '<?xml version="1.0" encoding="UTF-7"?><a/>') == "not_utf8"
    assert code(XML, "<?xml version='1.0' encoding = 'iso-8859-1' ?><a/>") == "not_utf8"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_row_is_a_record_under_the_headers_names(delimiter):
    """The header is a record as well: it may be data."""
    body = f"sku{delimiter}qty\r\nA{delimiter}1\r\n"
    assert fields(CSV, body) == [[("", "sku"), ("", "qty")], [("/sku", "A"), ("/qty", "1")]]


@pytest.mark.parametrize("line", ["A;B,1", '"A",1', "A,1,2", "A", "A\t,1"])
def test_a_row_that_could_be_cut_differently_is_read_whole_too(line):
    """Another delimiter, quotes, or cells too few or too many."""
    (_, record) = fields(CSV, f"sku,qty\n{line}\n")
    assert record[-1] == ("", line)


def test_a_quoted_line_break_hides_nothing():
    """Whoever reads by lines sees lines that we looked at."""
    (_, record) = fields(CSV, 'sku,note\nA,"x\ny"\n')
    assert ("/note", "x\ny") in record
    assert record[-1] == ("", 'A,"x\ny"')


def test_csv_bombs_are_unreadable():
    """An open quote, a giant field, a giant line, a NUL, cells without end."""
    assert code(CSV, "") == "malformed"
    assert code(CSV, 'a,b\n"x,1\n') == "malformed"
    assert code(CSV, f"a,b\n{'x' * 9_000_000},1\n") == "line_too_long"
    assert code(CSV, 'a,b\n"' + "x\n" * 4_000_000) == "line_too_long"
    assert code(CSV, "a,b\nx\x00,1\n") == "malformed"
    assert code(CSV, f"a,b\n{',' * 5_000}\n") == "too_many_cells"


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("application/json", JSON),
        ("APPLICATION/JSON; charset=UTF-8", JSON),
        ('text/xml;charset="utf-8"', XML),
        ("application/vnd.stock.v2+json", JSON),
        ("application/atom+xml", XML),
        ("text/csv", CSV),
        ("", None),
        ("text/plain", None),
        ("application/json; charset=utf-16", None),
        ("application/json, text/csv", None),
        ("multipart/form-data; boundary=x", None),
        ("application/x-www-form-urlencoded", None),
        ("text/csv; header=absent", None),
        ("image/svg+xml", None),
    ],
)
def test_a_content_type_says_how_to_read(said, kind):
    """Three kinds, in UTF-8, and nothing is guessed."""
    assert kind_of(said) == kind


LINE = {"sku": "KUR-IND-M", "quantity": 4, "warehouse": "BLR-1", "title": "Indigo kurta " * 30}
MOST = 10 * 1024 * 1024


def _large(kind):
    if kind is JSON:
        one = json.dumps(LINE) + ","
        return f"[{one * (MOST // len(one) - 1)}{json.dumps(LINE)}]"
    if kind is XML:
        one = "<i>" + "".join(f"<{key}>{value}</{key}>" for key, value in LINE.items()) + "</i>"
        return f"<s>{one * (MOST // len(one) - 1)}</s>"
    one = ",".join(map(str, LINE.values())) + "\n"
    return ",".join(LINE) + "\n" + one * (MOST // len(one) - 1)


@pytest.mark.parametrize("kind", [JSON, XML, CSV])
def test_ten_megabytes_are_read_in_little_memory(kind):
    """Beside the body itself: less than a quarter of it."""
    body = _large(kind).encode()
    records = 0
    tracemalloc.start()
    try:
        for _ in records_of(kind, body):
            records += 1
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert records > 20_000
    assert peak < MOST / 4
