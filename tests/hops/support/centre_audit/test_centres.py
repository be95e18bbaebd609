"""A centre's pack: what is counted, that it stays the same, and who signs it."""

from base64 import b64decode
from datetime import timedelta
from hashlib import sha256

import msgspec
import pytest
from allauth.mfa.models import Authenticator

from desk import ME, Desk
from hops.support.centre_audit.centre import BEGAN, LAST_MONTH, LATER, Centre
from orderveil.core.errors import RefusedError
from orderveil.core.hops import Hop
from orderveil.core.merkle import root
from orderveil.core.roles import Role
from orderveil.gate.desk.listing import Listed, Wanted, list_orders
from orderveil.gate.desk.reveal import Revealable
from orderveil.hops.support.centre_audit import centres, signing
from orderveil.hops.support.centre_audit.pack import canonical, digest
from orderveil.hops.support.centre_audit.signing import Verdict
from orderveil.ledger import sequencer
from orderveil.people import factors, invitations, memberships, turned_away
from scene import Scene, rows


@pytest.fixture
def centre(db):
    """Last month at a centre."""
    return Centre.make()


def refusal(call, *arguments):
    """The code of the refusal that this call must meet."""
    with pytest.raises(RefusedError) as caught:
        call(*arguments)
    return caught.value.problem.code


def test_what_a_pack_counts(centre):
    """Orders, reveals by reason, callers, per person; rows of lists are not handled orders."""
    centre.reveal()
    centre.reveal(what=Revealable.ADDRESS, reason="address_unclear")
    centre.reveal("binod", 1)
    assert centre.verify("560001", order=1)
    assert not centre.verify("110001", "binod", order=1)
    listed = list_orders(centre.desk.actor(centre.people["asha"]), Wanted(), None, now=BEGAN)
    assert isinstance(listed, Listed)
    pack = centre.pack()
    assert (pack.assigned, pack.handled, pack.reveals) == (3, 2, 3)
    assert pack.reveals_per_100 == "150.0"
    assert pack.by_reason == {"address_unclear": 1, "call_back": 2}
    assert (pack.matched, pack.unmatched) == (1, 1)
    asha, binod = pack.members
    assert (asha.handled, asha.reveals, asha.verifications) == (2, 2, 1)
    assert (binod.handled, binod.reveals, binod.verifications) == (1, 1, 1)
    assert asha.role == "outsourced_support"
    assert asha.factors == ["totp"]
    assert asha.last_use == BEGAN + timedelta(minutes=4)
    assert {(one.person, one.field, one.reason, one.ticket) for one in pack.sample} == {
        (centre.people["asha"].person.tag, "phone", "call_back", "T-1"),
        (centre.people["asha"].person.tag, "address", "address_unclear", "T-1"),
        (centre.people["binod"].person.tag, "phone", "call_back", "T-1"),
    }


def test_a_pack_counts_its_own_month_brand_and_people(centre):
    """Nothing of another month, another brand, or of the brand's own people."""
    own = centre.desk.person(Role.SUPPORT)
    centre.people["own"] = own
    centre.reveal("own")
    centre.reveal(at=LAST_MONTH.end)
    centre.reveal(at=LAST_MONTH.end - timedelta(seconds=1))
    other = Centre.make("saree")
    other.reveal()
    pack = centre.pack()
    assert pack.reveals == 1
    assert len(pack.members) == 2
    assert other.pack().reveals == 1


def test_who_moved_away_is_in_the_pack_still(centre):
    """As what they were there, with what they did: also who moved away in the month."""
    centre.reveal()
    centre.reveal("binod")
    asha, binod = centre.people["asha"], centre.people["binod"]
    gone = BEGAN + timedelta(days=2)
    memberships.change(asha, Role.SUPPORT, now=gone, who=ME, partner_id=None)
    memberships.change(binod, Role.SUPPORT, now=LATER, who=ME, partner_id=None)
    pack = centre.pack()
    assert pack.reveals == 2
    assert [(one.role, one.joined, one.left, one.reveals) for one in pack.members] == [
        ("outsourced_support", BEGAN, gone, 1),
        ("outsourced_support", BEGAN, None, 1),
    ]
    assert centre.partner in centres.centres(centre.desk.scene.brand.pk)


def test_who_came_over_joined_then(centre):
    """From another place of the brand's: only their time at the centre counts."""
    own = centre.desk.person(Role.SUPPORT)
    centre.people["own"] = own
    came = BEGAN + timedelta(days=3)
    turned_away.count(own.pk, "budget_exhausted", BEGAN)
    turned_away.count(own.pk, "budget_exhausted", came)
    place = {"partner_id": centre.partner.pk}
    memberships.change(own, Role.OUTSOURCED_SUPPORT, now=came, who=ME, **place)
    # A budget that changes is nobody's coming or going.
    later = came + timedelta(hours=1)
    memberships.change(own, Role.OUTSOURCED_SUPPORT, now=later, who=ME, reveals_per_day=3, **place)
    pack = centre.pack()
    (told,) = [one for one in pack.members if one.person == own.person.tag]
    assert (told.role, told.joined, told.left) == ("outsourced_support", came, None)
    assert pack.refusals == {"budget_exhausted": 1}


def test_who_came_back_is_one_person(centre):
    """From the first time there to the last; refused between, they were not the centre's."""
    asha = centre.people["asha"]
    gone, back = BEGAN + timedelta(days=2), BEGAN + timedelta(days=5)
    memberships.change(asha, Role.SUPPORT, now=gone, who=ME)
    memberships.change(
        asha, Role.OUTSOURCED_SUPPORT, now=back, who=ME, partner_id=centre.partner.pk
    )
    turned_away.count(asha.pk, "budget_exhausted", gone + timedelta(days=1))
    turned_away.count(asha.pk, "budget_exhausted", back)
    pack = centre.pack()
    (told,) = [one for one in pack.members if one.person == asha.person.tag]
    assert (told.joined, told.left) == (BEGAN, None)
    assert pack.refusals == {"budget_exhausted": 1}


def test_who_left_and_who_came(centre):
    """Left in the month, left later, joined later."""
    asha, binod = centre.people["asha"], centre.people["binod"]
    gone = BEGAN + timedelta(days=2)
    memberships.leave(asha, now=gone, who=ME)
    memberships.leave(binod, now=LATER, who=ME)
    centre.desk.scene.now = LATER
    centre.desk.person(Role.OUTSOURCED_SUPPORT, "late", partner=centre.partner)
    pack = centre.pack()
    assert [(one.person, one.left) for one in pack.members] == [
        (asha.person.tag, gone),
        (binod.person.tag, None),
    ]


def test_refusals_are_counted_by_day_and_reason(centre):
    """Those after hours by themselves."""
    asha = centre.people["asha"].pk
    for code, at in [
        ("after_hours", BEGAN),
        ("after_hours", BEGAN),
        ("budget_exhausted", BEGAN),
        ("after_hours", LAST_MONTH.end),
        ("after_hours", LAST_MONTH.start - timedelta(seconds=1)),
    ]:
        turned_away.count(asha, code, at)
    turned_away.count(centre.desk.person(Role.SUPPORT).pk, "after_hours", BEGAN)
    pack = centre.pack()
    assert (pack.after_hours, pack.refusals) == (2, {"budget_exhausted": 1})


def leave(centre, who):
    """The membership ends."""
    memberships.leave(centre.people[who], now=LATER, who=ME)


def move(centre, who):
    """To the brand's own people, under another role."""
    memberships.change(centre.people[who], Role.SUPPORT, now=LATER, who=ME)


def start_over(centre, who):
    """Password and factors are gone."""
    invitations.start_over(centre.people[who], now=LATER, who=ME)


def remove_a_factor(centre, who):
    """By the page on which one does; another is left."""
    person = centre.people[who].person
    key = {"name": "key", "credential": {}, "passwordless": False}
    Authenticator.objects.create(user=person, type="webauthn", data=key)
    answer = centre.desk.client(centre.people[who]).post("/account/2fa/totp/deactivate/")
    assert answer.status_code == 302
    assert factors.kinds(person) == ("webauthn",)


def leave_and_come_back(centre, who):
    """Whoever comes back begins without password and factor."""
    leave(centre, who)
    person = centre.people[who].person
    memberships.join(centre.desk.scene.brand.pk, person.email, "", Role.MARKETER, now=LATER, who=ME)
    assert not factors.has_factor(person)


def leave_and_lose_a_factor_elsewhere(centre, who):
    """What another brand knows of them is not this one's."""
    other = Desk.make(Scene.make("saree", now=LATER))
    person = centre.people[who].person
    there = memberships.join(
        other.scene.brand.pk, person.email, "", Role.MARKETER, now=LATER, who=ME
    )
    memberships.accept(there, now=LATER)
    leave(centre, who)
    invitations.start_over(there, now=LATER, who=ME)


def move_then_leave(centre, who):
    """One after the other."""
    move(centre, who)
    leave(centre, who)


@pytest.mark.parametrize(
    "happens",
    [
        leave,
        move,
        start_over,
        remove_a_factor,
        leave_and_come_back,
        leave_and_lose_a_factor_elsewhere,
        move_then_leave,
    ],
)
def test_the_digest_stays_when_the_month_is_over(centre, happens):
    """Whatever happens later to whoever worked there: the same bytes, whenever they are made."""
    for _ in range(3):
        centre.reveal()
    turned_away.count(centre.people["binod"].pk, "budget_exhausted", BEGAN)
    first = centre.pack(LAST_MONTH.end + timedelta(hours=1))
    assert [one.factors for one in first.members] == [["totp"], ["totp"]]
    centre.reveal(at=LATER)
    happens(centre, "binod")
    centre.desk.scene.now = LATER
    centre.desk.person(Role.OUTSOURCED_SUPPORT, "late", partner=centre.partner)
    again = centre.pack(LATER + timedelta(days=20))
    assert canonical(again) == canonical(first)
    assert digest(first) == sha256(canonical(first)).hexdigest()
    assert canonical(first) == msgspec.json.encode(
        msgspec.json.decode(canonical(first)), order="sorted"
    )


def test_factors_are_those_of_the_month(centre):
    """One that came later is not in it, one that went before is not, one that went in it is not."""
    asha, binod = (centre.people[who].person for who in ("asha", "binod"))
    key = {"name": "key", "credential": {}, "passwordless": False}
    for person, at in ((asha, LATER), (binod, BEGAN)):
        made = Authenticator.objects.create(user=person, type="webauthn", data=key)
        Authenticator.objects.filter(pk=made.pk).update(created_at=at)
    assert [one.factors for one in centre.pack().members] == [["totp"], ["totp", "webauthn"]]
    membership = centre.people["binod"]
    invitations.start_over(membership, now=BEGAN + timedelta(days=1), who=ME)
    assert [one.factors for one in centre.pack().members] == [["totp"], []]


def test_a_pack_names_nobody(centre):
    """Pseudonyms only: no name, no email, no value of an order."""
    centre.reveal()
    text = canonical(centre.pack()).decode()
    for said in ("Asha", "आशा", "Binod", 'example"', "90000", "@"):
        assert said not in text


def test_the_sample_is_drawn_from_the_tree_of_the_month(centre):
    """Its root is that of everything dated before the end: anybody with the log computes it."""
    for number in range(24):
        centre.reveal(order=number % 3)
    pack = centre.pack()
    assert len(pack.sample) == 20
    leaves = [
        bytes(leaf)
        for (leaf,) in rows(
            "SELECT sha256('\\x00'::bytea || coalesce(e.entry, r.entry)) FROM ledger_leaf l"
            " LEFT JOIN ledger_entry e ON l.order_id IS NULL AND e.entry_id = l.entry_id"
            " LEFT JOIN ledger_record r ON r.order_id = l.order_id AND r.at = l.at"
            "  AND r.entry_id = l.entry_id"
            " WHERE l.log_id = %s AND l.at < %s ORDER BY l.index",
            [centre.desk.scene.brand.pk, LAST_MONTH.end],
        )
    ]
    assert pack.tree.size == len(leaves)
    assert b64decode(pack.tree.root) == root(leaves)
    lines = [
        *("orderveil/centre-sample/v1", pack.tree.origin, str(pack.tree.size), pack.tree.root),
        *(str(LAST_MONTH), str(centre.partner.pk)),
    ]
    seed = sha256("".join(f"{line}\n" for line in lines).encode()).digest()
    reveals = [entry for (entry,) in rows("SELECT entry_id FROM ledger_record WHERE kind='reveal'")]
    ranked = sorted(reveals, key=lambda entry: sha256(seed + entry.bytes).digest())
    assert [one.entry for one in pack.sample] == [str(entry) for entry in ranked[:20]]


def test_what_comes_after_the_month_steers_nothing(centre):
    """Acts and reveals of the next month leave root and sample as they are."""
    for _ in range(5):
        centre.reveal()
    before = centre.pack()
    centre.reveal(at=LATER)
    centre.desk.scene.now = LATER
    centre.desk.person(Role.MARKETER)
    after = centre.pack(LATER + timedelta(days=1))
    assert (after.tree, after.sample) == (before.tree, before.sample)


def test_one_more_entry_in_the_month_is_another_seed(centre):
    """Whoever reveals can't know what the month ends with."""
    centre.reveal()
    before = centre.pack()
    centre.reveal("binod", 2)
    assert centre.pack().tree.seed != before.tree.seed


def test_without_a_checkpoint_nothing_is_drawn(centre):
    """Nor signed."""
    centre.reveal()
    pack = centres.make(centre.partner, LAST_MONTH, now=LATER)
    assert (pack.tree, pack.sample, pack.reveals) == (None, [], 1)
    officer = centre.desk.actor(centre.desk.person(Role.PRIVACY_OFFICER), now=LATER)
    arguments = (officer, centre.partner, LAST_MONTH, digest(pack), Verdict.ACCEPTED, "")
    assert refusal(signing.sign, *arguments) == "month_not_over"


def test_a_month_is_signed_once_it_is_over(centre):
    """With the digest that was looked at; the act holds it, and who said what."""
    centre.reveal()
    member = centre.desk.person(Role.PRIVACY_OFFICER)
    pack = centre.pack()
    early = centre.desk.actor(member, now=LAST_MONTH.end)
    soon = centre.pack(LAST_MONTH.end)
    arguments = (centre.partner, LAST_MONTH, digest(soon), Verdict.ACCEPTED, "")
    assert refusal(signing.sign, early, *arguments) == "month_not_over"
    officer = centre.desk.actor(member, now=LATER)
    arguments = (centre.partner, LAST_MONTH, "0" * 64, Verdict.ACCEPTED, "")
    assert refusal(signing.sign, officer, *arguments) == "pack_changed"
    arguments = (centre.partner, LAST_MONTH, digest(pack), Verdict.WITH_FINDINGS, "")
    assert refusal(signing.sign, officer, *arguments) == "reason_needed"
    arguments = (*arguments[:4], "ask +91 90000 00001")
    assert refusal(signing.sign, officer, *arguments) == "personal_reason"
    assert signing.signatures(centre.partner) == []
    entry = signing.sign(officer, *arguments[:4], "two without a ticket")
    (found,) = signing.signatures(centre.partner, LAST_MONTH)
    assert found == (
        *(entry, LATER, member.person.tag, str(LAST_MONTH), "with_findings"),
        *("two without a ticket", digest(pack)),
    )
    assert signing.signatures(centre.partner, LAST_MONTH.before) == []
    sequencer.drain(LATER)
    assert digest(centre.pack(LATER + timedelta(days=3))) == found.digest


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SUPPORT, Role.OPERATIONS])
def test_only_who_may_signs(centre, role):
    """And only with a fresh factor."""
    pack = centre.pack()
    arguments = (centre.partner, LAST_MONTH, digest(pack), Verdict.ACCEPTED, "")
    actor = centre.desk.actor(centre.desk.person(role), now=LATER)
    assert refusal(signing.sign, actor, *arguments) == "not_yours"
    owner = centre.desk.person(Role.OWNER)
    stale = centre.desk.actor(owner, now=LATER, factor_minutes=10)
    assert refusal(signing.sign, stale, *arguments) == "factor_needed"


def test_which_partners_are_centres(centre):
    """Who is handed orders, and who has people here; not the brand's own."""
    brand = centre.desk.scene.brand.pk
    assert [one.slug for one in centres.centres(brand)] == ["dialtone"]
    courier = centre.desk.scene.seat(Hop.COURIER).partner
    assert refusal(centres.centre, brand, courier.pk) == "no_such_centre"
    centre.desk.person(Role.SUPPORT, "lent", partner=courier)
    assert centres.centre(brand, courier.pk) == courier
    other = Centre.make("saree")
    assert refusal(centres.centre, other.desk.scene.brand.pk, centre.partner.pk) == "no_such_centre"
