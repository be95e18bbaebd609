"""The canary in the mail: two letters of unique strings, one each way; then everything searched."""

import logging

import pytest

import database
from doors import stored
from hops.mail.post import shown
from marks import files
from orderveil.core.fields import Field

AGENT = "qzagent@fleetfoot.example"
CUSTOMER = "qzmail@mail.example"
PERSON = {Field.NAME: "Qzname Zqperson", Field.PHONE: "+919000086421", Field.EMAIL: CUSTOMER}
OUT = b"Qzsentence at the gate, or call +91 90000 86433.\r\n"
BACK = b"Qzanswer from Qzname, 90000 86421, qzmail@mail.example, the back door.\r\n"
MARKS = (
    *("qzmail", "qzagent", "9000086421", "90000 86421", "90000 86433", "Qzname"),
    *("Qzsentence", "Qzanswer", "Qzsubject"),
)
HEAD = b"Subject: Qzsubject\r\n\r\n"


@pytest.fixture
def exchanged(post, caplog):
    """An agent wrote, and the customer answered; both ends have what our server sent."""
    caplog.set_level(logging.DEBUG)
    post.order, post.code = post.new_order(person=PERSON)
    assert post.write(post.letter(AGENT, OUT, head=HEAD), sender=AGENT)[0] == 250
    assert post.write(post.letter(CUSTOMER, BACK, head=HEAD), sender=CUSTOMER)[0] == 250
    post.write(post.letter("qzthief@evil.example", OUT), sender="qzthief@evil.example")
    return post, caplog


def test_neither_end_is_told_the_other(exchanged):
    """Each gets the words, and the alias; no address and no number of anybody's."""
    (_, to_customer, first), (_, to_agent, second) = exchanged[0].server.taken
    assert (to_customer, to_agent) == (CUSTOMER, AGENT)
    assert "qzsentence" in shown(first)
    assert "qzanswer" in shown(second)
    for hidden in ("qzagent", "86433"):
        assert hidden not in shown(first)
    for hidden in ("qzmail", "86421"):
        assert hidden not in shown(second)


def test_nothing_of_a_letter_stays_anywhere(exchanged):
    """No table, queue, log nor file holds an address, a number, a subject or a sentence."""
    post, caplog = exchanged
    for table, column, value in stored():
        found = [mark for mark in MARKS if mark.lower().encode() in value.lower()]
        assert found == [], (table, column)
    assert [mark for mark in MARKS if mark in caplog.text] == []
    written = {
        str(path.relative_to(database.HOME)): mark
        for path, content in files()
        for mark in MARKS
        if mark.encode() in content
    }
    assert written == {}
    assert len(post.server.taken) == 2
