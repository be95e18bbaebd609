"""What happens at once: real threads, real connections, real commits."""

import threading
import time

import pytest
from django.db import connection

from orderveil.core.errors import Problem
from orderveil.core.fields import Compartment, Field
from orderveil.core.hops import Hop
from orderveil.core.states import ParcelState
from orderveil.core.table import Profile
from orderveil.gate import rekey as rekeying
from orderveil.gate.compose import View
from orderveil.gate.erase import erase, erase_compartments
from orderveil.keyring import epochs
from orderveil.ledger.connections import connect
from orderveil.ledger.entries import DisclosureEntry
from orderveil.ledger.queries import entries_of
from orderveil.partners import credentials
from orderveil.policy import versions
from orderveil.policy.toml import profile_text
from scene import ME, NOW, rows, together

ROUNDS = 10


def until(stop, work):
    """Calls `work` until `stop` is set, and once more; its answers."""

    def run():
        answers = [work()]
        while not stop.is_set():
            answers.append(work())
        answers.append(work())
        return answers

    return run


def then(stop, work):
    """Does `work`, then sets `stop`, whatever came of it; what `work` answered."""

    def run():
        try:
            return work()
        finally:
            stop.set()

    return run


def views(answers):
    """Those answers that are views."""
    return [answer for answer in answers if isinstance(answer, View)]


def test_an_erasure_misses_no_recipient(scene):
    """Who got a view is among the erasure's recipients, and after it nobody gets one."""
    seats = [scene.new_seat(Hop.OMS, f"oms-{letter}") for letter in "abc"]
    for _ in range(ROUNDS):
        order, stop = scene.admit(assign=False), threading.Event()
        erasure, *asked = together(
            then(stop, lambda o=order: erase(scene.brand.pk, [o], now=NOW, who=ME)),
            *[until(stop, lambda s=s, o=order: scene.ask(Hop.OMS, o, seat=s)) for s in seats],
        )
        told = set(erasure.recipients.get(order, ()))
        for seat, answers in zip(seats, asked, strict=True):
            got = views(answers)
            assert not got or seat.partner.pk in told
            assert all(view.fields["city"] == "Bengaluru" for view in got)
            assert {answer.code for answer in answers[len(got) :]} == {"order_erased"}
        assert rows("SELECT 1 FROM vault_dek WHERE order_id = %s", [order]) == []


def test_erasing_many_against_bulks_ends(scene):
    """Erasures and bulk views of the same orders, in opposite sequences, wait in no circle."""
    one, two = scene.new_seat(Hop.OMS, "oms-a"), scene.new_seat(Hop.OMS, "oms-b")
    for _ in range(5):
        orders = scene.admit_many([scene.draft() for _ in range(30)])
        stop = threading.Event()
        erasure, *asked = together(
            then(stop, lambda o=orders: erase(scene.brand.pk, o[::-1], now=NOW, who=ME)),
            until(stop, lambda o=orders: scene.ask_many(Hop.OMS, o, seat=one)),
            until(stop, lambda o=orders: scene.ask_many(Hop.OMS, o[::-1], seat=two)),
        )
        assert erasure.orders == 30
        for seat, answers in zip((one, two), asked, strict=True):
            shown = [each.view for answer in answers for each in answer if each.view]
            for order in orders if shown else ():
                assert seat.partner.pk in erasure.recipients[order]
            assert {each.problem.code for each in answers[-1]} == {"order_erased"}


def test_a_reseal_shows_old_or_new_never_a_mixture(scene):
    """While an order is sealed anew, every answer is a whole version of it."""
    versions_ = [
        {Field.NAME: "Early Person", Field.LINE1: "Early Street", Field.PHONE: "9000000011"},
        {Field.NAME: "Later Person", Field.LINE1: "Later Street", Field.PHONE: "9000000022"},
    ]
    order = scene.pack(scene.admit(scene.draft("a", person=versions_[0])))
    stop = threading.Event()

    def update():
        for turn in range(1, 1 + ROUNDS * 2):
            scene.deliver(scene.draft("a", person=versions_[turn % 2]))

    _, *asked = together(
        then(stop, update), *[until(stop, lambda: scene.ask(Hop.COURIER, order))] * 3
    )
    wholes = {("Early Person", "Early Street", "1"), ("Later Person", "Later Street", "2")}
    for answer in [each for answers in asked for each in answers]:
        if isinstance(answer, Problem):
            # So many changes at once that it was told to ask again: nothing was shown.
            assert answer.code == "changed_meanwhile"
        else:
            shown = answer.fields
            assert (shown["name"], shown["line1"], shown["phone"][-1]) in wholes
    assert all(views(answers) for answers in asked)


def test_rekeying_loses_nothing(scene, monkeypatch):
    """While keys are rewrapped, orders are shown, changed and admitted; the old epochs die."""
    monkeypatch.setattr(rekeying, "BATCH", 7)
    orders = scene.admit_many([scene.draft(f"o-{number}") for number in range(40)])
    stop = threading.Event()

    def twice():
        return [rekeying.rekey(scene.brand.pk, now=NOW, who=ME) for _ in range(3)]

    def ask():
        return [scene.ask(Hop.SUPPORT, order) for order in orders[::9]]

    def bulk():
        return scene.ask_many(Hop.OMS, orders[::-1])

    for hop in (Hop.SUPPORT, Hop.OMS):
        scene.seat(hop)
    count = iter(range(10_000))
    done, asked, bulks, fresh, changed = together(
        then(stop, twice),
        until(stop, ask),
        until(stop, bulk),
        until(stop, lambda: scene.admit(scene.draft(f"new-{next(count)}"), assign=False)),
        until(
            stop,
            lambda: scene.deliver(scene.draft("o-3", person={Field.CITY: f"City {next(count)}"})),
        ),
    )
    assert all(isinstance(view, View) for round_ in asked for view in round_)
    # A bulk is told to ask again if each of its tries met another batch of keys on the move.
    problems = {answer.problem.code for round_ in bulks for answer in round_ if answer.problem}
    assert problems <= {"changed_meanwhile"}
    assert all(answer.view for answer in bulks[-1])
    assert changed
    destroyed = [epoch for each in done for epoch in each.destroyed]
    assert len(destroyed) == 3
    assert rows("SELECT 1 FROM vault_dek WHERE epoch_id = ANY(%s)", [destroyed]) == []
    alive = rows("SELECT wrapped IS NULL FROM keyring_epoch WHERE id = ANY(%s)", [destroyed])
    assert set(alive) == {(True,)}
    epochs.forget()
    for order in [*orders, *fresh]:
        assert scene.ask(Hop.SUPPORT, order).fields["pincode"] == "560001"
    assert rows("SELECT count(*) - count(DISTINCT order_id) FROM vault_dek") == [(0,)]


@pytest.mark.parametrize("whole", [True, False])
def test_rekeying_saves_no_key_from_an_erasure(scene, monkeypatch, whole):
    """A key that is being moved to a new epoch is shredded all the same."""
    monkeypatch.setattr(rekeying, "BATCH", 1)
    for _ in range(4):
        orders = scene.admit_many([scene.draft() for _ in range(6)])
        stop = threading.Event()

        def shred(orders=orders):
            for order in orders:
                if whole:
                    erase(scene.brand.pk, [order], now=NOW, who=ME)
                else:
                    erase_compartments(
                        scene.brand.pk, order, [Compartment.CONTACT], now=NOW, who=ME
                    )

        together(
            then(stop, shred),
            until(stop, lambda: rekeying.rekey(scene.brand.pk, now=NOW, who=ME)),
        )
        left = rows("SELECT dek_no FROM vault_dek WHERE order_id = ANY(%s)", [orders])
        assert left == ([] if whole else [(2,)] * len(orders))


def test_an_interrupted_rekey_goes_on_where_it_stopped(scene, monkeypatch):
    """Broken off after a batch, the same command run again finishes, with one new epoch."""
    monkeypatch.setattr(rekeying, "BATCH", 3)
    orders = scene.admit_many([scene.draft() for _ in range(10)])
    (old,) = {row[0] for row in rows("SELECT epoch_id FROM vault_dek")}

    def fail(_done):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rekeying.rekey(scene.brand.pk, now=NOW, who=ME, on_progress=fail)
    assert len({row[0] for row in rows("SELECT epoch_id FROM vault_dek")}) == 2
    assert isinstance(scene.ask(Hop.OMS, orders[0]), View)
    again = rekeying.rekey(scene.brand.pk, now=NOW, who=ME)
    assert (again.rewrapped, again.destroyed) == (7, (old,))
    assert rows("SELECT count(*) FROM keyring_epoch WHERE brand_id = %s", [scene.brand.pk]) == [
        (2,)
    ]
    epochs.forget()
    assert all(isinstance(scene.ask(Hop.OMS, order), View) for order in orders)


def test_nothing_is_recorded_for_the_courier_after_delivered_was_answered(scene):
    """Once `delivered` is answered, the courier's disclosures of the parcel are all on record."""
    seen = "SELECT count(*) FROM ledger_record WHERE order_id = %s AND hop = 'courier'"
    for _ in range(ROUNDS):
        order, stop = scene.pack(scene.admit()), threading.Event()
        scene.move(Hop.COURIER, order, ParcelState.SHIPPED)

        def deliver(order=order):
            assert scene.move(Hop.COURIER, order, ParcelState.DELIVERED).changed
            return rows(seen, [order])[0][0]

        at_delivery, *asked = together(
            then(stop, deliver), *[until(stop, lambda o=order: scene.ask(Hop.COURIER, o))] * 3
        )
        assert rows(seen, [order]) == [(at_delivery,)]
        assert sum(len(views(answers)) for answers in asked) == at_delivery
        assert {answers[-1].code for answers in asked} == {"outside_window"}


def test_nothing_that_begins_after_a_revocation_is_answered(scene):
    """From `revoke` on, the credential's next question is refused."""
    order = scene.admit(assign=False)
    for number in range(ROUNDS):
        seat, stop = scene.new_seat(Hop.OMS, f"oms-{number}"), threading.Event()

        def ask(seat=seat, stop=stop):
            begun_after = stop.is_set()
            return begun_after, scene.ask(Hop.OMS, order, seat=seat)

        _, *asked = together(
            then(stop, lambda s=seat: credentials.revoke(s.credential.pk, now=NOW)),
            *[until(stop, ask)] * 3,
        )
        for begun_after, answer in [each for answers in asked for each in answers]:
            assert isinstance(answer, View) or answer.code == "unauthorised"
            assert not (begun_after and isinstance(answer, View))


def test_a_disclosure_names_the_policy_whose_forms_it_got(scene):
    """While versions follow each other, forms and version of every view belong together."""
    order = scene.admit(assign=False)
    stop, text = threading.Event(), profile_text(Profile.BALANCED)
    tight = text.replace('[hops.oms.fields]\nname = "masked"', "[hops.oms.fields]")
    assert tight != text
    scene.seat(Hop.OMS)

    def publish():
        for _ in range(6):
            versions.publish(scene.brand.pk, tight, author="asha", now=NOW)
            made = versions.publish(scene.brand.pk, text, author="asha", now=NOW)
            versions.approve(scene.brand.pk, made.number, approver="vimal", now=NOW)

    _, *asked = together(then(stop, publish), *[until(stop, lambda: scene.ask(Hop.OMS, order))] * 3)
    shows_name = dict(rows("SELECT id, text LIKE %s FROM policy_version", ["%" + text + "%"]))
    views_ = [view for answers in asked for view in views(answers)]
    entries = {str(e.entry_id): e.entry for e in entries_of(order)}
    assert len({view.policy for view in views_}) > 1
    for view in views_:
        entry = entries[view.disclosure]
        assert isinstance(entry, DisclosureEntry)
        assert entry.policy.name == view.policy
        assert ("name" in view.fields) == (Field.NAME in entry.forms)
        assert ("name" in view.fields) == shows_name[entry.policy.version]


def test_a_question_that_read_before_the_delivery_is_on_record_before_its_answer(scene):
    """A disclosure held up at the key keeps `delivered` waiting, or finds it and is refused."""
    seen = "SELECT count(*) FROM ledger_record WHERE order_id = %s AND hop = 'courier'"
    order = scene.pack(scene.admit())
    scene.move(Hop.COURIER, order, ParcelState.SHIPPED)

    def waiting(at_least, thread):
        while thread.is_alive():
            if rows("SELECT count(*) FROM pg_locks WHERE NOT granted")[0][0] >= at_least:
                return
            time.sleep(0.01)

    at_delivery = []

    def deliver():
        scene.move(Hop.COURIER, order, ParcelState.DELIVERED)
        at_delivery.append(rows(seen, [order]))
        connection.close()

    def ask():
        scene.ask(Hop.COURIER, order)
        connection.close()

    asking, delivering = threading.Thread(target=ask), threading.Thread(target=deliver)
    with connect() as holder, holder.transaction():
        holder.execute("SELECT 1 FROM vault_dek WHERE order_id = %s FOR UPDATE", [order])
        asking.start()
        waiting(1, asking)
        delivering.start()
        waiting(2, delivering)
    asking.join()
    delivering.join()
    assert at_delivery == [rows(seen, [order])]
    assert scene.ask(Hop.COURIER, order).code == "outside_window"
