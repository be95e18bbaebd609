"""Twilio's voice webhook: a signed form in, TwiML out.

A POST with CallSid, From, To and, after a <Gather>, Digits. `X-Twilio-Signature` is the base64 of
HMAC-SHA1 under the account's auth token, over the URL as it was configured and the form's pairs,
sorted and joined without anything between them. SHA-1 is theirs to choose; an HMAC under it is not
broken, and no part of it is ours to weaken.

Source: twilio.com/docs/usage/security (signature), /docs/voice/twiml/gather, /dial, /number, /say.
"""

import base64
import hmac
from collections.abc import Iterable, Mapping
from xml.etree import ElementTree as ET

from orderveil.core.errors import Problem
from orderveil.core.virtual import PIN_DIGITS
from orderveil.hops.calls.speech import (
    RINGING_SECONDS,
    TALKING_SECONDS,
    WORDS,
    Ask,
    Dial,
    Reply,
    Ring,
    Sentence,
    Spoken,
    ring_of,
)

_KEY_SECONDS = 15
_LANGUAGE = "en-IN"


def signature(token: bytes, url: str, pairs: Iterable[tuple[str, str]]) -> str:
    """What Twilio signs a form with, sent to `url`."""
    signed = url + "".join(name + value for name, value in sorted(set(pairs)))
    return base64.b64encode(hmac.digest(token, signed.encode(), "sha1")).decode()


def is_genuine(token: bytes, url: str, pairs: Iterable[tuple[str, str]], header: str) -> bool:
    """Did the account with this token send this form to this URL?"""
    if not token or not url:
        return False
    expected = signature(token, url, pairs).encode()
    return hmac.compare_digest(expected, header.strip().encode("utf-8", "replace"))


def read(params: Mapping[str, str]) -> Ring | Problem:
    """The call behind a form."""
    return ring_of(
        params.get("CallSid", ""),
        params.get("From", ""),
        params.get("To", ""),
        params.get("Digits"),
    )


def spoken(reply: Reply, url: str) -> Spoken:
    """TwiML. `url`: where the PIN that is keyed in goes, which is where the call came from."""
    response = ET.Element("Response")
    if isinstance(reply, Dial):
        _dial(response, reply.number, reply.shown)
    elif isinstance(reply, Ask):
        told = {"input": "dtmf", "numDigits": str(PIN_DIGITS), "timeout": str(_KEY_SECONDS)}
        gather = ET.SubElement(response, "Gather", told | {"action": url, "method": "POST"})
        _say(gather, reply.sentence)
        # Reached when nothing was keyed in.
        if reply.care:
            _dial(response, reply.care, reply.shown)
        else:
            _end(response, Sentence.NOBODY)
    else:
        _end(response, reply.sentence)
    return xml(response)


def connecting(number: str, shown: str, ended: str) -> str:
    """TwiML for an agent who picked up: dials the customer. `ended` is told how it went."""
    response = ET.Element("Response")
    _dial(response, number, shown, action=ended)
    return xml(response).body.decode()


def nothing() -> Spoken:
    """TwiML that does nothing more."""
    return xml(ET.Element("Response"))


def xml(response: ET.Element) -> Spoken:
    """The document, escaped by the library that builds it."""
    body: bytes = ET.tostring(response, encoding="utf-8", xml_declaration=True)
    return Spoken("text/xml; charset=utf-8", body)


def _dial(parent: ET.Element, number: str, shown: str, action: str = "") -> None:
    told = {
        "callerId": shown,
        "timeout": str(RINGING_SECONDS),
        "timeLimit": str(TALKING_SECONDS),
        "record": "do-not-record",
    }
    if action:
        told |= {"action": action, "method": "POST"}
    dial = ET.SubElement(parent, "Dial", told)
    ET.SubElement(dial, "Number").text = number


def _say(parent: ET.Element, sentence: Sentence) -> None:
    ET.SubElement(parent, "Say", {"language": _LANGUAGE}).text = WORDS[sentence]


def _end(parent: ET.Element, sentence: Sentence) -> None:
    _say(parent, sentence)
    ET.SubElement(parent, "Hangup")
