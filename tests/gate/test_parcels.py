"""Moving, assigning and returning parcels: under the law and the credential that hold now."""

from dataclasses import replace
from datetime import timedelta

import pytest

from orderveil.core.hops import Hop
from orderveil.core.states import ParcelState
from orderveil.gate import law as laws
from orderveil.gate import parcels
from orderveil.partners import credentials
from orderveil.partners.credentials import proof_of
from scene import ME, Scene, rows


@pytest.fixture
def scene(db):
    """A brand whose systems show their secrets."""
    return Scene.make()


def caller(scene, hop, **terms):
    """The caller that a request with a credential of its own makes."""
    seat = scene.seat(hop)
    made, token = credentials.issue(seat.partner, hop, now=scene.now, who=ME, **terms)
    known = laws.reload(scene.brand.pk).credentials[made.pk]
    return replace(seat.caller, credential=known, proof=proof_of(token))


def changes(scene, order, hop_caller):
    """What each way to change a parcel answers, once the request's credential is over."""
    now, brand = scene.now, scene.brand.pk
    seat = scene.seat(Hop.COURIER)
    return {
        parcels.move(hop_caller, order, 1, ParcelState.PACKED, now=now),
        parcels.assign(hop_caller, brand, order, 1, Hop.COURIER, seat.partner.pk, now=now),
        parcels.open_reverse(hop_caller, order, 1, now=now),
    }


def test_a_secret_that_was_replaced_changes_nothing(scene):
    """A request that began with it is refused in its transaction, as a disclosure is."""
    order, oms = scene.admit(), caller(scene, Hop.OMS)
    credentials.rotate(oms.credential_id, overlap=timedelta(0), now=scene.now, who=ME)
    assert changes(scene, order, oms) == {credentials.UNAUTHORISED}
    assert rows("SELECT state FROM vault_parcel") == [("placed",)]


def test_an_expired_credential_changes_nothing(scene):
    """Though its request began before."""
    order, oms = scene.admit(), caller(scene, Hop.OMS, expires_at=scene.now + timedelta(minutes=1))
    scene.now += timedelta(minutes=2)
    assert changes(scene, order, oms) == {credentials.UNAUTHORISED}
    assert rows("SELECT state FROM vault_parcel") == [("placed",)]


def test_a_credential_in_force_moves_a_parcel(scene):
    """With the secret of today, and with the one before while both are good."""
    order, wms = scene.admit(), caller(scene, Hop.WMS)
    credentials.rotate(wms.credential_id, overlap=timedelta(hours=1), now=scene.now, who=ME)
    assert parcels.move(wms, order, 1, ParcelState.PACKED, now=scene.now).changed
