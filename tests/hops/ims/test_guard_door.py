"""The guard at the machine door: answers, modes, what is recorded, how much."""

import json
import threading
from datetime import timedelta

import pytest

from doors import problem_of
from hops.ims.inventory import BUYER, acts
from orderveil.core.clocks import utc_now
from orderveil.core.decision import Mode
from orderveil.hops.ims import recording, resources
from orderveil.hops.ims.models import RefusedDay
from scene import rows

GOOD = {"sku": "KUR-IND-M", "quantity": 4, "warehouse": "BLR-1"}


def test_a_clean_message_has_no_places(ims):
    """200, in all three kinds, and nothing is recorded."""
    assert ims.guard(GOOD).json == {"places": []}
    assert ims.guard(b"sku,qty\nA,1\n", "text/csv").json == {"places": []}
    assert ims.guard(b"<s><sku>A</sku></s>", "text/xml").json == {"places": []}
    assert ims.guard(b"").json == {"places": []}
    assert acts("inventory_refused") == []


def test_a_buyer_is_422_with_each_place(ims):
    """In body and query; the value is nowhere in the answer."""
    result = ims.guard({"customer_name": "Asha", **BUYER}, query_string="mobile=x")
    told = problem_of(result, 422, "buyer_field")
    assert [(each["pointer"], each["kind"]) for each in told["places"]] == [
        ("/query/mobile", "phone"),
        ("/customer_name", "name"),
        ("/note", "phone"),
    ]
    assert "Asha" not in result.text
    assert "90000" not in result.text


def test_observe_says_what_it_would_have_refused(ims):
    """200, with the places, and an act of another kind."""
    ims.observe()
    assert ims.guard(BUYER).json == {
        "places": [{"pointer": "/note", "kind": "phone", "rule": "value: phone"}],
        "observed": True,
    }
    assert len(acts("inventory_observed")) == 1
    assert acts("inventory_refused") == []


def test_a_share_is_decided_by_the_message_and_stays_so(ims):
    """Of a hundred messages about half are refused, and a repeat fares as the first did."""
    ims.observe(Mode.ENFORCE_SHARE, 50)
    bodies = [{**BUYER, "ref": f"R{n}"} for n in range(100)]
    first = [ims.guard(body).status_code for body in bodies]
    assert 20 < first.count(422) < 80
    assert first[:10] == [ims.guard(body).status_code for body in bodies[:10]]


def test_the_record_cannot_be_flooded(ims):
    """The same again is counted, without an act; a partner has ten acts a minute at most."""
    now = utc_now()
    for _ in range(5):
        ims.guard(BUYER)
    told = len(acts("inventory_refused"))
    assert told <= 1 + (utc_now() - now).total_seconds() // 60 + 1
    for n in range(30):
        ims.guard({f"k{chr(97 + n % 26)}{chr(97 + n // 26)}": {"phone": "x"}})
    minutes = 1 + (utc_now() - now).total_seconds() // 60 + 1
    assert len(acts("inventory_refused")) <= 10 * minutes
    (day,) = RefusedDay.objects.values_list("messages", "places", "is_refused", "way")
    assert day == (35, 35, True, "guard")


def test_an_act_names_ten_pointers_at_most_and_no_value(ims):
    """However many places there were."""
    ims.guard([{"phone": "9000000001"}] * 40)
    (detail,) = acts("inventory_refused")
    assert (detail["places"], detail["kinds"]) == (40, "phone:40")
    assert len(detail["pointers"].split()) == 10
    assert "9000000001" not in json.dumps(detail)


def test_old_counts_are_forgotten(ims):
    """Minutes after an hour, days after a year and a bit."""
    ims.guard(BUYER)
    recording.sweep(utc_now() + timedelta(hours=2))
    assert rows("SELECT count(*) FROM ims_minute") == [(0,)]
    assert len(recording.days(ims.seat.partner.brand_id, utc_now())) == 1
    recording.sweep(utc_now() + recording.DAYS_KEPT + timedelta(days=2))
    assert recording.days(ims.seat.partner.brand_id, utc_now()) == []


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"x", "text/plain", 415),
        (b"{", "application/json", 422),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "text/xml", 422),
        (b"[" + b"1," * 5_400_000 + b"1]", "application/json", 413),
    ],
)
def test_what_cannot_be_read_is_refused_in_every_mode(ims, body, kind, status):
    """Also where a partner is only observed."""
    for mode in (Mode.ENFORCE, Mode.OBSERVE):
        ims.observe(mode)
        problem_of(ims.guard(body, kind), status)


def test_a_compressed_body_is_refused(ims):
    """What can't be read can't be checked."""
    problem_of(ims.guard(GOOD, headers={"Content-Encoding": "gzip"}), 415)


def test_two_large_ones_at_once_and_a_third_is_told_to_wait(ims):
    """503; small ones are answered all the same."""
    large = json.dumps([GOOD] * 2000).encode()
    inside, done = threading.Barrier(3), threading.Event()

    def hold():
        with resources._a_place(len(large)):
            inside.wait(10)
            done.wait(10)

    holders = [threading.Thread(target=hold) for _ in range(2)]
    for holder in holders:
        holder.start()
    inside.wait(10)
    try:
        problem_of(ims.guard(large), 503, "inventory_busy")
        assert ims.guard(GOOD).status_code == 200
    finally:
        done.set()
        for holder in holders:
            holder.join()
    assert ims.guard(large).status_code == 200
