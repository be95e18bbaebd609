"""Reading messages: words are found, limits hold, and nothing that is broken breaks the reader."""

import base64

import pytest

from orderveil.hops.mail import parts, reading
from orderveil.hops.mail.plain import plain_of
from orderveil.hops.mail.reading import UnreadableError, read_letter

HEAD = (
    b"From: Ravi <ravi@fleetfoot.example>\r\nSubject: Gate\r\nMessage-ID: <1@fleetfoot.example>\r\n"
)


def multipart(kind, *pieces, boundary=b"b0"):
    """A multipart body with its Content-Type."""
    between = b"".join(b"--" + boundary + b"\r\n" + piece + b"\r\n" for piece in pieces)
    head = b"Content-Type: multipart/" + kind + b'; boundary="' + boundary + b'"\r\n\r\n'
    return head + between + b"--" + boundary + b"--\r\n"


def nested(levels):
    """A text below so many multiparts."""
    made = b"Content-Type: text/plain\r\n\r\nwords"
    for level in range(levels):
        made = multipart(b"mixed", made, boundary=b"b%d" % level)
    return made


def test_the_plain_alternative_is_read():
    """Of an alternative the plain text is read, the HTML is not, and neither is an attachment."""
    both = multipart(
        b"alternative",
        b"Content-Type: text/html\r\n\r\n<p>rich</p>",
        b"Content-Type: text/plain\r\n\r\nplain",
        boundary=b"b1",
    )
    picture = b"Content-Type: image/png\r\n\r\nxx"
    letter = read_letter(HEAD + multipart(b"mixed", both, picture))
    assert (letter.text, letter.attachments) == ("plain", 1)
    assert (letter.sender, letter.subject) == ("ravi@fleetfoot.example", "Gate")


def test_html_alone_is_made_plain():
    """Words and links of HTML survive as text; scripts, styles and comments do not."""
    html = b'<style>p{}</style><!-- no --><p>One<br>two <a href="https://x.example/a">here</a>'
    letter = read_letter(HEAD + b"Content-Type: text/html\r\n\r\n" + html + b"<script>x()</script>")
    assert letter.text == "One\ntwo here (https://x.example/a)"


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (b"Content-Transfer-Encoding: base64", base64.b64encode("grüße".encode())),
        (b"Content-Transfer-Encoding: BASE64", base64.b64encode("grüße".encode())[:-1]),
        (b"Content-Transfer-Encoding: quoted-printable", b"gr=C3=BC=C3=9Fe"),
        (b"Content-Type: text/plain; charset=no-such", "grüße".encode()),
        (b"Content-Type: text/plain; charset=iso-8859-1", "grüße".encode("latin-1")),
    ],
)
def test_words_are_decoded(head, body):
    """Encodings and charsets are taken off; an unknown charset is read as UTF-8."""
    assert read_letter(HEAD + head + b"\r\n\r\n" + body).text == "grüße"


@pytest.mark.parametrize(
    "raw",
    [
        HEAD + nested(parts.MOST_LEVELS),
        HEAD + nested(1000),
        HEAD + multipart(b"mixed", *[b"\r\nx"] * parts.MOST_PARTS),
        HEAD + b"X: " + b"y" * parts.MOST_HEADER_BYTES + b"\r\n\r\nx",
        HEAD + b"X: y\r\n" * (parts.MOST_HEADERS + 1) + b"\r\nx",
        HEAD + b"\r\n" + b"x" * 25_000_000,
        HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b x" * 20_000,
    ],
)
def test_too_much_is_refused_whole(raw):
    """Levels, parts, headers, bytes and boundaries have their limits."""
    with pytest.raises(parts.TooMuchError):
        read_letter(raw)


def test_what_is_just_allowed_is_read():
    """One level less, and it is a letter."""
    assert read_letter(HEAD + nested(parts.MOST_LEVELS - 1)).text == "words"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n\r\n",
        b"Subject: none\r\n\r\nx",
        b"From: a@b.example\r\nFrom: c@d.example\r\n\r\nx",
        b"From: a@b.example\r\nFrom : c@d.example\r\n\r\nx",
        b"From: a@b.example, c@d.example\r\n\r\nx",
        b'From: "a b"@c.example\r\n\r\nx',
        b"From: a@b@c.example\r\n\r\nx",
        b"From: nobody\r\n\r\nx",
        b"From: " + b"(" * 3000 + b"a@b.example\r\n\r\nx",
        b"From: a@" + b"b." * 200 + b"example\r\n\r\nx",
    ],
)
def test_who_is_not_named_once_is_not_read(raw):
    """Without exactly one plain From address there is no letter."""
    with pytest.raises(UnreadableError):
        read_letter(raw)


@pytest.mark.parametrize(
    "body",
    [
        b"Content-Type: multipart/mixed\r\n\r\nno boundary",
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ncut off",
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\nnever begins",
        b"Content-Type: ;;;===\r\n\r\nx",
        b"Content-Type: text/plain; charset*0*=%ZZ''\xff\r\n\r\nx",
        b"Content-Type: text/plain; charset=utf-16\r\n\r\n\xff",
        b"Content-Type: text/plain; charset=unicode_escape\r\n\r\n\\U00110000",
        b"Content-Transfer-Encoding: base64\r\n\r\n\x00\xff=",
        b"Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 a",
        b"\x00\x00: \x00\r\n\r\n\x00words\x00",
        b"Content-Type: text/html\r\n\r\n<a<b<<![CDATA[ <!doctype <p \x00",
    ],
)
def test_bad_mime_is_read_as_far_as_it_goes(body):
    """Nothing that is merely broken raises anything."""
    assert read_letter(HEAD + body).sender == "ravi@fleetfoot.example"


@pytest.mark.parametrize(
    "html",
    [each * 100_000 for each in ("<", "<a ", "<!--", "</", "&#", "<a>", "<a x='", "<p>", "<![")],
)
def test_html_costs_what_it_is_long(html):
    """What makes a careless parser look for an end again and again is read once."""
    assert isinstance(plain_of(html), str)


@pytest.mark.parametrize(
    ("header", "automatic", "answer"),
    [
        (b"X: y", False, False),
        (b"Auto-Submitted: no", False, False),
        (b"Auto-Submitted: auto-generated", True, False),
        (b"Precedence: bulk", True, False),
        (b"List-Id: <x.example>", True, False),
        (b"Auto-Submitted: auto-replied (vacation)", True, True),
        (b"Content-Type: multipart/report; boundary=b", True, True),
        (b"Return-Path: <>", True, True),
    ],
)
def test_machines_are_known(header, automatic, answer):
    """What is automatic is never answered; what answers automatically is never sent on."""
    letter = read_letter(HEAD + header + b"\r\n\r\nx")
    assert (letter.is_automatic, letter.is_answer_of_machine) == (automatic, answer)


def test_a_loop_is_known():
    """Our own mark, or more Received lines than any road has, is a loop."""
    assert read_letter(HEAD + b"X-Orderveil-Relay: other.example\r\n\r\nx").is_loop
    received = b"Received: from a\r\n"
    assert read_letter(HEAD + received * 26 + b"\r\nx").is_loop
    assert not read_letter(HEAD + received * 25 + b"\r\nx").is_loop


def test_a_letter_is_known_again():
    """The digest is the Message-ID's; without one it is the whole message's."""
    assert read_letter(HEAD + b"\r\nx").digest == read_letter(HEAD + b"\r\ny").digest
    one, two = (read_letter(b"From: a@b.example\r\n\r\n" + each).digest for each in (b"x", b"y"))
    assert one != two


def test_a_long_text_ends_with_a_line():
    """The end that is cut off begins after a line: half an address would not be known for one."""
    text = (b"word " * 10 + b"\r\n") * 3000
    letter = read_letter(HEAD + b"\r\n" + text)
    assert letter.is_cut
    assert len(letter.text) <= reading.LONGEST_TEXT
    assert letter.text.endswith("word ")
