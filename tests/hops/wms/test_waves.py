"""Waves: which parcels are in them, that two never share one, and what leaves them."""

from datetime import timedelta

from desk import Desk
from hops.wms.floor import Floor, totes
from orderveil.core.clocks import utc_now
from orderveil.core.errors import Problem
from orderveil.core.hops import Hop
from orderveil.core.states import ParcelState
from orderveil.gate import parcels
from orderveil.gate.erase import erase
from orderveil.hops.journey import handle
from orderveil.hops.wms import waves
from orderveil.hops.wms.models import Tote, Wave
from orderveil.hops.wms.waves import Dropped
from orderveil.ledger.acts import Who
from orderveil.outbox.events import Event, EventKind
from orderveil.people.budgets import PER_MINUTE, Spending
from scene import ME, Scene, rows, together


def test_a_wave_takes_what_waits_and_the_oldest_first(floor):
    """Up to as many as asked for; the next wave takes the rest, and then nothing waits."""
    orders = [floor.admit() for _ in range(5)]
    first, second = floor.wave(3), floor.wave(3)
    assert (first.number, second.number) == (1, 2)
    found = [bytes(tote.order_id) for tote in [*totes(first), *totes(second)]]
    assert found == orders
    assert [tote.position for tote in totes(first)] == [1, 2, 3]
    nothing = waves.make_wave(floor.caller(), 20, now=utc_now())
    assert isinstance(nothing, Problem)
    assert nothing.code == "nothing_waits"


def test_only_its_own_parcels_that_are_placed(floor):
    """Another warehouse's, packed and cancelled ones are in no wave."""
    mine, packed, cancelled = (floor.admit() for _ in range(3))
    floor.desk.scene.admit()  # another partner's
    now = utc_now()
    assert parcels.move(floor.caller(), packed, 1, ParcelState.PACKED, now=now).changed
    oms = floor.desk.scene.seat(Hop.OMS)
    assert parcels.move(oms.caller, cancelled, 1, ParcelState.CANCELLED, now=now).changed
    assert [bytes(tote.order_id) for tote in totes(floor.wave())] == [mine]


def test_people_who_make_waves_at_once_never_share_a_parcel(floor):
    """Four waves begun in one moment: each parcel is in one of them, and none is left."""
    orders = {floor.admit() for _ in range(12)}
    caller = floor.caller()

    def one():
        return waves.make_wave(caller, 3, now=utc_now())

    made = together(one, one, one, one)
    assert sorted(wave.number for wave in made) == [1, 2, 3, 4]
    found = [bytes(tote.order_id) for wave in made for tote in totes(wave)]
    assert len(found) == 12
    assert set(found) == orders


def test_a_cancelled_parcel_leaves_its_wave_and_says_so(floor):
    """At the next look; the others stay, and it is no more in the wave's count."""
    gone, stays = floor.admit(), floor.admit()
    wave = floor.wave()
    oms = floor.desk.scene.seat(Hop.OMS)
    assert parcels.move(oms.caller, gone, 1, ParcelState.CANCELLED, now=utc_now()).changed
    found = waves.look_again(floor.caller(), wave, now=utc_now())
    assert {bytes(tote.order_id): tote.dropped for tote in found} == {
        gone: Dropped.CANCELLED,
        stays: "",
    }
    page = floor.packer(at_station=False).get(f"/floor/waves/{wave.pk}/").content.decode()
    assert "cancelled: put its items back" in page


def test_an_erased_order_leaves_its_wave_with_the_event(floor):
    """The journey forgets it: what was counted of it is gone, without anybody looking."""
    order = floor.admit()
    wave = floor.wave()
    Tote.objects.filter(wave=wave).update(lines=[{"title": "Indigo kurta"}])
    erase(floor.desk.scene.brand.pk, [order], now=utc_now(), who=ME)
    for event in _events("order.erased"):
        handle(event)
    (tote,) = totes(wave)
    assert (tote.dropped, tote.is_open, tote.lines) == (Dropped.GONE, False, [])
    assert Wave.objects.get(pk=wave.pk).closed_at is not None


def test_a_parcel_given_to_another_warehouse_is_theirs_to_pack(floor):
    """Its old wave lets go of it when the other one makes a wave."""
    order = floor.admit()
    wave = floor.wave()
    other = floor.desk.scene.seat(Hop.WMS)
    floor.desk.scene.assign(Hop.WMS, order, other)
    theirs = waves.make_wave(other.caller, 20, now=utc_now())
    assert [bytes(tote.order_id) for tote in totes(theirs)] == [order]
    assert totes(wave)[0].dropped == Dropped.GONE


def test_an_ended_wave_gives_its_parcels_back(floor):
    """What is not packed waits for the next wave; it is an act, once."""
    order = floor.admit()
    wave = floor.wave()
    for _ in range(2):
        waves.end_wave(wave, now=utc_now(), who=Who(person="person:1"))
    assert totes(wave)[0].dropped == Dropped.WAVE_ENDED
    assert [bytes(tote.order_id) for tote in totes(floor.wave())] == [order]
    acts = rows("SELECT kind FROM ledger_entry WHERE kind LIKE 'wave_%%' ORDER BY at, kind")
    assert sorted(kind for (kind,) in acts) == ["wave_ended", "wave_made", "wave_made"]


def test_another_brands_floor_has_numbers_of_its_own(floor):
    """Waves are counted within a partner, and a scan of `W1-1` means one's own."""
    other = Floor.make(Desk.make(Scene.make("banarasi", now=utc_now() - timedelta(hours=1))))
    mine, theirs = floor.admit(), other.admit()
    assert (floor.wave().number, other.wave().number) == (1, 1)
    assert bytes(waves.tote_at(floor.caller(), 1, 1).order_id) == mine
    assert bytes(waves.tote_at(other.caller(), 1, 1).order_id) == theirs


def _events(kind):
    return [
        Event(number, brand, EventKind(kind), bytes(order), parcel, {}, 0, utc_now())
        for number, brand, order, parcel in rows(
            "SELECT id, brand_id, order_id, parcel_no FROM outbox_event WHERE kind = %s",
            [kind],
        )
    ]


def test_the_largest_wave_is_shown_and_printed_within_a_minute():
    """Its list is as many views as it has parcels, and so is its paper."""
    assert PER_MINUTE[Spending.VIEWS] >= 2 * waves.MOST_PARCELS
