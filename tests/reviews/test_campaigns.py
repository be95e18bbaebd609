"""Campaigns: what they list, that it is frozen, when they open and close."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from desk import ME, Desk
from orderveil.core.hops import Hop
from orderveil.core.roles import Role
from orderveil.gate.desk.listing import Listed, Wanted, list_orders
from orderveil.gate.desk.reveal import Revealable, Revealed, reveal_field
from orderveil.gate.reasons import checked_cause
from orderveil.partners import credentials
from orderveil.partners.models import Brand, Credential
from orderveil.people import memberships
from orderveil.people.models import Membership
from orderveil.reviews import calendar, campaigns
from orderveil.reviews.models import Campaign, Item, Setting
from reviews import sample
from scene import Scene, rows, together

DAY = timedelta(days=1)


def test_a_campaign_lists_everybody_and_every_credential(desk):
    """Every membership and every credential in force of this brand, and nothing else."""
    other = Desk.make(Scene.make("saree", now=desk.scene.now))
    other.person(Role.SUPPORT)
    desk.person(Role.SUPPORT)
    left = desk.person(Role.AUDITOR)
    memberships.leave(left, now=desk.scene.now, who=ME)
    revoked = desk.scene.seat(Hop.COURIER).credential
    credentials.revoke(revoked.pk, now=desk.scene.now)
    campaign = sample.opened(desk)
    brand = desk.scene.brand.pk
    listed = set(Item.objects.filter(campaign=campaign).values_list("kind", "subject_id"))
    members = Membership.objects.filter(brand_id=brand, ended_at=None)
    keys = Credential.objects.filter(brand_id=brand, revoked_at=None)
    assert listed == {("person", each.pk) for each in members} | {
        ("credential", each.pk) for each in keys
    }
    assert ("person", left.pk) not in listed
    assert ("credential", revoked.pk) not in listed
    assert len(members) == 3
    ((person, _, subject, detail),) = sample.acts(desk.scene.brand, "review_opened")
    assert person == desk.people["owner"].person.tag
    assert subject == f"review:{campaign.pk}"
    assert (detail["people"], detail["credentials"]) == (3, len(keys))


def test_an_expired_credential_is_not_listed(desk):
    """What can't be used any more has no access to review."""
    scene = desk.scene
    partner = scene.seat(Hop.COURIER).partner
    ends = scene.now + timedelta(hours=1)
    key, _ = credentials.issue(partner, Hop.COURIER, now=scene.now, expires_at=ends)
    before = sample.opened(desk, now=ends - timedelta(seconds=1))
    assert sample.item_of(before, key)
    Campaign.objects.update(closed_at=scene.now)
    after = sample.opened(desk, now=ends)
    assert not Item.objects.filter(campaign=after, kind="credential", subject_id=key.pk).exists()


def test_what_appears_later_is_in_the_next(desk):
    """Nobody slips into a review that is open."""
    campaign = sample.opened(desk)
    late = desk.person(Role.MARKETER)
    assert not Item.objects.filter(campaign=campaign, subject_id=late.pk, kind="person").exists()


def test_it_says_what_they_were_shown_since_the_last_one(desk):
    """Rows of lists and searches as views, reveals as reveals, of this brand and this time only."""
    asha = desk.person(Role.SUPPORT)
    actor = desk.actor(asha)
    order = desk.scene.admit()
    found = list_orders(actor, Wanted(), None, now=desk.scene.now)
    assert isinstance(found, Listed)
    assert len(found.answers) == 1
    cause = checked_cause("call_back", "T-1")
    shown = reveal_field(actor, order, Revealable.PHONE, cause, now=desk.scene.now)
    assert isinstance(shown, Revealed)
    desk.scene.pack(order)
    assert desk.scene.ask(Hop.COURIER, order).fields
    first = sample.opened(desk)
    assert (sample.item_of(first, asha).views, sample.item_of(first, asha).reveals) == (1, 1)
    courier = desk.scene.seat(Hop.COURIER).credential
    assert (sample.item_of(first, courier).views, sample.item_of(first, courier).reveals) == (1, 0)
    Campaign.objects.update(closed_at=desk.scene.now)
    later = desk.scene.now + timedelta(minutes=10)
    reveal_field(desk.actor(asha, now=later), order, Revealable.EMAIL, cause, now=later)
    second = sample.opened(desk, now=later + DAY)
    assert second.counted_from == first.opened_at
    assert (sample.item_of(second, asha).views, sample.item_of(second, asha).reveals) == (0, 1)
    assert (sample.item_of(first, asha).views, sample.item_of(first, asha).reveals) == (1, 1)


def test_bulks_count_by_their_orders(desk):
    """A credential's views are the orders that it was shown, one by one or many at once."""
    orders = [desk.scene.pack(desk.scene.admit()) for _ in range(5)]
    desk.scene.ask_many(Hop.COURIER, orders)
    desk.scene.ask_many(Hop.COURIER, orders[:3])
    desk.scene.ask(Hop.COURIER, orders[0])
    campaign = sample.opened(desk)
    courier = desk.scene.seat(Hop.COURIER).credential
    assert sample.item_of(campaign, courier).views == 9
    wms = desk.scene.seat(Hop.WMS).credential
    assert sample.item_of(campaign, wms).views == 0


def test_counting_holds_up_nobody(desk, monkeypatch):
    """While it is counted what was shown, anybody else may have the brand's row to themselves."""
    brand, count = desk.scene.brand.pk, campaigns.tallies.shown_to_people
    found = []

    def lock():
        with transaction.atomic():
            return Brand.objects.select_for_update(nowait=True).get(pk=brand).pk

    def counting(*arguments):
        found.extend(together(lock))
        return count(*arguments)

    monkeypatch.setattr(campaigns.tallies, "shown_to_people", counting)
    sample.opened(desk)
    assert found == [brand]


def test_rows_that_refer_to_the_brand_hold_up_no_opening(desk):
    """And it holds up none of them: their lock of the brand's key goes with its own."""
    inside, done = threading.Event(), threading.Event()

    def refer():
        with transaction.atomic(), connection.cursor() as cursor:
            sql = "SELECT id FROM partners_brand WHERE id = %s FOR KEY SHARE"
            cursor.execute(sql, [desk.scene.brand.pk])
            inside.set()
            return done.wait(5)

    def opens():
        assert inside.wait(5)
        sample.opened(desk)
        done.set()

    assert together(refer, opens)[0]


def test_idle_ones_are_proposed_for_removal_and_come_first(desk):
    """By the last use of the membership or the credential, as it was at the opening."""
    idle, busy = desk.person(Role.SUPPORT), desk.person(Role.OPERATIONS)
    now = desk.scene.now + 60 * DAY
    Membership.objects.filter(pk=idle.pk).update(last_used_at=now - 30 * DAY)
    Membership.objects.filter(pk=busy.pk).update(last_used_at=now - 29 * DAY)
    key = desk.scene.seat(Hop.COURIER).credential
    Credential.objects.filter(pk=key.pk).update(last_used_at=now - DAY)
    campaign = sample.opened(desk, now=now)
    assert sample.item_of(campaign, idle).proposal == "remove"
    assert sample.item_of(campaign, busy).proposal == "keep"
    assert sample.item_of(campaign, key).proposal == "keep"
    assert sample.item_of(campaign, desk.scene.seat(Hop.WMS).credential).proposal == "remove"
    found = list(Item.objects.order_by("pk").values_list("proposal", flat=True))
    assert found == sorted(found, reverse=True)
    Membership.objects.filter(pk=idle.pk).update(last_used_at=now)
    assert sample.item_of(campaign, idle).proposal == "remove"


def test_one_campaign_at_a_time(desk):
    """A second one is refused while the first is open, also when both begin at once."""
    desk.person(Role.OWNER)
    brand = desk.scene.brand.pk

    def one():
        try:
            return campaigns.open_campaign(brand, now=desk.scene.now, who=ME)
        except sample.RefusedError as error:
            return error.problem.code

    found = together(one, one)
    assert sorted(str(type(each).__name__) for each in found) == ["Campaign", "str"]
    assert "review_open" in found
    assert Campaign.objects.filter(brand_id=brand).count() == 1


@pytest.mark.parametrize("outcome", ["gone", "keep"])
def test_a_campaign_closes_when_nothing_is_left(desk, outcome):
    """Not before; what ended meanwhile is noted as gone."""
    campaign = sample.opened(desk)
    brand = desk.scene.brand.pk
    assert sample.refusal(campaigns.close, brand, campaign.pk, now=desk.scene.now, who=ME) == (
        "review_undecided"
    )
    Item.objects.filter(campaign=campaign).exclude(kind="credential").update(outcome="keep")
    for hop in (Hop.WMS, Hop.LABEL):
        key = desk.scene.seat(hop).credential
        sample.decide(desk, campaign, key, "keep")
    courier = desk.scene.seat(Hop.COURIER).credential
    if outcome == "gone":
        credentials.revoke(courier.pk, now=desk.scene.now)
    else:
        sample.decide(desk, campaign, courier, "keep")
    campaigns.close(brand, campaign.pk, now=desk.scene.now, who=ME)
    assert sample.item_of(campaign, courier).outcome == outcome
    ((*_, detail),) = sample.acts(desk.scene.brand, "review_closed")
    assert detail["undecided"] == 0
    assert detail[outcome] >= 1
    refused = sample.refusal(campaigns.close, brand, campaign.pk, now=desk.scene.now, who=ME)
    assert refused == "review_closed"


def test_an_only_reviewers_own_item_is_noted(desk):
    """With nobody else who may review, the campaign closes, and the item says so."""
    campaign = sample.opened(desk)
    owner, officer = desk.people["owner"], desk.people["privacy_officer"]
    Item.objects.exclude(subject_id=owner.pk, kind="person").update(outcome="keep")
    brand = desk.scene.brand.pk
    close = (campaigns.close, brand, campaign.pk)
    assert sample.refusal(*close, now=desk.scene.now, who=ME) == "review_undecided"
    memberships.leave(officer, now=desk.scene.now, who=ME)
    campaigns.close(brand, campaign.pk, now=desk.scene.now, who=ME)
    assert sample.item_of(campaign, owner).outcome == "nobody_else"


def test_closing_asks_once_who_reviews(desk):
    """However many items are left."""
    campaign = sample.opened(desk)

    def asked():
        with CaptureQueriesContext(connection) as found:
            sample.refusal(
                campaigns.close, desk.scene.brand.pk, campaign.pk, now=desk.scene.now, who=ME
            )
        return len(found)

    all_left = asked()
    Item.objects.exclude(subject_id=desk.people["owner"].pk).update(outcome="keep")
    assert asked() == all_left


def test_another_brands_campaign_is_not_there(desk):
    """It can be neither closed nor decided from here."""
    campaign = sample.opened(desk)
    other = Scene.make("saree", now=desk.scene.now).brand.pk
    refused = sample.refusal(campaigns.close, other, campaign.pk, now=desk.scene.now, who=ME)
    assert refused == "no_such_review"


def test_a_review_is_opened_by_the_calendar(desk):
    """A quarter after the brand began, and a quarter after the last opening; once."""
    brand = desk.scene.brand
    begins = brand.created_at
    assert calendar.open_due(begins + 90 * DAY - timedelta(seconds=1)) == []
    (made,) = calendar.open_due(begins + 90 * DAY)
    assert made.opened_by == "system:reviews"
    assert sample.acts(brand, "review_opened")[0][:2] == (None, "reviews")
    assert calendar.open_due(begins + 365 * DAY) == []  # one is open
    Campaign.objects.update(closed_at=begins + 91 * DAY)
    assert calendar.open_due(begins + 180 * DAY - timedelta(seconds=1)) == []
    assert len(calendar.open_due(begins + 180 * DAY)) == 1


def test_a_brand_that_breaks_keeps_no_other_from_its_review(desk, caplog):
    """The calendar opens the next brand's; the log says what broke and where, and no value."""
    other = Scene.make("saree", now=desk.scene.now)
    Setting.objects.create(brand_id=desk.scene.brand.pk, every_days=2_000_000_000)
    (made,) = calendar.open_due(other.brand.created_at + 90 * DAY)
    assert made.brand_id == other.brand.pk
    (said,) = [each for each in caplog.records if each.name == "orderveil.reviews.calendar"]
    assert "OverflowError at " in said.getMessage()
    assert "2000000000" not in caplog.text


def test_overdue_ones_shout(desk):
    """An open one past its term, and one that should be open; to those who review only."""
    owner, auditor = desk.person(Role.OWNER), desk.person(Role.AUDITOR)
    begins = desk.scene.brand.created_at

    def shouts(after, member=owner):
        return calendar.due(desk.actor(member, now=begins + after)) is not None

    assert not shouts(90 * DAY)
    assert shouts(90 * DAY + timedelta(seconds=1))
    assert not shouts(91 * DAY, auditor)
    calendar.open_due(begins + 91 * DAY)
    assert not shouts((91 + campaigns.TERM_DAYS) * DAY)
    assert shouts((91 + campaigns.TERM_DAYS) * DAY + timedelta(seconds=1))


def test_a_brand_says_how_often(desk):
    """Within limits, as an act; the calendar follows."""
    brand = desk.scene.brand
    assert calendar.standing(brand.pk, desk.scene.now).every_days == 90
    calendar.set_every(brand.pk, 30, now=desk.scene.now, who=ME)
    assert len(calendar.open_due(brand.created_at + 30 * DAY)) == 1
    assert sample.acts(brand, "brand_changed")[-1][3] == {"review_every_days": 30}
    for days in (6, 367):
        refused = sample.refusal(calendar.set_every, brand.pk, days, now=desk.scene.now, who=ME)
        assert refused == "days_out_of_range"
    assert rows("SELECT every_days FROM reviews_setting") == [(30,)]
