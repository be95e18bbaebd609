"""Devices of the floor: whose word stands for them, what a link is good for, what ends them."""

from datetime import timedelta

import pytest

from orderveil.core.devices import ATTEST_AGAIN_DAYS, ATTESTED_DAYS, DeviceKind
from orderveil.core.errors import RefusedError
from orderveil.core.hops import Hop
from orderveil.gate.leaving import end_partner
from orderveil.ledger.acts import Who
from orderveil.partners import devices
from orderveil.partners.devices import LINK_TERM, attest, enrol, leave, linked, of_token, relink
from orderveil.partners.models import Device
from partners import sample
from partners.sample import NOW, WHO
from scene import together

STATION, PRINTER = DeviceKind.STATION, DeviceKind.PRINTER
TERM = timedelta(days=ATTESTED_DAYS)
SECOND = timedelta(seconds=1)
OTHER = Who(person="person:9")


def refusal(call, *arguments, **said):
    """The code of the refusal that this call must meet."""
    with pytest.raises(RefusedError) as caught:
        call(*arguments, **said)
    assert caught.value.problem.remedy
    return caught.value.problem.code


def enrolled(partner, kind=STATION, asset="A-1", **said):
    """A device that was enrolled, and its token."""
    return enrol(sample.new_device(partner, kind, asset, **said)[1], kind, now=NOW)


def stored():
    """Every device as it is stored."""
    return sample.everything_stored("partners_device")


def test_a_device_is_somebodys_word(brand, partner):
    """Who registered and vouched, when, and until when; its name goes on no record."""
    made, _ = sample.new_device(partner)
    assert (made.registered_by, made.attested_by) == ("setup", "setup")
    assert (made.attested_at, made.attested_until) == (NOW, NOW + TERM)
    person, detail = sample.last_detail(brand)
    assert person == "setup"
    assert detail == {"partner": partner.pk, "kind": "station"}
    assert "Packing station 1" not in sample.everything_stored("ledger_entry")


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "Line\nbreak", "Bell\x07"])
def test_a_device_has_a_name_and_a_sticker(partner, name):
    """Each of up to sixty characters, in one line."""
    assert refusal(sample.new_device, partner, name=name) == "device_nameless"
    assert refusal(sample.new_device, partner, asset=name) == "device_nameless"
    assert stored() == ""


def test_a_device_stands_on_a_warehouses_floor(brand):
    """Of a partner that packs or prints labels; of no other."""
    shop = sample.new_partner(brand, "shopfront", [Hop.STOREFRONT, Hop.COMMS])
    assert refusal(sample.new_device, shop) == "no_floor"
    for number, hop in enumerate((Hop.WMS, Hop.LABEL)):
        sample.new_device(sample.new_partner(brand, f"floor-{number}", [hop]))


def test_one_sticker_is_on_one_device(brand, partner):
    """Of one floor, as long as it is not revoked; of two at the same moment one is registered."""
    made, _ = sample.new_device(partner)
    assert refusal(sample.new_device, partner) == "asset_taken"
    sample.new_device(sample.new_partner(brand, "another"))
    devices.revoke(made.pk, brand.pk, now=NOW)
    sample.new_device(partner)

    def come():
        try:
            return sample.new_device(partner, asset="A-2")[0].pk
        except RefusedError as refused:
            return refused.problem.code

    assert sorted(map(str, together(*[come] * 3)))[1:] == ["asset_taken"] * 2


def test_a_link_enrols_once_for_a_day(partner):
    """Looking spends nothing; the day's last second counts, and the next does not."""
    made, link = sample.new_device(partner)
    for _ in range(3):
        assert linked(link, STATION, now=NOW + LINK_TERM - SECOND).pk == made.pk
    assert refusal(linked, link, STATION, now=NOW + LINK_TERM) == "link_spent"
    assert refusal(enrol, link, STATION, now=NOW + LINK_TERM) == "link_spent"
    enrol(link, STATION, now=NOW + LINK_TERM - SECOND)
    assert refusal(enrol, link, STATION, now=NOW) == "link_spent"
    assert refusal(linked, link, STATION, now=NOW) == "link_spent"


def test_of_many_who_open_one_link_one_has_the_device(partner):
    """At the same moment: one token, and it is the one that is stored."""
    _, link = sample.new_device(partner)

    def come():
        try:
            return enrol(link, STATION, now=NOW)[1]
        except RefusedError:
            return None

    (token,) = [each for each in together(*[come] * 5) if each]
    assert of_token(token, now=NOW) is not None


def test_a_link_is_for_its_kind(partner):
    """A printer's opens in no browser, a station's at no machine door; neither is spent by it."""
    for kind, other in ((STATION, PRINTER), (PRINTER, STATION)):
        _, link = sample.new_device(partner, kind, f"A-{kind}")
        assert refusal(linked, link, other, now=NOW) == "device_of_another_kind"
        assert refusal(enrol, link, other, now=NOW) == "device_of_another_kind"
        assert enrol(link, kind, now=NOW)[0].kind == kind


def test_secrets_are_stored_as_hashes(partner):
    """Neither link nor token is anywhere in the database."""
    _, link = sample.new_device(partner)
    _, token = enrol(link, STATION, now=NOW)
    for table in ("partners_device", "ledger_entry", "ledger_pending"):
        text = sample.everything_stored(table)
        for secret in (link, token):
            assert secret.split("_", 2)[2] not in text


def test_texts_that_are_no_token_open_nothing(partner):
    """A link, a credential's token, another number, half of it, a longer one, nothing."""
    made, link = sample.new_device(partner)
    _, token = enrol(link, STATION, now=NOW)
    other, _ = enrolled(partner, asset="A-2")
    secret = token.split("_", 2)[2]
    wrong = ("", "ovd_", link, f"ov_{made.pk}_{secret}", f"ovl_{made.pk}_{secret}", token[:-1])
    for text in (*wrong, f"{token}x", f"ovd_{other.pk}_{secret}", f"ovd_0{made.pk}_{secret}"):
        assert of_token(text, now=NOW) is None, text
    assert of_token(token, now=NOW).pk == made.pk


def test_nobody_vouches_for_ever(brand, partner):
    """At the end of its term a device opens nothing; whoever vouches again opens it again."""
    made, token = enrolled(partner)
    assert of_token(token, now=NOW + TERM - SECOND)
    assert of_token(token, now=NOW + TERM) is None
    later = NOW + TERM + timedelta(days=3)
    attest(made.pk, brand.pk, now=later, who=OTHER)
    assert sample.last_detail(brand)[0] == "person:9"
    found = Device.objects.get(pk=made.pk)
    assert (found.registered_by, found.attested_by) == ("setup", "person:9")
    assert of_token(token, now=later + TERM - SECOND)
    assert of_token(token, now=later + TERM) is None


def test_a_link_of_a_device_without_a_word_is_none(brand, partner):
    """It is neither made nor opened."""
    made, _ = sample.new_device(partner)
    assert refusal(relink, made.pk, brand.pk, now=NOW + TERM) == "device_not_attested"
    link = relink(made.pk, brand.pk, now=NOW + TERM - SECOND)
    assert refusal(enrol, link, STATION, now=NOW + TERM) == "link_spent"


def test_a_new_link_ends_what_was_before(brand, partner):
    """The old link and the old token open nothing from its moment on."""
    made, link = sample.new_device(partner)
    new = relink(made.pk, brand.pk, now=NOW)
    assert refusal(enrol, link, STATION, now=NOW) == "link_spent"
    _, token = enrol(new, STATION, now=NOW)
    newer = relink(made.pk, brand.pk, now=NOW)
    assert of_token(token, now=NOW) is None
    assert of_token(enrol(newer, STATION, now=NOW)[1], now=NOW)
    assert sample.last_act(brand) == ("device_enrolled", f"device:{made.pk}")


def test_a_station_that_leaves_needs_a_new_link(brand, partner):
    """Its token opens nothing, wherever it was copied to; it stays registered."""
    made, token = enrolled(partner)
    leave(made.pk, brand.pk, now=NOW, who=OTHER)
    assert of_token(token, now=NOW) is None
    assert sample.last_act(brand) == ("device_left", f"device:{made.pk}")
    assert enrol(relink(made.pk, brand.pk, now=NOW), STATION, now=NOW)[0].pk == made.pk


def test_what_is_revoked_stays_so(brand, partner):
    """Token, link and every change: nothing is left of it but its row."""
    made, token = enrolled(partner)
    _, link = sample.new_device(partner, asset="A-2")
    number = Device.objects.get(asset="A-2").pk
    for each in (made.pk, number):
        devices.revoke(each, brand.pk, now=NOW)
    assert of_token(token, now=NOW) is None
    assert refusal(enrol, link, STATION, now=NOW) == "link_spent"
    for change in (attest, relink, leave, devices.revoke):
        assert refusal(change, made.pk, brand.pk, now=NOW, who=WHO) == "not_found"


@pytest.mark.parametrize("change", [attest, relink, leave, devices.revoke])
def test_another_brands_device_is_not_there(partner, change):
    """404, and it is as it was."""
    made, _ = enrolled(partner)
    other, before = sample.new_brand("saree"), stored()
    assert refusal(change, made.pk, other.pk, now=NOW, who=WHO) == "not_found"
    assert stored() == before


def test_use_is_noted_once_a_minute(partner):
    """So that asking costs no write."""
    made, token = enrolled(partner)
    seen = []
    for seconds in (0, 59, 60):
        of_token(token, now=NOW + timedelta(seconds=seconds))
        seen.append(Device.objects.get(pk=made.pk).last_used_at)
    assert seen == [NOW, NOW, NOW + timedelta(seconds=60)]


def test_what_ends_soon_is_counted(brand, partner):
    """From two weeks before the end on, and afterwards; of the brand's own, not revoked ones."""
    made, _ = enrolled(partner)
    enrolled(sample.new_partner(sample.new_brand("saree")))
    soon = NOW + TERM - timedelta(days=ATTEST_AGAIN_DAYS)
    days = (soon - SECOND, soon, NOW + TERM, NOW + 2 * TERM)
    assert [devices.ending(brand.pk, at) for at in days] == [0, 1, 1, 1]
    devices.revoke(made.pk, brand.pk, now=NOW)
    assert devices.ending(brand.pk, NOW + TERM) == 0


def test_a_partners_devices_end_with_it(brand, partner):
    """Each by an act of its own; another partner's stand."""
    made, token = enrolled(partner)
    _, theirs = enrolled(sample.new_partner(brand, "another"))
    assert end_partner(partner, now=NOW, who=WHO).devices == (made.pk,)
    assert of_token(token, now=NOW) is None
    assert of_token(theirs, now=NOW)
