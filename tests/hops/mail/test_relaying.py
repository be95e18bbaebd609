"""The relay over real SMTP: both directions, and nobody learns where the other is."""

import base64
from datetime import timedelta

import dkim
import pytest

from hops.mail.post import AGENT, CUSTOMER, DOMAIN, shown
from orderveil.contacts import allocating
from orderveil.contacts.models import Tally
from orderveil.core.clocks import utc_now
from orderveil.core.fields import Field
from orderveil.core.hops import Hop
from orderveil.gate.erase import erase
from orderveil.hops.mail import setup
from orderveil.hops.mail.models import Passed
from orderveil.partners import registry
from scene import ME, rows

PHONE = "+91 90000 00001"


def outcomes(post):
    """What the order's record says of its alias, in order."""
    found = rows(
        "SELECT convert_from(entry, 'UTF8')::jsonb->'detail'->>'outcome' FROM ledger_record"
        " WHERE order_id = %s AND kind = 'contact_used' ORDER BY at, entry_id",
        [post.order],
    )
    return [outcome for (outcome,) in found]


def test_a_letter_goes_both_ways(post):
    """The courier writes, the customer answers, and neither address is in what the other gets."""
    secret = f"Mine is {AGENT}, call {PHONE}, {base64.b64encode(CUSTOMER.encode()).decode()}\r\n"
    assert post.write(post.letter(body=secret.encode()))[0] == 250
    sender, to, raw, read = post.one()
    assert to.lower() == CUSTOMER
    assert sender.startswith("bounce+")
    assert sender.endswith(f"@{DOMAIN}")
    assert post.alias in read["From"]
    for told in (AGENT, "fleetfoot", "ravi", "90000 00001", "9000000001"):
        assert told not in shown(raw)
    post.server.taken.clear()
    answer = f"I am {CUSTOMER}.\r\n> On Monday {AGENT} wrote\r\n".encode()
    assert post.write(post.letter(CUSTOMER, answer), sender=CUSTOMER)[0] == 250
    _, to, raw, read = post.one()
    assert to == AGENT
    assert post.alias in read["From"]
    for told in (CUSTOMER, "tarangini", "mail.example\n", PHONE):
        assert told not in shown(raw)
    assert outcomes(post) == ["relayed", "relayed"]


def test_what_leaves_is_signed(post):
    """Its DKIM signature holds under the key that `orderveil mail setup` tells to publish."""
    post.write(post.letter())
    raw = post.one()[2]
    relay = setup.relay_of(post.scene.brand.pk)
    records = {each.name: each.value for each in setup.records(relay, DOMAIN)}
    assert dkim.verify(raw, dnsfunc=lambda name, timeout=5: records[name.decode()[:-1]].encode())


def test_the_customer_was_disclosed_to_whoever_carries_the_mail(post):
    """Before a letter leaves, the ledger holds that the mail's carrier got the address."""
    post.write(post.letter())
    found = rows(
        "SELECT hop FROM ledger_record WHERE order_id = %s AND hop = 'comms'", [post.order]
    )
    assert found == [("comms",)]


def test_nobody_is_answered_before_somebody_wrote(post):
    """The customer writes first: there is no one to send it to, and a sentence says so."""
    code, said = post.write(post.letter(CUSTOMER), sender=CUSTOMER)
    assert (code, outcomes(post)) == (550, ["nobody"])
    assert "nobody to answer" in said
    assert post.server.taken == []


@pytest.mark.parametrize(
    ("sender", "signer", "outcome"),
    [
        ("anybody@evil.example", "", "stranger"),
        ("anybody@evil.example", "fleetfoot.example", "unverified"),
        (AGENT, "evil.example", "unverified"),
        (AGENT, None, "unverified"),
        (CUSTOMER, None, "unverified"),
        ("ravi@fleetfoot.example.evil.example", None, "unverified"),
    ],
)
def test_strangers_and_forgeries_are_refused(post, sender, signer, outcome):
    """Whoever is not proved to be one of the two is refused, recorded, and never passed on."""
    assert post.write(post.letter(sender, signer=signer))[0] == 550
    assert post.server.taken == []
    assert outcomes(post) == [outcome]


def test_a_signed_letter_that_was_changed_proves_nothing(post):
    """One byte more below the signature, and it is nobody's."""
    raw = post.letter() + b"Pay here.\r\n"
    assert post.write(raw)[0] == 550
    assert outcomes(post) == ["unverified"]


def test_without_dns_the_sender_comes_again(post):
    """What can't be proved now is neither believed nor refused."""
    raw = post.letter()
    post.down = True
    assert post.write(raw)[0] == 451
    post.down = False
    assert post.write(raw)[0] == 250


def test_a_duplicate_is_taken_and_not_sent_again(post):
    """The same Message-ID to the same alias leaves once."""
    raw = post.letter()
    assert [post.write(raw)[0] for _ in range(3)] == [250, 250, 250]
    assert len(post.server.taken) == 1


@pytest.mark.parametrize(
    ("trouble", "first", "then"),
    [
        ({"rcpt": "450 later"}, 451, 250),
        ({"data": "451 later"}, 451, 250),
        ({"rcpt": "550 no such user"}, 550, 250),
        ({"data": "554 no"}, 550, 250),
    ],
)
def test_what_the_server_does_not_take_stays_with_its_sender(post, trouble, first, then):
    """A sender is told 250 only when the brand's server took the letter."""
    for name, value in trouble.items():
        setattr(post.server, name, value)
    raw = post.letter()
    assert post.write(raw)[0] == first
    assert outcomes(post) == ["unreachable"]
    post.server.rcpt = post.server.data = "250 OK"
    assert post.write(raw)[0] == then
    assert len(post.server.taken) == 1


def test_an_answer_that_was_lost_leaves_the_letter_in_doubt(post):
    """Taken, and the answer lost: it is not sent again at once, and later with the same id."""
    post.server.loses_answer = True
    raw = post.letter()
    assert post.write(raw)[0] == 451
    post.server.loses_answer = False
    assert post.write(raw)[0] == 451
    Passed.objects.update(at=utc_now() - timedelta(minutes=5))
    assert post.write(raw)[0] == 250
    ids = {
        line for _, _, sent in post.server.taken for line in sent.splitlines() if b"-ID: " in line
    }
    assert (len(post.server.taken), len(ids)) == (2, 1)


def test_an_ended_alias_leads_nowhere(post):
    """The sender is told politely, with the way to the brand; the order's record tells of it."""
    allocating.end(post.order, utc_now())
    code, said = post.write(post.letter())
    assert code == 550
    assert said.startswith("5.1.1 This address was for one delivery")
    assert (post.server.taken, outcomes(post)) == ([], ["ended"])


def test_an_erased_order_has_no_address(post):
    """What was erased can't be reached, whoever writes."""
    erase(post.scene.brand.pk, [post.order], now=utc_now(), who=ME)
    for sender in (AGENT, CUSTOMER):
        assert post.write(post.letter(sender), sender=sender)[0] == 550
    assert post.server.taken == []


def test_a_suspended_partner_writes_to_nobody(post):
    """Neither out nor in: who has no standing is not in touch with a customer."""
    post.write(post.letter())
    post.server.taken.clear()
    courier = post.scene.seat(Hop.COURIER).partner
    registry.set_suspended(courier, suspended=True, now=utc_now())
    assert post.write(post.letter())[0] == 550
    assert post.write(post.letter(CUSTOMER), sender=CUSTOMER)[0] == 550
    assert post.server.taken == []
    assert outcomes(post)[1:] == ["no_standing", "no_standing"]


def test_too_many_letters_wait(post):
    """Beyond the limit of an hour a sender is told to come again."""
    codes = [post.write(post.letter())[0] for _ in range(22)]
    assert codes == [250] * 20 + [451] * 2
    assert len(post.server.taken) == 20


def test_a_storm_of_bounces_goes_nowhere(post):
    """500 delivery reports: one is recorded on the order, none is answered or passed on."""
    post.write(post.letter())
    back = post.one()[0]
    report = b"From: mailer@x.example\r\nContent-Type: multipart/report; boundary=b\r\n\r\nx\r\n"
    for to in [back] * 250 + [post.alias] * 250:
        assert post.write(report, sender="", to=to)[0] == 250
    assert len(post.server.taken) == 1
    assert outcomes(post).count("bounced") <= 20
    assert rows("SELECT count(*) FROM mail_passed WHERE bounced_at IS NOT NULL") == [(1,)]
    assert sum(Tally.objects.values_list("times", flat=True)) == 249


@pytest.mark.parametrize(
    "head",
    [b"Auto-Submitted: auto-replied\r\n", b"X-Autoreply: yes\r\n", b"Precedence: auto_reply\r\n"],
)
def test_what_a_machine_answers_is_not_passed_on(post, head):
    """An absence note is taken and goes nowhere: two of them would never end."""
    assert post.write(post.letter(head=head))[0] == 250
    assert (post.server.taken, outcomes(post)) == ([], ["bounced"])


def test_a_loop_ends(post):
    """What a relay like ours sent already is refused; so is what went round too often."""
    post.write(post.letter())
    raw = post.one()[2]
    assert post.write(raw)[0] == 554
    assert post.write(post.letter(head=b"Received: from x\r\n" * 26))[0] == 554
    assert len(post.server.taken) == 1
    assert outcomes(post)[1:] == ["loop", "loop"]


def test_the_customer_of_another_order_is_a_stranger(post):
    """An alias is between one customer and one partner."""
    other = {Field.EMAIL: "mandakini@mail.example"}
    post.new_order(person=other)
    assert post.write(post.letter("mandakini@mail.example"))[0] == 550
    assert outcomes(post) == ["stranger"]


def test_who_proves_nothing_isnt_told_whether_they_guessed_the_customers_address(post):
    """The same refusal, word for word, for the right address and any other."""
    said = {
        post.write(post.letter(sender, signer=None), sender=sender)
        for sender in (CUSTOMER, "guess1@mail.example", "guess2@other.example")
    }
    assert len(said) == 1
