"""The floor's printers at the machine door: enrolment, their paths, and nobody else on them."""

import re
from datetime import timedelta

import pytest

from api.test_access import CLOSED, METHODS, Site
from doors import problem_of, sizes
from orderveil.api.app import operations
from orderveil.core.clocks import utc_now
from orderveil.core.devices import ATTESTED_DAYS, DeviceKind
from orderveil.core.hops import Hop
from orderveil.partners import devices, registry
from partners import sample
from scene import together

ENROL, ME = "/v1/devices/enrol", "/v1/devices/me"
BY_DEVICE = sorted(each.path for each in operations() if each.by_device)


@pytest.fixture
def site(db):
    """A brand with a seat on each hop and one order on its way."""
    return Site()


def registered(site, kind=DeviceKind.PRINTER, **said):
    """A device of the warehouse's floor, and its link."""
    warehouse = site.doors.scene.seat(Hop.WMS).partner
    return sample.new_device(warehouse, kind, now=utc_now(), **said)


def enrolled(site, kind=DeviceKind.PRINTER, **said):
    """A device that was enrolled, and its token."""
    device, link = registered(site, kind, **said)
    return device, devices.enrol(link, kind, now=utc_now())[1]


def test_a_printer_enrols_with_its_link_once(site):
    """The answer holds its number and token; the link opens nothing more, the token what it may."""
    device, link = registered(site)
    answer = site.doors.call("POST", ENROL, body={"link": link})
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json["device"] == device.pk
    token = answer.json["token"]
    problem_of(site.doors.call("POST", ENROL, body={"link": link}), 410, "link_spent")
    told = site.doors.call("GET", ME, token=token).json
    until = told.pop("attested_until")
    assert told == {
        "device": device.pk,
        "name": "Packing station 1",
        "asset": "A-1",
        "partner": device.partner_id,
    }
    assert until.startswith(f"{utc_now() + timedelta(days=ATTESTED_DAYS):%Y-%m-%d}")
    for secret in (token.split("_", 2)[2], link.split("_", 2)[2]):
        assert secret not in sample.everything_stored("partners_device")
        assert secret not in sample.everything_stored("ledger_entry")


def test_of_two_who_come_with_one_link_one_is_enrolled(site):
    """At the same moment, too: the second finds it spent."""
    _, link = registered(site)

    def come():
        return site.doors.call("POST", ENROL, body={"link": link}).status_code

    assert sorted(together(*[come] * 4)) == [200, 410, 410, 410]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"link": 5}',
        b'{"link": "ovl_1", "more": 1}',
        b"\xff\xfe",
        b'{"link": "' + b"x" * 2_000 + b'"}',
        b"[" * 900,
    ],
)
def test_what_is_no_body_is_refused(site, body):
    """422, and nothing of it in the answer."""
    before = sizes()
    answer = site.doors.call("POST", ENROL, body=body)
    problem_of(answer, 422, "invalid_request")
    assert "xxxx" not in answer.text
    assert sizes() == before


def test_what_is_no_link_writes_nothing(site):
    """Made up, of another device, a token, out of its day, of a revoked device: the same words."""
    device, link = registered(site)
    _, other = registered(site, asset="A-2")
    gone, lost = registered(site, asset="A-3")
    devices.revoke(gone.pk, gone.brand_id, now=utc_now())
    _, token = enrolled(site, asset="A-4")
    late = sample.new_device(device.partner, DeviceKind.PRINTER, "A-5", now=two_days_ago())[1]
    wrong = link.replace(f"ovl_{device.pk}_", "ovl_999999_")
    crossed = f"ovl_{device.pk}_{other.split('_', 2)[2]}"
    before = sizes()
    told = [
        problem_of(site.doors.call("POST", ENROL, body={"link": each}), 410, "link_spent")
        for each in ("", "ovl_", wrong, crossed, lost, late, token, f"{link}x")
    ]
    assert all(each == told[0] for each in told)
    assert sizes() == before
    assert site.doors.call("POST", ENROL, body={"link": link}).status_code == 200


def two_days_ago():
    """When a link was made that is over."""
    return utc_now() - timedelta(days=2)


def test_a_stations_link_makes_no_printer(site):
    """409, and it is not spent: the station can still open it."""
    _, link = registered(site, DeviceKind.STATION)
    answer = site.doors.call("POST", ENROL, body={"link": link})
    problem_of(answer, 409, "device_of_another_kind")
    assert devices.enrol(link, DeviceKind.STATION, now=utc_now())[1].startswith("ovd_")


@pytest.mark.parametrize("template", CLOSED)
def test_a_printers_token_opens_no_path_of_systems(site, template):
    """401, as any other text."""
    _, token = enrolled(site)
    before = sizes()
    problem_of(site.call(template, site.right(template), token), 401, "unauthorised")
    assert sizes() == before


@pytest.mark.parametrize("template", BY_DEVICE)
def test_no_credential_opens_a_printers_path(site, template):
    """Nor does a station's token, a link, another secret, or nothing at all."""
    device, token = enrolled(site)
    _, station = enrolled(site, DeviceKind.STATION, asset="A-2")
    _, link = registered(site, asset="A-3")
    number, secret = token.split("_")[1], token.split("_", 2)[2]
    bad = [
        *(site.doors.scene.seat(hop).token for hop in Hop),
        *(station, link, "", token[:-1], f"{token}x", f"ovl_{number}_{secret}"),
        *(f"ovd_{number}_{'A' * 43}", f"ovd_{device.pk + 999}_{secret}"),
    ]
    before = sizes()
    told = [_asked(site, template, each) for each in bad]
    answers = [problem_of(each, 401, "device_unknown") for each in told]
    assert all(each == answers[0] for each in answers)
    assert {each.headers["www-authenticate"] for each in told} == {"Bearer"}
    assert sizes() == before
    assert _asked(site, template, token).status_code not in {401, 403}


def _asked(site, template, token):
    return site.doors.call(METHODS[template], re.sub("{[^}]+}", "1", template), token=token)


@pytest.mark.parametrize("template", BY_DEVICE)
def test_a_printer_that_nobody_vouches_for_is_out(site, template, monkeypatch):
    """Revoked, out of its term, relinked: 401 at once; suspended with its partner: 403."""
    device, token = enrolled(site)
    registry.set_suspended(device.partner, suspended=True, now=utc_now())
    problem_of(_asked(site, template, token), 403, "partner_suspended")
    registry.set_suspended(device.partner, suspended=False, now=utc_now())
    assert _asked(site, template, token).status_code not in {401, 403}
    later = utc_now() + timedelta(days=ATTESTED_DAYS)
    with monkeypatch.context() as clock:
        clock.setattr("orderveil.api.middleware.utc_now", lambda: later)
        problem_of(_asked(site, template, token), 401, "device_unknown")
    link = devices.relink(device.pk, device.brand_id, now=utc_now())
    problem_of(_asked(site, template, token), 401, "device_unknown")
    _, token = devices.enrol(link, DeviceKind.PRINTER, now=utc_now())
    assert _asked(site, template, token).status_code not in {401, 403}
    devices.revoke(device.pk, device.brand_id, now=utc_now())
    problem_of(_asked(site, template, token), 401, "device_unknown")
