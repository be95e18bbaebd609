"""A brand's quota of new orders: never passed, never in the way of what is known already."""

from datetime import UTC, datetime, timedelta

import pytest

from doors import Doors, own, problem_of
from orderveil.gate import quotas
from orderveil.gate.admit import Status
from orderveil.partners import quotas as allowances
from orderveil.partners.quotas import OrderQuotas
from scene import Scene, rows, together


def allow(brand, orders):
    """Give the brand this quota, as every process sees it at once."""
    allowances.put(brand.pk, orders_per_day=orders, credentials=None)
    quotas.orders.forget()


def admitted():
    """How many orders there are."""
    return rows("SELECT count(*) FROM vault_order")[0][0]


@pytest.fixture
def scene(db):
    """A brand with a quota of three new orders a day."""
    made = Scene.make()
    allow(made.brand, 3)
    return made


def statuses(done):
    """What became of each."""
    return [each.status for each in done]


def test_a_brand_without_a_quota_is_not_counted(db):
    """Nothing is leased for it."""
    scene = Scene.make()
    assert statuses(scene.deliver(scene.draft())) == [Status.ADMITTED]
    assert rows("SELECT * FROM partners_quota_day") == []


def test_single_orders_are_admitted_up_to_the_quota(scene):
    """The next one is refused with the rule and the remedy, and nothing of it is stored."""
    done = [scene.deliver(scene.draft())[0] for _ in range(5)]
    assert statuses(done) == [Status.ADMITTED] * 3 + [Status.REFUSED] * 2
    problem = done[-1].problem
    assert (problem.code, problem.status) == ("quota_reached", 429)
    assert "3 new orders" in problem.detail
    assert problem.remedy
    assert problem.rule
    assert admitted() == 3
    assert rows("SELECT count(*) FROM vault_dek") == [(3,)]


def test_of_a_batch_as_many_are_admitted_as_there_is_room_for(scene):
    """In the order of the batch; what was refused is admitted by the same batch tomorrow."""
    drafts = [scene.draft() for _ in range(5)]
    assert statuses(scene.deliver(*drafts)) == [Status.ADMITTED] * 3 + [Status.REFUSED] * 2
    scene.now += timedelta(days=1)
    assert statuses(scene.deliver(*drafts)) == [Status.DUPLICATE] * 3 + [Status.ADMITTED] * 2


def test_what_is_known_goes_through_when_the_quota_is_used_up(scene):
    """Updates, repeats and cancellations, alone and beside new orders."""
    known = [scene.draft(f"known-{n}", updated_at=scene.now) for n in range(3)]
    scene.deliver(*known)
    assert statuses(scene.deliver(known[0])) == [Status.DUPLICATE]
    later = scene.now + timedelta(minutes=1)
    changed = scene.draft("known-1", updated_at=later, cancelled=True)
    done = scene.deliver(scene.draft(), changed, known[2])
    assert statuses(done) == [Status.REFUSED, Status.UPDATED, Status.DUPLICATE]
    assert admitted() == 3


def test_what_was_not_new_is_not_charged(scene):
    """Repeats leave the quota as it was, and one order twice in a batch is one."""
    draft = scene.draft()
    for _ in range(5):
        scene.deliver(draft)
    scene.deliver(draft, draft, draft)
    assert statuses(scene.deliver(scene.draft(), scene.draft())) == [Status.ADMITTED] * 2
    assert statuses(scene.deliver(scene.draft())) == [Status.REFUSED]


def test_a_refused_delivery_is_the_first_one_when_it_comes_again(scene):
    """Its id was not kept: the shop's next try is no duplicate."""
    scene.deliver(*[scene.draft() for _ in range(3)])
    draft = scene.draft()
    assert statuses(scene.deliver(draft, delivery_id="d-1")) == [Status.REFUSED]
    allow(scene.brand, 4)
    assert statuses(scene.deliver(draft, delivery_id="d-1")) == [Status.ADMITTED]


def test_no_room_at_all_refuses_every_new_order(db):
    """A quota of nothing is one, too."""
    scene = Scene.make()
    allow(scene.brand, 0)
    assert statuses(scene.deliver(scene.draft(), scene.draft())) == [Status.REFUSED] * 2


def test_a_quota_is_a_brands_own(scene):
    """Another brand's orders are not counted."""
    other = Scene.make("saree")
    scene.deliver(*[scene.draft() for _ in range(3)])
    assert statuses(other.deliver(other.draft())) == [Status.ADMITTED]


def test_connections_at_once_never_pass_the_quota(db):
    """Singles and batches on six threads: exactly the quota is admitted."""
    scene = Scene.make()
    allow(scene.brand, 40)

    def batches(name):
        return lambda: [
            each.status
            for n in range(4)
            for each in scene.deliver(*[scene.draft(f"{name}-{n}-{i}") for i in range(4)])
        ]

    def singles(name):
        return lambda: [scene.deliver(scene.draft(f"{name}-{n}"))[0].status for n in range(10)]

    works = [batches(f"b{n}") for n in range(3)] + [singles(f"s{n}") for n in range(3)]
    done = [status for each in together(*works) for status in each]
    assert len(done) == 78
    assert done.count(Status.ADMITTED) == admitted() == 40


def test_processes_share_the_quota(db):
    """What one has leased another can't; what is given back is its own again, that day."""
    scene = Scene.make()
    number, now = scene.brand.pk, scene.now
    one, other = OrderQuotas(), OrderQuotas()
    assert one.take(number, 100, 60, now, least=0) == 60
    assert other.take(number, 100, 60, now, least=0) == 40
    assert other.take(number, 100, 1, now, least=0) == 0
    one.give_back(number, 10, now)
    assert one.take(number, 100, 20, now, least=0) == 10
    one.give_back(number, 10, now + timedelta(days=1))
    assert one.take(number, 100, 1, now, least=0) == 0


def test_over_the_doors_a_refusal_is_a_429_that_loses_nothing(db):
    """A webhook is answered 429, so the shop sends it again; a batch reports per order."""
    doors = Doors.make(format_="orderveil")
    allow(doors.scene.brand, 1)
    assert doors.webhook(own("A1")).json == {"status": "admitted"}
    told = problem_of(doors.webhook(own("A2"), delivery="d-2"), 429, "quota_reached")
    assert "tomorrow" in told["remedy"]
    assert doors.webhook(own("A1")).json == {"status": "duplicate"}
    results = doors.post_orders(own("A1"), own("A3")).json["results"]
    assert [each["status"] for each in results] == ["duplicate", "refused"]
    assert results[1]["order"] == "A3"
    assert results[1]["problem"]["code"] == "quota_reached"
    assert "ref" not in results[1]
    allow(doors.scene.brand, 2)
    assert doors.webhook(own("A2"), delivery="d-2").json == {"status": "admitted"}


def test_what_is_leased_of_today_is_told(scene):
    """At least what was admitted."""
    scene.deliver(scene.draft())
    assert allowances.leased(scene.brand.pk, scene.now) >= 1
    assert allowances.leased(scene.brand.pk, datetime(2020, 1, 1, tzinfo=UTC)) == 0
