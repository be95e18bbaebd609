"""Rewriting: no address and no phone of either side survives, wherever and however it stood."""

import base64
import email
import email.policy
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderveil.core.redaction import WITHHELD_MARK
from orderveil.hops.mail.hiding import withheld
from orderveil.hops.mail.reading import read_letter
from orderveil.hops.mail.rewriting import Envelope, name_of, refusal, rewritten

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ALIAS = "kx3m@mail.kalanjali.example"
CUSTOMER = "Tarangini.V@mail.example"
AGENT = "ravi@fleetfoot.example"
ENVELOPE = Envelope(
    alias=ALIAS,
    to=CUSTOMER,
    name="Fleetfoot via Kalanjali",
    brand="Kalanjali",
    message_id="abc@mail.kalanjali.example",
    mark="mail.kalanjali.example",
)


def sent(subject, text, *, headers=b"", sender=AGENT):
    """What leaves, as bytes and as the standard library reads it."""
    raw = b"From: X <" + sender.encode() + b">\r\nSubject: " + subject + b"\r\n" + headers
    made = rewritten(read_letter(raw + b"\r\n" + text), ENVELOPE, now=NOW)
    return made, email.message_from_bytes(made, policy=email.policy.default)


def test_only_our_headers_leave():
    """From is the alias under the partner's and the brand's name; nothing else came along."""
    secret = (
        b"Reply-To: ravi@fleetfoot.example\r\nX-Phone: +919000000001\r\nIn-Reply-To: <a@b.c>\r\n"
    )
    _, read = sent(b"Gate closed", b"Please open.", headers=secret)
    assert set(read.keys()) == {
        *("From", "To", "Subject", "Date", "Message-ID", "X-Orderveil-Relay"),
        *("MIME-Version", "Content-Type", "Content-Transfer-Encoding"),
    }
    assert read["From"] == "Fleetfoot via Kalanjali <kx3m@mail.kalanjali.example>"
    assert read["To"] == CUSTOMER
    assert read.get_content().startswith("Please open.")


DISGUISES = [
    "tarangini.v@mail.example",
    "TARANGINI.V@MAIL.EXAMPLE",
    "tarangini.v@\n> mail.example",
    "taran\ngini.v@mail.example",
    "tarangini.v%40mail.example",
    "&#116;arangini.v&#64;mail.example",
    "tarangini\u200b.v@mail.example",
    "u=" + base64.b64encode(b"Tarangini.V@mail.example").decode(),
    "u=" + base64.urlsafe_b64encode(b"xy tarangini.v@mail.example z").decode(),
    b"tarangini.v@mail.example".hex(),
    "mailto:tarangini.v@mail.example?subject=x",
]


@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_known_address_is_found_in_disguise(disguise):
    """Broken, quoted, escaped or encoded: the two who write are withheld."""
    shown = withheld(f"see {disguise} there", alias=ALIAS, known={CUSTOMER.lower(), AGENT})
    assert WITHHELD_MARK in shown
    assert "mail.example" not in shown.replace("\n", "")
    assert disguise not in shown


def test_the_alias_itself_stays():
    """The one address that may be told is the one that both write to."""
    shown = withheld(f"write to {ALIAS}", alias=ALIAS, known={ALIAS, AGENT})
    assert shown == f"write to {ALIAS}"


@pytest.mark.parametrize(
    "phone",
    ["+91 90000 00001", "0 90000-00001", "९००००००००१", "nine zero zero zero zero zero one two"],
)
def test_a_phone_is_withheld(phone):
    """In digits of any script, with signs between them, and spelled out in words."""
    _, read = sent(b"Call", f"call {phone} now".encode())
    assert phone not in read.get_content()
    assert WITHHELD_MARK in read.get_content()


@pytest.mark.parametrize(
    "subject",
    [
        b"=?utf-8?q?x=0D=0ABcc:_evil@x.example?=",
        b"=?utf-8?b?" + base64.b64encode(b"x\r\nBcc: evil@x.example\r\n\r\nbody") + b"?=",
        b"x\rBcc: evil@x.example",
        b"\x00\x0b\x85x",
        b"\xff\xfe",
    ],
)
def test_no_header_is_injected(subject):
    """A subject is one line, whatever is in it."""
    raw, read = sent(subject, b"x")
    assert read["Bcc"] is None
    assert b"\nBcc" not in raw
    assert "evil" not in str(read["Subject"])


def test_a_name_can_begin_no_header():
    """The display name is letters: no sign that an address or a header is made of."""
    name = name_of('Evil\r\nBcc: x@y.example "<a@b.c>', "Kalanjali")
    assert not set(name) & set('\r\n<>@":,')
    assert name.endswith("via Kalanjali")


def test_what_was_left_out_is_said():
    """The last lines say how many attachments were left out, and that the address ends."""
    kind = b"Content-Type: multipart/mixed; boundary=b\r\n"
    body = b"--b\r\n\r\nhi\r\n--b\r\nContent-Type: image/png\r\n\r\nx\r\n--b--\r\n"
    _, read = sent(b"x", body, headers=kind)
    assert "1 attachment was left out" in read.get_content()
    assert "ends with the delivery" in read.get_content()


def test_a_refusal_is_marked_as_a_machines():
    """Whoever gets it knows not to answer (RFC 3834)."""
    read = email.message_from_bytes(refusal(ENVELOPE, "Ended.", now=NOW))
    assert read["Auto-Submitted"] == "auto-replied"


_names = st.from_regex(r"[a-z][a-z0-9.]{1,12}[a-z]", fullmatch=True)
_addresses = st.builds(lambda name, host: f"{name}@{host}.example", _names, st.sampled_from("abc"))
_phones = st.from_regex(r"[6-9][0-9]{9}", fullmatch=True)
_words = st.text(alphabet="abc \n>.,:;<&\"'()-", max_size=30)


@settings(max_examples=150)
@given(_addresses, _addresses, _phones, _phones, st.lists(_words, min_size=4, max_size=4))
def test_nothing_of_either_side_survives(customer, agent, mine, yours, around):
    """Whatever stands around them, in subject and body: no address and no phone of either side."""
    values = (customer, agent, mine, f"+91{yours}")
    text = "".join(f"{between} {value} " for between, value in zip(around, values, strict=True))
    subject = "".join(f" {value}" for value in values)
    raw = f"From: {agent}\r\nSubject:{subject}\r\n\r\n{text}".encode()
    envelope = Envelope(ALIAS, customer, "F via K", "K", "abc@x", "x")
    made = rewritten(read_letter(raw), envelope, now=NOW)
    read = email.message_from_bytes(made, policy=email.policy.default)
    shown = f"{read['Subject']} {read['From']} {read.get_content()}"
    for value in (customer, agent, mine, yours):
        assert value not in shown
