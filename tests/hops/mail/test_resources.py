"""Mail by HTTP: proved, once, and told whether to come again."""

import hmac
import time
from urllib.parse import urlencode

import pytest
import urllib3

from hops.mail.post import AGENT
from orderveil.contacts import allocating
from orderveil.core.clocks import utc_now
from orderveil.hops.mail import names, setup
from orderveil.hops.mail.setup import Format
from orderveil.outbox.webhooks import signed_headers
from scene import ME
from wireserver import serving

KEY = b"mailgun-signing-key-invented"


@pytest.fixture
def door(post, monkeypatch):
    """The machine door, DNS with our senders' keys, and a function that posts as Mailgun does."""
    monkeypatch.setattr(names, "txt", post.txt)
    brand = post.scene.brand.pk
    route, _ = setup.add_route(brand, Format.MAILGUN, secret=KEY, now=utc_now(), who=ME)
    http = urllib3.PoolManager(retries=False)
    with serving() as url:

        def send(raw, token="t" * 50, *, stamp=None, key=KEY, to=None, multipart=False):
            stamp = str(int(stamp or time.time()))
            form = {
                "recipient": to or post.alias,
                "sender": AGENT,
                "body-mime": raw,
                "timestamp": stamp,
                "token": token,
                "signature": hmac.digest(key, (stamp + token).encode(), "sha256").hex(),
            }
            place = f"{url}/v1/mail/{route.pk}/mime"
            if multipart:
                return http.request("POST", place, fields=form)
            head = {"Content-Type": "application/x-www-form-urlencoded"}
            return http.request("POST", place, body=urlencode(form), headers=head)

        send.url, send.http = url, http
        yield send


@pytest.mark.parametrize("multipart", [False, True])
def test_mailgun_hands_a_letter_in(post, door, multipart):
    """Either kind of form: 200 when the brand's server took it."""
    assert door(post.letter(), multipart=multipart).status == 200
    assert len(post.server.taken) == 1


def test_a_replayed_webhook_does_nothing(post, door):
    """A token is good once, whatever comes with it; its sender stops."""
    assert door(post.letter()).json() == {"status": "taken"}
    assert door(post.letter()).json() == {"status": "duplicate"}
    assert len(post.server.taken) == 1


@pytest.mark.parametrize(
    "lie", [{"key": b"another"}, {"stamp": time.time() - 86400}, {"stamp": time.time() + 86400}]
)
def test_what_is_not_proved_is_not_read(post, door, lie):
    """A wrong key or an old timestamp: 401."""
    assert door(post.letter(), **lie).status == 401
    assert post.server.taken == []


def test_it_comes_again_when_the_server_is_down(post, door):
    """503 while the letter can't be handed on; the same token is good for the next try."""
    post.server.data = "451 later"
    raw = post.letter()
    assert door(raw).status == 503
    post.server.data = "250 OK"
    assert door(raw).status == 200
    assert len(post.server.taken) == 1


def test_an_ended_alias_is_answered_by_few_mails(post, door):
    """406, so that nobody retries; a proved sender gets one mail each, five an hour at most."""
    allocating.end(post.order, utc_now())
    for number in range(8):
        assert door(post.letter(), token=f"t{number}").status == 406
    assert [(sender in {"", "<>"}, to) for sender, to, _ in post.server.taken] == [
        (True, AGENT)
    ] * 5
    assert all(b"Auto-Submitted: auto-replied" in raw for _, _, raw in post.server.taken)


def test_nobody_unproved_or_automatic_is_answered(post, door):
    """A forged sender, and a list's mail, get no mail of ours: that would be the storm."""
    allocating.end(post.order, utc_now())
    assert door(post.letter(signer=None), token="a").status == 406
    assert door(post.letter("x@evil.example"), token="b").status == 406
    assert door(post.letter(head=b"Precedence: bulk\r\n"), token="c").status == 406
    assert post.server.taken == []


def test_no_other_domain_is_relayed(post, door):
    """The recipient is of the brand's own domain, or nothing happens."""
    assert door(post.letter(), to="victim@elsewhere.example").status == 406
    assert post.server.taken == []


def test_a_server_of_the_brands_own(post, door):
    """The raw format: the message as the body, its envelope in headers, a Standard Webhook."""
    brand = post.scene.brand.pk
    route, key = setup.add_route(brand, Format.RAW, secret=None, now=utc_now(), who=ME)
    raw = post.letter()
    head = dict(signed_headers([key], "m-1", utc_now(), raw))
    head |= {"X-Envelope-To": post.alias, "X-Envelope-From": AGENT}
    place = f"{door.url}/v1/mail/{route.pk}"
    codes = [door.http.request("POST", place, body=raw, headers=head).status for _ in range(2)]
    assert codes == [200, 200]
    assert len(post.server.taken) == 1
    forged = door.http.request("POST", place, body=raw + b"x", headers=head)
    assert forged.status == 401
