"""Undelivered parcels: how an attempt comes to be, waits in the queue, and is answered once."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from desk import Desk
from orderveil.core.actors import FACTOR_NEEDED
from orderveil.core.attempts import AttemptAnswer, AttemptReason
from orderveil.core.errors import Problem
from orderveil.core.fields import Field
from orderveil.core.hops import Hop
from orderveil.core.orders import ParcelDraft
from orderveil.core.personal import Personal
from orderveil.core.roles import ROLES, Role
from orderveil.core.states import ParcelState
from orderveil.gate.desk import attempts
from orderveil.gate.desk.attempts import Place, answer_attempt, attempts_of, open_attempts
from orderveil.gate.desk.correcting import correct_address
from orderveil.gate.erase import erase
from orderveil.ledger.queries import entries_of
from orderveil.people import memberships
from scene import ME, PERSON, Scene, execute, rows, together


def undelivered(desk, reason=None, order=None, parcel_no=None):
    """An order whose courier came in vain, at the scene's time."""
    scene = desk.scene
    if order is None:
        order = scene.pack(scene.admit())
        scene.move(Hop.COURIER, order, ParcelState.SHIPPED)
    moved = scene.move(Hop.COURIER, order, ParcelState.UNDELIVERED, parcel_no, reason=reason)
    assert moved.changed
    return order


def actor(desk, role=Role.SUPPORT, **more):
    """Somebody of that role, now."""
    return desk.actor(desk.person(role), **more)


def queue(desk, who=None, after=None):
    """The page of the queue that somebody sees."""
    found = open_attempts(who or actor(desk), after, now=desk.scene.now)
    assert not isinstance(found, Problem), found
    return found


def answer(desk, order, what, who=None, *, parcel=1, attempt=1, days=None):
    """What an answer given now is answered."""
    again_on = None if days is None else attempts.days_ahead(desk.scene.now)[0] + timedelta(days)
    who = who or actor(desk)
    now = desk.scene.now
    return answer_attempt(who, order, parcel, attempt, what, now=now, again_on=again_on)


def kept():
    """Parcel, attempt, reason and answer of every attempt."""
    return rows("SELECT parcel_no, attempt_no, reason, answer FROM vault_attempt ORDER BY 1, 2")


def acts(order, kind):
    """The details of an order's acts of one kind, by attempt."""
    found = [dict(e.entry.detail) for e in entries_of(order) if e.entry.kind == kind]
    return sorted(found, key=lambda each: (each["parcel"], each["attempt"]))


def test_an_attempt_is_there_with_the_move(desk):
    """Its reason is the courier's, its number counts up, and it is an act of the courier's."""
    order = undelivered(desk, AttemptReason.REFUSED)
    desk.scene.move(Hop.COURIER, order, ParcelState.OUT_FOR_DELIVERY)
    undelivered(desk, order=order)
    assert kept() == [(1, 1, "refused", "moved_on"), (1, 2, "other", None)]
    assert acts(order, "attempt_reported") == [
        {"parcel": 1, "attempt": 1, "reason": "refused"},
        {"parcel": 1, "attempt": 2, "reason": "other"},
    ]
    (first, _) = [e.entry for e in entries_of(order) if e.entry.kind == "attempt_reported"]
    assert first.who.partner == desk.scene.seat(Hop.COURIER).partner.pk


def test_the_same_state_again_is_no_second_attempt(desk):
    """A courier that repeats its report has not come twice."""
    order = undelivered(desk, AttemptReason.REFUSED)
    moved = desk.scene.move(Hop.COURIER, order, ParcelState.UNDELIVERED, reason=AttemptReason.OTHER)
    assert moved.changed is False
    assert kept() == [(1, 1, "refused", None)]


def test_a_refused_move_leaves_no_attempt(desk):
    """Neither a hop that may not, nor a state that has no reason."""
    scene = desk.scene
    order = scene.pack(scene.admit())
    told = scene.move(Hop.WMS, order, ParcelState.UNDELIVERED, reason=AttemptReason.OTHER)
    assert told.code == "transition_refused"
    told = scene.move(Hop.COURIER, order, ParcelState.SHIPPED, reason=AttemptReason.OTHER)
    assert (told.code, told.pointer) == ("reason_without_attempt", "/reason")
    assert kept() == []
    assert rows("SELECT state FROM vault_parcel") == [("packed",)]


@pytest.mark.parametrize("to", ["out_for_delivery", "delivered", "returning"])
def test_what_moves_on_is_closed(desk, to):
    """An attempt that nobody answered ends with the parcel's next move."""
    order = undelivered(desk)
    desk.scene.move(Hop.COURIER, order, ParcelState(to))
    assert kept() == [(1, 1, "other", "moved_on")]
    assert rows("SELECT answered_by, answered_at IS NOT NULL FROM vault_attempt") == [(None, True)]
    assert queue(desk).attempts == []
    assert answer(desk, order, AttemptAnswer.CANCEL).code == "attempt_answered"


def test_an_answer_stays_when_the_parcel_moves_on(desk):
    """Only what nobody answered becomes `moved_on`."""
    order = undelivered(desk)
    assert answer(desk, order, AttemptAnswer.REATTEMPT, days=1) is None
    desk.scene.move(Hop.COURIER, order, ParcelState.OUT_FOR_DELIVERY)
    assert kept() == [(1, 1, "other", "reattempt")]


def test_a_shop_reports_attempts_too(desk):
    """From its first word of the order, from a known parcel, and from a new one."""
    scene, failed = desk.scene, ParcelState.UNDELIVERED
    scene.deliver(scene.draft("a", parcels=(ParcelDraft("p1"), ParcelDraft("p2", failed))))
    assert kept() == [(2, 1, "other", None)]
    told = (ParcelDraft("p1", ParcelState.SHIPPED), ParcelDraft("p2", ParcelState.DELIVERED))
    scene.deliver(scene.draft("a", parcels=told))
    assert kept() == [(2, 1, "other", "moved_on")]
    told = (ParcelDraft("p1", failed), ParcelDraft("p3", failed))
    (done,) = scene.deliver(scene.draft("a", parcels=told))
    assert kept() == [
        (1, 1, "other", None),
        (2, 1, "other", "moved_on"),
        (3, 1, "other", None),
    ]
    assert len(acts(done.order_id, "attempt_reported")) == 3
    batch = [scene.draft("b"), scene.draft("c", parcels=(ParcelDraft("p1", failed),))]
    (_, third) = scene.deliver(*batch)
    assert len(acts(third.order_id, "attempt_reported")) == 1
    assert len(kept()) == 4


def test_the_queue_is_masked_oldest_first_and_on_record(desk):
    """Rows in the order of the reports, each a view of the reader's hop, recorded before."""
    first = undelivered(desk, AttemptReason.ADDRESS_WRONG)
    desk.scene.now += timedelta(minutes=5)
    second = undelivered(desk)
    found = queue(desk)
    assert [each.order_id for each in found.attempts] == [first, second]
    assert [each.reason for each in found.attempts] == ["address_wrong", "other"]
    assert found.next is None
    view = found.answers[first].view
    assert view.fields["city"] == PERSON["city"]
    assert PERSON["line1"] not in str(view.fields)
    assert PERSON["phone"][-5:] not in str(view.fields)
    person = actor(desk).person
    seen = rows("SELECT order_id FROM ledger_record WHERE person = %s AND kind = 'bulk'", [person])
    assert {bytes(order) for (order,) in seen} == {first, second}


def test_pages_follow_each_other_without_a_gap(desk, monkeypatch):
    """Keyset by time, order and parcel: attempts of one moment are neither lost nor repeated."""
    monkeypatch.setattr(attempts, "PAGE", 2)
    orders = {undelivered(desk) for _ in range(5)}
    seen, after, pages = [], None, 0
    while pages == 0 or after is not None:
        found = queue(desk, after=after)
        seen += [each.order_id for each in found.attempts]
        after, pages = found.next, pages + 1
    assert pages == 3
    assert (len(seen), set(seen)) == (5, orders)
    assert queue(desk, after=Place(desk.scene.now, b"\xff" * 16, 1)).attempts == []


def test_an_erased_order_waits_for_nothing(desk):
    """It leaves the queue, and an answer is told why."""
    order = undelivered(desk)
    erase(desk.scene.brand.pk, [order], now=desk.scene.now, who=ME)
    assert queue(desk).attempts == []
    assert answer(desk, order, AttemptAnswer.CANCEL).code == "order_erased"


def test_each_answer_is_kept_and_told(desk):
    """The row, the act and the event say the same, in codes and dates."""
    order = undelivered(desk)
    assert answer(desk, order, AttemptAnswer.REATTEMPT, days=2) is None
    day = attempts.days_ahead(desk.scene.now)[0] + timedelta(2)
    person = actor(desk).person
    assert rows("SELECT answer, answered_by, again_on FROM vault_attempt") == [
        ("reattempt", person, day)
    ]
    told = {"attempt": 1, "answer": "reattempt", "on": day.isoformat()}
    assert acts(order, "attempt_answered") == [{"parcel": 1, **told}]
    ((kind, parcel_no, detail),) = rows(
        "SELECT kind, parcel_no, detail FROM outbox_event WHERE detail ? 'attempt'"
    )
    assert (kind, parcel_no, json.loads(detail)) == ("parcel.reattempt", 1, told)
    (found,) = attempts_of(actor(desk), order, now=desk.scene.now)
    assert (found.answer, found.again_on, found.answered_by) == ("reattempt", day, person)


def test_a_return_is_asked_of_the_courier(desk):
    """The parcel stays where it is until the courier moves it."""
    order = undelivered(desk)
    assert answer(desk, order, AttemptAnswer.CANCEL) is None
    assert rows("SELECT kind FROM outbox_event WHERE detail ? 'attempt'") == [
        ("parcel.return_asked",)
    ]
    assert rows("SELECT state FROM vault_parcel") == [("undelivered",)]
    assert desk.scene.move(Hop.COURIER, order, ParcelState.RETURNING).changed


@pytest.mark.parametrize(
    ("what", "days", "code"),
    [
        (AttemptAnswer.REATTEMPT, None, "day_needed"),
        (AttemptAnswer.REATTEMPT, -1, "day_needed"),
        (AttemptAnswer.REATTEMPT, 15, "day_needed"),
        (AttemptAnswer.CANCEL, 1, "no_day_needed"),
        (AttemptAnswer.MOVED_ON, None, "no_such_answer"),
        (AttemptAnswer.ADDRESS_CORRECTED, None, "address_not_corrected"),
    ],
)
def test_what_makes_no_sense_is_refused(desk, what, days, code):
    """And leaves neither answer, act nor event."""
    order = undelivered(desk)
    assert answer(desk, order, what, days=days).code == code
    assert kept() == [(1, 1, "other", None)]
    assert acts(order, "attempt_answered") == []
    assert rows("SELECT count(*) FROM outbox_event WHERE detail ? 'attempt'") == [(0,)]


def test_a_correction_answers_what_was_reported_before_it(desk):
    """Not an attempt that failed at the corrected address; a new correction answers that one."""
    order, scene = undelivered(desk), desk.scene
    corrected = AttemptAnswer.ADDRESS_CORRECTED
    line = {Field.LINE1: Personal("Invented House 9")}
    assert correct_address(actor(desk), order, line, now=scene.now) is None
    scene.move(Hop.COURIER, order, ParcelState.OUT_FOR_DELIVERY)
    scene.now += timedelta(hours=3)
    undelivered(desk, order=order)
    assert answer(desk, order, corrected, attempt=2).code == "address_not_corrected"
    assert kept()[1] == (1, 2, "other", None)
    assert correct_address(actor(desk), order, line, now=scene.now) is None
    assert answer(desk, order, corrected, attempt=2) is None


@pytest.mark.parametrize("days", [0, 14])
def test_the_first_and_the_last_day_are_days(desk, days):
    """From today to a fortnight ahead, both included."""
    assert answer(desk, undelivered(desk), AttemptAnswer.REATTEMPT, days=days) is None


def test_today_is_the_couriers_day():
    """Shortly before midnight in UTC it is tomorrow in India."""
    late = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
    assert attempts.days_ahead(late)[0].isoformat() == "2026-11-24"


def test_of_two_at_once_one_answers(desk):
    """The second is told that it is answered; there is one act and one event."""
    people = [desk.actor(desk.person(Role.SUPPORT, name)) for name in ("asha", "vimal", "meera")]
    for _ in range(4):
        order = undelivered(desk)
        told = together(
            *[
                lambda o=order, p=person: answer(desk, o, AttemptAnswer.CANCEL, p)
                for person in people
            ]
        )
        codes = sorted("none" if each is None else each.code for each in told)
        assert codes == ["attempt_answered", "attempt_answered", "none"]
        assert len(acts(order, "attempt_answered")) == 1


def test_an_answer_against_a_move_is_one_or_the_other(desk):
    """Either it was answered before the parcel moved on, or the answer is refused."""
    who = actor(desk)
    for _ in range(6):
        order = undelivered(desk)
        told, _ = together(
            lambda o=order: answer(desk, o, AttemptAnswer.CANCEL, who),
            lambda o=order: desk.scene.move(Hop.COURIER, o, ParcelState.DELIVERED),
        )
        ((now,),) = rows("SELECT answer FROM vault_attempt WHERE order_id = %s", [order])
        assert now == ("cancel" if told is None else "moved_on")
        assert told is None or told.code == "attempt_answered"


def test_an_answer_needs_a_factor_as_a_reveal_does(desk):
    """Hours later the queue is still read, and nothing in it answered."""
    order = undelivered(desk)
    old = actor(desk, factor_minutes=ROLES[Role.SUPPORT].reveal_fresh_minutes)
    assert answer(desk, order, AttemptAnswer.CANCEL, old) is FACTOR_NEEDED
    assert len(queue(desk, old).attempts) == 1
    assert kept() == [(1, 1, "other", None)]


def test_only_roles_that_work_undelivered_do(desk):
    """Whoever may not is told who may."""
    order = undelivered(desk)
    for role in (Role.WAREHOUSE, Role.AUDITOR, Role.MARKETER, Role.INTEGRATOR):
        who = actor(desk, role)
        assert open_attempts(who, None, now=desk.scene.now).code == "not_yours"
        assert answer(desk, order, AttemptAnswer.CANCEL, who).code == "not_yours"
        assert attempts_of(who, order, now=desk.scene.now).code == "not_yours"
    assert answer(desk, order, AttemptAnswer.CANCEL, actor(desk, Role.OPERATIONS)) is None


def test_another_brands_attempt_is_unknown(desk):
    """Neither listed nor answered, and told as if it were not there."""
    other = Desk.make(Scene.make("other-brand", now=desk.scene.now))
    order = undelivered(other)
    assert queue(desk).attempts == []
    assert attempts_of(actor(desk), order, now=desk.scene.now) == []
    told = answer(desk, order, AttemptAnswer.CANCEL)
    assert (told.code, told.status) == ("unknown_order", 404)
    assert kept() == [(1, 1, "other", None)]


def test_no_such_attempt_is_answered(desk):
    """A number that was never reported."""
    order = undelivered(desk)
    assert answer(desk, order, AttemptAnswer.CANCEL, attempt=2).code == "attempt_answered"
    assert answer(desk, order, AttemptAnswer.CANCEL, parcel=2).code == "unknown_order"


def centre(desk):
    """A centre's agent, and the seat whose orders are theirs."""
    seat = desk.scene.new_seat(Hop.SUPPORT, "careline")
    member = desk.person(Role.OUTSOURCED_SUPPORT, "kiran", partner=seat.partner)
    return desk.actor(member), seat, member


def test_a_centre_works_what_is_assigned_to_it(desk):
    """Of two undelivered orders it sees its own, and the other one is unknown to it."""
    kiran, seat, _ = centre(desk)
    theirs, others = undelivered(desk), undelivered(desk)
    desk.scene.assign(Hop.SUPPORT, theirs, seat)
    assert [each.order_id for each in queue(desk, kiran).attempts] == [theirs]
    assert attempts_of(kiran, others, now=desk.scene.now) == []
    assert answer(desk, others, AttemptAnswer.CANCEL, kiran).status == 404
    assert answer(desk, theirs, AttemptAnswer.CANCEL, kiran) is None


def test_a_centre_without_standing_works_nothing(desk):
    """From the moment its partner is suspended."""
    kiran, seat, _ = centre(desk)
    order = undelivered(desk)
    desk.scene.assign(Hop.SUPPORT, order, seat)
    execute("UPDATE partners_partner SET suspended_at = now() WHERE id = %s", [seat.partner.pk])
    execute("UPDATE ledger_law SET rev = rev + 1")
    assert answer(desk, order, AttemptAnswer.CANCEL, kiran).status == 403
    assert open_attempts(kiran, None, now=desk.scene.now).status == 403
    assert kept() == [(1, 1, "other", None)]


def test_a_leaver_answers_nothing(desk):
    """A page that was open when the membership ended changes nothing any more."""
    order, member = undelivered(desk), desk.person(Role.SUPPORT)
    who = desk.actor(member)
    memberships.leave(member, now=desk.scene.now, who=ME)
    assert answer(desk, order, AttemptAnswer.CANCEL, who).code == "role_changed"
    assert kept() == [(1, 1, "other", None)]
