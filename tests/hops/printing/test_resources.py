"""The machine doors of printing: batches in parts for systems, jobs for the floor's printers."""

import base64

import pytest

from doors import Doors, problem_of
from orderveil.core.devices import DeviceKind
from orderveil.core.hops import Hop
from orderveil.hops.printing import kinds
from scene import Scene, rows


@pytest.fixture
def doors(floor):
    """The machine door of the floor's scene."""
    from falcon import testing  # noqa: PLC0415

    from orderveil.api.app import create_app  # noqa: PLC0415 - Django is set up by now

    return Doors(floor.scene, testing.TestClient(create_app()))


def begin(doors, orders, hop=Hop.LABEL, key=None, **told):
    """A batch of these orders' first parcels."""
    seat = doors.scene.seat(hop)
    refs = [doors.ref(seat, each, 1) for each in orders]
    headers = {"Idempotency-Key": key} if key else {}
    body = {"refs": refs, "form": "zpl"} | told
    return doors.call(
        "POST", f"/v1/hops/{hop}/batches", token=seat.token, body=body, headers=headers
    )


def on_batch(doors, method, number, rest="", hop=Hop.LABEL, seat=None, **more):
    """A request about a batch."""
    token = (seat or doors.scene.seat(hop)).token
    return doors.call(method, f"/v1/hops/{hop}/batches/{number}{rest}", token=token, **more)


def as_printer(doors, floor, path, body=None):
    """A request of the printer's agent."""
    return doors.call("POST", f"/v1/print/{path}", token=floor.token, body=body or {})


def test_a_system_prints_a_batch(floor, doors):
    """Begin, fetch, report: and the progress says so at each step."""
    orders = floor.parcels(3)
    made = begin(doors, orders)
    assert made.status_code == 202
    assert (made.json["sheets"], made.json["parts"], made.json["refused"]) == (3, 1, [])
    number = made.json["batch"]
    before = on_batch(doors, "GET", number).json
    assert (before["counts"]["waiting"], before["waiting_parts"]) == (3, [1])
    part = on_batch(doors, "GET", number, "/parts/1")
    assert part.headers["content-type"] == "text/plain; charset=utf-8"
    assert part.headers["orderveil-sheets"] == "1-3"
    assert part.headers["cache-control"] == "no-store"
    assert part.text.count("^XZ") == 3
    told = on_batch(doors, "POST", number, "/reports", body={"printed": [1, 2], "failed": [3]})
    assert told.json == {"printed": 2, "failed": 1, "in_doubt": 0, "unknown": []}
    after = on_batch(doors, "GET", number).json
    assert (after["counts"]["printed"], after["counts"]["failed"]) == (2, 1)
    assert after["waiting_parts"] == []
    assert [each["problem"]["code"] for each in after["refused"]] == ["printer_failed"]


def test_a_part_is_handed_out_once(floor, doors):
    """The second time it is 409, with what to do."""
    number = begin(doors, floor.parcels(1)).json["batch"]
    assert on_batch(doors, "GET", number, "/parts/1").status_code == 200
    again = on_batch(doors, "GET", number, "/parts/1")
    told = problem_of(again, 409, "part_already_handed")
    assert "Report" in told["remedy"]
    problem_of(on_batch(doors, "GET", number, "/parts/2"), 404, "no_such_part")


def test_large_batches_come_in_parts(floor, doors, monkeypatch):
    """Each part is a file of its own; together they hold each sheet once."""
    from orderveil.hops.printing import jobs, progress, resources  # noqa: PLC0415

    for module in (kinds, jobs, progress, resources):
        monkeypatch.setattr(module, "PART_SHEETS", 4)
    made = begin(doors, floor.parcels(10)).json
    assert made["parts"] == 3
    fetched = [on_batch(doors, "GET", made["batch"], f"/parts/{each}") for each in (2, 1, 3)]
    assert [each.headers["orderveil-sheets"] for each in fetched] == ["5-8", "1-4", "9-10"]
    assert sum(each.text.count("^XZ") for each in fetched) == 10


def test_what_may_not_be_printed_says_why_item_by_item(floor, doors):
    """A ref of nobody, one that stands twice, one that was printed: the rest is printed."""
    orders = floor.parcels(2)
    first = begin(doors, orders[:1]).json["batch"]
    on_batch(doors, "GET", first, "/parts/1")
    seat = doors.scene.seat(Hop.LABEL)
    refs = [
        "A" * 10,
        *(doors.ref(seat, each, 1) for each in (orders[0], orders[1], orders[1])),
    ]
    made = doors.call(
        "POST",
        "/v1/hops/label/batches",
        token=seat.token,
        body={"refs": refs, "form": "zpl"},
    ).json
    assert [(each["position"], each["problem"]["code"]) for each in made["refused"]] == [
        (1, "unknown_order"),
        (2, "reprint_needs_reason"),
        (4, "asked_twice"),
    ]
    assert made["sheets"] == 1
    part = on_batch(doors, "GET", made["batch"], "/parts/1")
    assert part.headers["orderveil-sheets"] == "3"


def test_what_is_nobodys_is_no_sheet(floor, doors):
    """A ref that opens to no order is no order, and is never told from another partner's."""
    other = floor.scene.new_seat(Hop.LABEL, "other-labels")
    (order,) = floor.parcels(1)
    seat = doors.scene.seat(Hop.LABEL)
    told = [doors.ref(other, order, 1), "A" * 26, doors.ref(seat, order, 9)]
    made = doors.call(
        "POST", "/v1/hops/label/batches", token=seat.token, body={"refs": told, "form": "zpl"}
    )
    problem_of(made, 404, "unknown_order")
    told.append(doors.ref(seat, order, 1))
    made = doors.call(
        "POST", "/v1/hops/label/batches", token=seat.token, body={"refs": told, "form": "zpl"}
    ).json
    assert [(e["position"], e["problem"]["code"]) for e in made["refused"]] == [
        (1, "unknown_order"),
        (2, "unknown_order"),
        (3, "unknown_order"),
    ]
    assert rows("SELECT position FROM printing_sheet") == [(4,)]


def test_a_reprint_has_a_reason(floor, doors):
    """And a copy number of its own on the paper."""
    orders = floor.parcels(1)
    on_batch(doors, "GET", begin(doors, orders).json["batch"], "/parts/1")
    made = begin(doors, orders, reason="jammed").json
    assert "copy 2" in on_batch(doors, "GET", made["batch"], "/parts/1").text
    problem_of(begin(doors, orders, reason="because"), 422, "invalid_request")


def test_a_batch_is_its_partners_on_its_hop(floor, doors):
    """Another partner's credential, another hop's, another brand's: there is no such batch."""
    number = begin(doors, floor.parcels(1)).json["batch"]
    other = floor.scene.new_seat(Hop.LABEL, "other-labels")
    away = Scene.make("elsewhere", now=floor.scene.now).seat(Hop.LABEL)
    for seat in (other, away):
        for method, rest in (("GET", ""), ("GET", "/parts/1"), ("POST", "/reports")):
            body = {} if method == "POST" else None
            done = on_batch(doors, method, number, rest, seat=seat, body=body)
            problem_of(done, 404, "no_such_batch")
    wms = doors.scene.seat(Hop.WMS)
    problem_of(on_batch(doors, "GET", number, hop=Hop.WMS), 404, "no_such_batch")
    problem_of(on_batch(doors, "GET", number, seat=wms), 403, "wrong_hop")
    courier = doors.scene.seat(Hop.COURIER)
    told = doors.call("POST", "/v1/hops/courier/batches", token=courier.token, body={"refs": ["A"]})
    problem_of(told, 403, "no_printing")


def test_the_same_key_begins_one_batch(floor, doors):
    """Asked again with the key, it is replayed."""
    orders = floor.parcels(2)
    assert begin(doors, orders, key="k-1").status_code == 202
    again = begin(doors, orders, key="k-1")
    assert again.json == {"replayed": True, "status": 202}
    seat = doors.scene.seat(Hop.LABEL)
    listed = doors.call("GET", "/v1/hops/label/batches", token=seat.token).json["batches"]
    assert [(each["sheets"], each["counts"]["waiting"]) for each in listed] == [(2, 2)]
    assert rows("SELECT count(*) FROM printing_batch") == [(1,)]


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"form": "epl"}, "invalid_request"),
        ({"dpi": 600}, "no_such_dpi"),
        ({"refs": []}, "invalid_request"),
    ],
)
def test_what_is_no_batch(floor, doors, told, code):
    """Refused whole, with the place."""
    problem_of(begin(doors, floor.parcels(1), **told), 422, code)


def test_a_printer_takes_its_job_and_reports(floor, doors):
    """A document per sheet, a hold, and then nothing: 204."""
    floor.begin(floor.parcels(2))
    job = as_printer(doors, floor, "jobs", {"counted": 7})
    assert job.status_code == 200
    assert [each["positions"] for each in job.json["documents"]] == [[1], [2]]
    assert b"^XA" in base64.b64decode(job.json["documents"][0]["data"])
    number = job.json["job"]
    hold = as_printer(doors, floor, f"holds/{number}").json
    assert hold == job.json["hold"]
    told = {"printed": [1], "in_doubt": [2], "counted": 8}
    done = as_printer(doors, floor, f"jobs/{number}/reports", told)
    assert done.json == {"printed": 1, "failed": 0, "in_doubt": 1, "unknown": []}
    assert as_printer(doors, floor, "jobs").status_code == 204
    assert rows("SELECT before, after FROM printing_reading") == [(7, 8)]


def test_a_job_is_its_devices(floor, doors):
    """Another printer is told that there is no such job; a station may not even ask."""
    floor.begin(floor.parcels(1))
    number = as_printer(doors, floor, "jobs").json["job"]
    _, token = floor.device(floor.scene, floor.partner, DeviceKind.PRINTER, "A-2")
    for path in (f"jobs/{number}/reports", f"holds/{number}"):
        done = doors.call("POST", f"/v1/print/{path}", token=token, body={})
        problem_of(done, 404, "no_such_job")
    _, station = floor.device(floor.scene, floor.partner, DeviceKind.STATION, "A-3")
    problem_of(doors.call("POST", "/v1/print/jobs", token=station, body={}), 401)
    credential = doors.scene.seat(Hop.LABEL).token
    problem_of(doors.call("POST", "/v1/print/jobs", token=credential, body={}), 401)
    problem_of(doors.call("POST", "/v1/print/jobs", body={}), 401)


def test_a_device_opens_nothing_else(floor, doors):
    """Its token is no credential."""
    (order,) = floor.parcels(1)
    ref = doors.ref(doors.scene.seat(Hop.LABEL), order)
    problem_of(doors.call("GET", f"/v1/hops/label/orders/{ref}", token=floor.token), 401)


def test_a_floors_printer_alone_says_how_its_sheets_ended(floor, doors):
    """A system of the same partner reports nothing for it."""
    batch = floor.begin(floor.parcels(2))
    as_printer(doors, floor, "jobs")
    told = on_batch(doors, "POST", batch.batch_id, "/reports", body={"printed": [1], "failed": [2]})
    problem_of(told, 409, "printed_by_a_device")
    counts = on_batch(doors, "GET", batch.batch_id).json["counts"]
    assert (counts["handed"], counts["printed"], counts["failed"]) == (2, 0, 0)
