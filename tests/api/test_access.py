"""Who may ask for what: every operation against every kind of credential."""

from datetime import timedelta

import pytest

from doors import Doors, own, problem_of, sizes
from orderveil.api.app import operations
from orderveil.core.clocks import utc_now
from orderveil.core.hops import Hop
from orderveil.partners import credentials, refused, registry
from scene import Seat, rows

BY_DEVICE = {each.path for each in operations() if each.by_device}
"""Asked for by printers of the floor: tests/api/test_devices.py."""
PUBLIC = {
    "/v1/channels/{channel}",
    "/v1/scan/{token}",
    "/v1/devices/enrol",
    "/v1/tracking/{account}",
    # A provider's own: signed or named by a secret of the line's, the call's or the route's.
    "/v1/calls/bridge/{line:int(min=1)}",
    "/v1/calls/masked/{line:int(min=1)}",
    "/v1/calls/status/{call}/{proof}",
    "/v1/mail/{route:int(min=1)}",
    "/v1/mail/{route:int(min=1)}/mime",
}
PUBLIC |= {"/healthz", "/readyz", "/metrics"}
AUDITED = {"/v1/ledger/entries/{entry_id:uuid}/proof"}
_BATCH = "/v1/hops/{hop}/batches/{number:int(min=1,max=999999999999999999)}"
_PART = _BATCH + "/parts/{part:int(min=1,max=10000)}"
_REPORTS = _BATCH + "/reports"
_PURGES = ("/v1/purges", "/v1/purges/{request}", "/v1/purges/{request}/receipt")
RIGHT_HOP = {
    "/v1/orders": Hop.STOREFRONT,
    "/v1/hops/{hop}/orders/{ref}": Hop.OMS,
    "/v1/hops/{hop}/views": Hop.OMS,
    "/v1/orders/{ref}/events": Hop.WMS,
    "/v1/hops/ims/guard": Hop.IMS,
    "/v1/hops/ims/forward/{path:path}": Hop.IMS,
    "/v1/hops/wms/locations": Hop.WMS,
    "/v1/hops/{hop}/batches": Hop.LABEL,
    _BATCH: Hop.LABEL,
    _PART: Hop.LABEL,
    _REPORTS: Hop.LABEL,
    "/v1/ledger/key": Hop.MARKETING,
    "/v1/ledger/checkpoint": Hop.MARKETING,
    "/v1/ledger/tile/{path:path}": Hop.MARKETING,
    "/v1/ledger/entries/{entry_id:uuid}/proof": Hop.RETENTION,
    "/v1/calls": Hop.SUPPORT,
    **dict.fromkeys(_PURGES, Hop.COURIER),
}
WRONG_HOP = {
    # Not an operation of that hop, or not one of its moves.
    "/v1/orders": 403,
    "/v1/hops/{hop}/orders/{ref}": 403,
    "/v1/hops/{hop}/views": 403,
    "/v1/orders/{ref}/events": 409,
    **dict.fromkeys(
        [path for path in RIGHT_HOP if "/ims/" in path or "/wms/" in path or "batches" in path], 403
    ),
    # Hashes are for every partner of the brand.
    "/v1/ledger/key": 200,
    "/v1/ledger/checkpoint": 200,
    "/v1/ledger/tile/{path:path}": 200,
    "/v1/ledger/entries/{entry_id:uuid}/proof": 403,
    "/v1/calls": 403,
    # A request is found by its partner, whatever hop its credential is for.
    **dict(zip(_PURGES, (200, 404, 404), strict=True)),
}
ANSWERED = {"/v1/hops/ims/forward/{path:path}": 404, _BATCH: 404, _PART: 404, _REPORTS: 404}
ANSWERED["/v1/hops/{hop}/batches"] = 202
ANSWERED |= {"/v1/calls": 404, **dict(zip(_PURGES, (200, 404, 404), strict=True))}
"""Where there is nothing yet: no inventory system, batch, telephone or purge request."""
CLOSED = sorted(RIGHT_HOP)
METHODS = {each.path: each.method.upper() for each in reversed(operations())}
"""The first one of each path."""


class Site:
    """A brand with an order, and each operation ready to be called by any seat."""

    def __init__(self):
        self.doors = Doors.make(format_="orderveil")
        self.order = self.doors.scene.admit()
        for hop in Hop:
            self.doors.scene.seat(hop)
        self.doors.settle()
        ((entry,),) = rows(
            "SELECT entry_id FROM ledger_leaf WHERE log_id = %s AND index = 0",
            [self.doors.scene.brand.pk],
        )
        self.entry = str(entry)

    def call(self, template, seat, token=None, **more):
        """The operation, asked for in the name of `seat`'s partner with `token`."""
        ref = self.doors.ref(seat, self.order)
        path = (
            template.replace("{hop}", RIGHT_HOP[template])
            .replace("{ref}", ref)
            .replace("{path:path}", "0/000.p/1")
            .replace("{entry_id:uuid}", self.entry)
            .replace("{number:int(min=1,max=999999999999999999)}", "1")
            .replace("{part:int(min=1,max=10000)}", "1")
        )
        body = {
            "/v1/orders": {"orders": [own("A1")]},
            "/v1/hops/{hop}/views": {"refs": [ref]},
            "/v1/orders/{ref}/events": {"state": "packed"},
            "/v1/hops/ims/guard": {"sku": "KUR-1"},
            "/v1/hops/wms/locations": {"locations": [{"sku": "KUR-1", "location": "A-1"}]},
            "/v1/hops/{hop}/batches": {"refs": [ref], "form": "pdf"},
            _REPORTS: {"printed": [1]},
            "/v1/calls": {"order": ref, "agent": "desk 4", "reason": "call_back"},
            _PURGES[-1]: {},
        }.get(template)
        if body is not None:
            more["headers"] = {"Content-Type": "application/json"} | more.get("headers", {})
        return self.doors.call(METHODS[template], path, token=token, body=body, **more)

    def right(self, template) -> Seat:
        return self.doors.scene.seat(RIGHT_HOP[template])


@pytest.fixture
def site(db):
    """A brand with a seat on each hop and one order on its way."""
    return Site()


def test_the_table_knows_every_operation():
    """An operation without an expectation here fails this test first."""
    known = {each.path for each in operations()}
    assert known == PUBLIC | BY_DEVICE | set(RIGHT_HOP)
    assert {each.path for each in operations() if not each.needs_credential} == PUBLIC
    assert set(WRONG_HOP) == set(RIGHT_HOP)


@pytest.mark.parametrize("template", CLOSED)
def test_the_right_credential_is_answered(site, template):
    """It is let in, and nothing of the answer may be kept by a cache."""
    seat = site.right(template)
    answer = site.call(template, seat, seat.token)
    assert answer.status_code == ANSWERED.get(template, 200), answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("template", CLOSED)
def test_the_wrong_hop_is_refused(site, template):
    """A credential does what its hop does, and nothing else."""
    seat = site.doors.scene.seat(Hop.OMS if RIGHT_HOP[template] == Hop.IMS else Hop.IMS)
    answer = site.call(template, seat, seat.token)
    assert answer.status_code == WRONG_HOP[template], answer.text
    if WRONG_HOP[template] != 200:
        problem_of(answer, WRONG_HOP[template])


def bad_tokens(token):
    """Headers that prove nothing."""
    number, secret = token.split("_", 2)[1:]
    return {
        "missing": {},
        "empty": {"Authorization": ""},
        "another scheme": {"Authorization": f"Basic {token}"},
        "no scheme": {"Authorization": token},
        "no token": {"Authorization": "Bearer"},
        "another secret": {"Authorization": f"Bearer ov_{number}_{'A' * 43}"},
        "another number": {"Authorization": f"Bearer ov_987654321_{secret}"},
        "a number too long": {"Authorization": f"Bearer ov_{'9' * 30}_{secret}"},
        "half a token": {"Authorization": f"Bearer {token[:-1]}"},
        "a longer token": {"Authorization": f"Bearer {token}x"},
        "not ascii": {"Authorization": "Bearer ov_1_é"},
    }


@pytest.mark.parametrize("template", CLOSED)
def test_whoever_proves_nothing_is_unauthorised(site, template):
    """401 with the same words each time; all that is kept is how often a known number failed."""
    seat = site.right(template)
    before = sizes()
    told = []
    for what, headers in bad_tokens(seat.token).items():
        answer = site.call(template, seat, headers=headers)
        told.append(problem_of(answer, 401, "unauthorised"))
        assert answer.headers["www-authenticate"] == "Bearer", what
        assert answer.headers["cache-control"] == "no-store"
    assert all(each == told[0] for each in told)
    refused.flush(at_once=True)
    who = f"credential:{seat.credential.pk}"
    kept = refused.since(seat.credential.brand_id, utc_now() - timedelta(hours=1))
    assert [(each.who, each.code) for each in kept] == [(who, "unauthorised")]
    assert sizes() == before


@pytest.mark.parametrize("template", CLOSED)
def test_a_revoked_credential_is_out_at_once(site, template):
    """Also where this process had just answered it, and knows it by heart."""
    seat = site.right(template)
    other = site.doors.scene.seat(RIGHT_HOP[template])
    site.doors.call("GET", "/v1/ledger/key", token=other.token)
    credentials.revoke(seat.credential.pk, now=utc_now())
    before = sizes()
    problem_of(site.call(template, seat, seat.token), 401, "unauthorised")
    assert sizes() == before


@pytest.mark.parametrize("template", CLOSED)
def test_an_expired_credential_is_out(site, template):
    """From the second on which it expires."""
    seat = site.right(template)
    _, token = credentials.issue(
        seat.partner,
        seat.hop,
        now=utc_now() - timedelta(hours=2),
        expires_at=utc_now() - timedelta(seconds=1),
        channel=site.doors.scene.channel,
    )
    problem_of(site.call(template, seat, token), 401, "unauthorised")


@pytest.mark.parametrize("template", CLOSED)
def test_a_credential_is_bound_to_its_networks(site, template):
    """From elsewhere it is as good as unknown."""
    seat = site.right(template)
    _, token = credentials.issue(
        seat.partner,
        seat.hop,
        now=utc_now(),
        networks=["192.0.2.0/24"],
        channel=site.doors.scene.channel,
    )
    problem_of(site.call(template, seat, token), 401, "unauthorised")
    here = site.call(template, seat, token, remote_addr="192.0.2.9")
    assert here.status_code == ANSWERED.get(template, 200)


@pytest.mark.parametrize("template", CLOSED)
def test_a_suspended_partner_is_answered_nothing(site, template):
    """403, with the remedy; its credential stays, for the day it is restored."""
    seat = site.right(template)
    site.doors.call("GET", "/v1/ledger/key", token=seat.token)
    registry.set_suspended(seat.partner, suspended=True, now=utc_now())
    before = sizes()
    problem_of(site.call(template, seat, seat.token), 403, "partner_suspended")
    assert sizes() == before
    registry.set_suspended(seat.partner, suspended=False, now=utc_now())
    assert site.call(template, seat, seat.token).status_code == ANSWERED.get(template, 200)


def test_another_brands_order_is_unknown(site):
    """Its refs answer 404, as made-up ones do: to see, to move, and in bulk."""
    other = Doors.make("vasanti", format_="orderveil")
    foreign = other.scene.admit()
    seat, theirs = site.doors.scene.seat(Hop.OMS), other.scene.seat(Hop.OMS)
    wms = site.doors.scene.seat(Hop.WMS)
    made_up = "A" * 26
    for ref in (other.ref(theirs, foreign), site.doors.ref(seat, foreign), made_up):
        answer = site.doors.call("GET", f"/v1/hops/oms/orders/{ref}", token=seat.token)
        problem_of(answer, 404, "unknown_order")
        moved = site.doors.call(
            "POST", f"/v1/orders/{ref}/events", token=wms.token, body={"state": "packed"}
        )
        problem_of(moved, 404, "unknown_order")
        bulk = site.doors.call("POST", "/v1/hops/oms/views", token=seat.token, body={"refs": [ref]})
        assert [each["problem"]["code"] for each in bulk.json["answers"]] == ["unknown_order"]
    assert rows("SELECT state FROM vault_parcel WHERE order_id = %s", [foreign]) == [("placed",)]


def test_another_partners_ref_is_unknown(site):
    """Two partners of one brand can't use each other's names for an order."""
    oms, marketing = (site.doors.scene.seat(hop) for hop in (Hop.OMS, Hop.MARKETING))
    theirs = site.doors.ref(marketing, site.order)
    assert theirs != site.doors.ref(oms, site.order)
    answer = site.doors.call("GET", f"/v1/hops/oms/orders/{theirs}", token=oms.token)
    problem_of(answer, 404, "unknown_order")


def test_a_ledger_is_its_own_brands(site):
    """Key, checkpoint and proofs are the caller's brand's; another's entry is not there."""
    other = Doors.make("vasanti", format_="orderveil")
    other.settle()
    auditor = other.scene.seat(Hop.RETENTION)
    origin = other.call("GET", "/v1/ledger/key", token=auditor.token).json["origin"]
    assert origin.endswith("/vasanti")
    point = other.call("GET", "/v1/ledger/checkpoint", token=auditor.token).text
    assert point.splitlines()[0] == origin
    answer = other.call("GET", f"/v1/ledger/entries/{site.entry}/proof", token=auditor.token)
    problem_of(answer, 404)


def test_entries_are_for_the_auditor(site):
    """Bundles answer 403 to every other hop."""
    for hop in Hop:
        token = site.doors.scene.seat(hop).token
        answer = site.doors.call("GET", "/v1/ledger/tile/entries/000.p/1", token=token)
        if hop is Hop.RETENTION:
            assert answer.status_code == 200
        else:
            problem_of(answer, 403, "auditors_only")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/nothing", 404),
        ("GET", "/v1/orders", 401),
        ("DELETE", "/healthz", 405),
        ("POST", "/metrics", 405),
        ("GET", "/v1/channels/abc", 404),
        ("PUT", "/v1/channels/1", 405),
    ],
)
def test_what_is_not_there_is_a_problem_too(doors, method, path, status):
    """No path and no method answers anything but problem+json, and a credential comes first."""
    problem_of(doors.call(method, path), status)


def test_a_storefront_credential_needs_a_channel(doors):
    """Without one there is nowhere for its orders to come in."""
    seat = doors.scene.seat(Hop.STOREFRONT)
    _, token = credentials.issue(seat.partner, Hop.STOREFRONT, now=utc_now())
    answer = doors.call("POST", "/v1/orders", token=token, body={"orders": []})
    problem_of(answer, 403, "credential_without_channel")


def test_a_budget_ends_what_a_credential_may_see(doors):
    """429 with the rule, and the order that was one too many is on no ledger."""
    order = doors.scene.admit()
    seat = doors.scene.new_seat(Hop.OMS, "oms-small", daily_limit=2)
    assert [doors.view(Hop.OMS, order, seat=seat).status_code for _ in range(2)] == [200, 200]
    problem_of(doors.view(Hop.OMS, order, seat=seat), 429, "budget_exhausted")
    assert rows("SELECT count(*) FROM ledger_record WHERE kind = 'disclosure'") == [(2,)]
