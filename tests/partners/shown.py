"""What the tests of the connections' pages share: a subscription, what is stored, secrets."""

import re

from orderveil.core.hops import Hop
from orderveil.outbox import subscribing
from orderveil.outbox.events import EventKind
from partners import sample
from scene import ME

URL = "https://hooks.partner.example/in"


SECRET = re.compile(r'id="secret">([^<]+)<')


def a_subscription(scene):
    """The number of a subscription of the scene's courier."""
    kinds = [EventKind.PARCEL_PACKED]
    partner = scene.seat(Hop.COURIER).partner
    made, _ = subscribing.add(partner, Hop.COURIER, URL, kinds, now=scene.now, who=ME)
    return made.subscription_id


def state():
    """What a POST might have changed."""
    tables = ("partner", "agreement", "credential", "channel", "brand", "approval")
    stored = [sample.everything_stored(f"partners_{table}") for table in tables]
    return [*stored, sample.everything_stored("outbox_subscription")]


def shown_once(client, path, said):
    """The secret in the answer to this POST; it is in no page that comes after."""
    answer = client.post(path, said)
    assert answer.status_code == 200, answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert 'data-copy="secret"' in answer.content.decode()
    secret = SECRET.search(answer.content.decode())[1]
    assert secret not in str(dict(client.session.items()))
    for page in ("partners", "credentials", "channels", "subscriptions"):
        assert secret not in client.get(f"/{page}/").content.decode()
    for table in ("ledger_entry", "django_session", "partners_credential", "partners_channel"):
        assert secret not in sample.everything_stored(table)
    return secret
