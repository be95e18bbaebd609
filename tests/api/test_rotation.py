"""Rotation over the machines' door: whoever changes over in time meets no refusal."""

from datetime import timedelta

import pytest

from doors import Doors, own, problem_of
from orderveil.core.clocks import utc_now
from orderveil.core.hops import Hop
from orderveil.core.states import ParcelState
from orderveil.hops.storefront import resources
from orderveil.partners import channels, credentials, registry

HOUR = timedelta(hours=1)
NONE = timedelta(0)


@pytest.fixture
def doors(db):
    """Own format, so that a signature is a Standard Webhooks one."""
    return Doors.make(format_="orderveil")


def asked(doors, order, token):
    """The status of a view that is asked for with this token."""
    path = f"/v1/hops/wms/orders/{doors.ref(doors.scene.seat(Hop.WMS), order)}"
    return doors.call("GET", path, token=token).status_code


def reported(doors, order, token):
    """The status of an event: a route that does not check the law by itself."""
    path = f"/v1/orders/{doors.ref(doors.scene.seat(Hop.WMS), order)}/events"
    body = {"state": ParcelState.PACKED}
    return doors.call("POST", path, token=token, body=body).status_code


def rotate(doors, overlap, *, hours_ago=0):
    """The new token of the warehouse."""
    now = utc_now() - hours_ago * HOUR
    return credentials.rotate(doors.scene.seat(Hop.WMS).credential.pk, overlap=overlap, now=now)


@pytest.mark.parametrize("ask", [asked, reported])
def test_both_tokens_work_during_the_overlap(doors, ask):
    """A process that knew the credential before lets both in."""
    order = doors.scene.admit()
    old = doors.scene.seat(Hop.WMS).token
    assert ask(doors, order, old) == 200
    new = rotate(doors, HOUR)
    assert [ask(doors, order, token) for token in (old, new)] == [200, 200]


@pytest.mark.parametrize("ask", [asked, reported])
@pytest.mark.parametrize(("overlap", "hours_ago"), [(NONE, 0), (HOUR, 2)])
def test_the_old_token_is_refused_once_it_is_over(doors, ask, overlap, hours_ago):
    """At once without an overlap, and after it with one: no answer comes from an older law."""
    order = doors.scene.admit()
    old = doors.scene.seat(Hop.WMS).token
    assert ask(doors, order, old) == 200
    new = rotate(doors, overlap, hours_ago=hours_ago)
    assert [ask(doors, order, token) for token in (old, new)] == [401, 200]


def test_a_bulk_ask_with_the_old_token_is_refused(doors):
    """Many orders at once go through the same check."""
    order = doors.scene.admit()
    seat = doors.scene.seat(Hop.WMS)
    body = {"refs": [doors.ref(seat, order)]}

    def ask(token):
        return doors.call("POST", "/v1/hops/wms/views", token=token, body=body)

    assert ask(seat.token).status_code == 200
    new = rotate(doors, NONE)
    problem_of(ask(seat.token), 401, "unauthorised")
    assert ask(new).json["answers"][0].get("view")


def change(doors, overlap, *, hours_ago=0):
    """The new secret of the scene's channel, as a process sees it that did not know the old."""
    now = utc_now() - hours_ago * HOUR
    new = channels.rotate(doors.scene.channel, overlap=overlap, now=now)
    resources.forget()
    return new


def test_a_shop_may_sign_with_both_secrets_during_the_overlap(doors):
    """And after it with the new one only."""
    assert doors.webhook(own("A1")).status_code == 200
    new = change(doors, HOUR)
    assert doors.webhook(own("A2")).json == {"status": "admitted"}
    assert doors.webhook(own("A3"), secret=new).json == {"status": "admitted"}


@pytest.mark.parametrize(("overlap", "hours_ago"), [(NONE, 0), (HOUR, 2)])
def test_a_shop_that_signs_with_an_old_secret_is_refused(doors, overlap, hours_ago):
    """Once it is over, and nothing is stored."""
    new = change(doors, overlap, hours_ago=hours_ago)
    problem_of(doors.webhook(own("A1")), 401, "bad_signature")
    assert doors.webhook(own("A1"), secret=new).json == {"status": "admitted"}


def test_a_closed_channel_verifies_nothing(doors):
    """Not even for a process that still remembers the channel: its secrets are gone."""
    assert doors.webhook(own("A1")).status_code == 200
    registry.revoke_channel(doors.scene.channel, now=utc_now())
    problem_of(doors.webhook(own("A2")), 401, "bad_signature")
    resources.forget()
    problem_of(doors.webhook(own("A2")), 404, "unknown_channel")
