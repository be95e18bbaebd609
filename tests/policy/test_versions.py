"""Publishing: tighter at once, anything else by a second person, and never two at once."""

import json
import threading
from datetime import timedelta

import pytest
from django.db import connection

from orderveil.core.errors import RefusedError
from orderveil.core.fields import Field
from orderveil.core.forms import Form
from orderveil.core.hops import Hop
from orderveil.core.table import Profile
from orderveil.ledger import store
from orderveil.policy import versions
from orderveil.policy.models import Signatory, Version, VersionState
from orderveil.policy.toml import PolicyError, profile_text
from policy import sample
from policy.sample import NOW


@pytest.fixture
def brand(db):
    """A brand's id; `balanced` is in force as version 1."""
    return sample.new_brand()


def publish(brand, text, author="asha"):
    """A new version by this author."""
    return versions.publish(brand, text, author=author, now=NOW)


def approve(brand, number, approver="binod"):
    """The approval of a version by this person."""
    return versions.approve(brand, number, approver=approver, now=NOW)


def states(brand):
    """Number and state of every version."""
    return list(
        Version.objects.filter(brand_id=brand).order_by("number").values_list("number", "state")
    )


def refusal(call, *arguments):
    """The code of the refusal that this call must meet."""
    with pytest.raises(RefusedError) as caught:
        call(*arguments)
    assert caught.value.problem.remedy
    return caught.value.problem.code


def test_a_new_brand_has_a_policy_from_its_first_moment(brand):
    """Version 1 is in force, is the profile that ships, and is what decisions cite."""
    first = versions.active(brand)
    assert (first.number, first.label, first.text) == (1, "balanced@1", sample.BALANCED)
    found = versions.policies(brand)
    assert (found.label, found.version_id) == ("balanced@1", first.pk)
    assert found.today.profile == Profile.TODAY


def test_a_tighter_version_is_in_force_at_once(brand):
    """Nobody has to approve that less is shown."""
    before = sample.revision(brand)
    made = publish(brand, sample.TIGHTER)
    assert made.state == VersionState.ACTIVE
    assert made.effective_at == NOW
    assert states(brand) == [(1, "replaced"), (2, "active")]
    assert versions.policies(brand).table.rows[Hop.WMS].form(Field.GIFT_MESSAGE) == Form.ABSENT
    assert sample.revision(brand) == before + 1
    assert sample.acts(brand)[-1] == ("policy_published", "policy:2")


def test_a_looser_version_waits(brand):
    """It is kept, it is an act, and it changes nothing yet."""
    before = sample.revision(brand)
    made = publish(brand, sample.LOOSER)
    assert made.state == VersionState.PENDING
    assert made.effective_at is None
    assert versions.active(brand).number == 1
    assert sample.revision(brand) == before
    assert sample.acts(brand)[-1] == ("policy_drafted", "policy:2")


def test_a_second_person_puts_it_in_force(brand):
    """Approval by someone else replaces what was in force, and is an act that changes the law."""
    publish(brand, sample.LOOSER)
    before = sample.revision(brand)
    made = approve(brand, 2)
    assert (made.author, made.approver, made.state) == ("asha", "binod", VersionState.ACTIVE)
    assert states(brand) == [(1, "replaced"), (2, "active")]
    assert sample.revision(brand) == before + 1
    assert sample.acts(brand)[-1] == ("policy_approved", "policy:2")


def test_the_author_cannot_approve(brand):
    """One person alone loosens nothing."""
    publish(brand, sample.LOOSER)
    assert refusal(approve, brand, 2, "asha") == "second_person_needed"
    assert versions.active(brand).number == 1


def test_an_approval_names_what_it_replaced(brand):
    """A version that waited takes the place of what came into force meanwhile, and says so."""
    publish(brand, sample.LOOSER)
    publish(brand, sample.TIGHTER)
    approve(brand, 2)
    assert states(brand) == [(1, "replaced"), (2, "active"), (3, "replaced")]
    (raw,) = store.query(
        "SELECT entry FROM ledger_entry WHERE log_id = %s AND kind = 'policy_approved'", [brand]
    )
    assert json.loads(bytes(raw[0]))["detail"] == {
        "version": "balanced@2",
        "digest": versions.active(brand).digest,
        "state": "active",
        "replaces": 3,
    }


@pytest.mark.parametrize("number", [0, 1, 3])
def test_only_a_waiting_version_can_be_approved(brand, number):
    """Not one that is in force, and not one that does not exist."""
    publish(brand, sample.LOOSER)
    assert refusal(approve, brand, number) == "no_pending_policy"


def test_a_version_is_approved_once(brand):
    """After its approval it waits no more."""
    publish(brand, sample.LOOSER)
    approve(brand, 2)
    assert refusal(approve, brand, 2, "chitra") == "no_pending_policy"


def test_another_brands_version_is_not_there(brand):
    """A brand's approver can't reach a version of another brand."""
    other = sample.new_brand("saree")
    publish(brand, sample.LOOSER)
    assert refusal(approve, other, 2) == "no_pending_policy"
    assert versions.active(other).number == 1


def test_going_back_loosens(brand):
    """What was tightened without a second person is not undone without one."""
    publish(brand, sample.TIGHTER)
    assert publish(brand, sample.BALANCED).state == VersionState.PENDING


def test_what_does_not_load_is_not_kept(brand):
    """No version, no act, no number is used up."""
    before = sample.acts(brand)
    for text in ("name = ", sample.BALANCED.replace('phone = "sent"', 'phone = "whole"')):
        with pytest.raises(PolicyError):
            publish(brand, text)
    assert states(brand) == [(1, "active")]
    assert sample.acts(brand) == before


def test_every_version_is_kept_as_it_was_published(brand):
    """Text and digest stay, whatever came after."""
    for text in (sample.TIGHTER, sample.TIGHTEST, sample.LOOSER):
        publish(brand, text)
    kept = list(Version.objects.filter(brand_id=brand).order_by("number"))
    assert [v.text for v in kept] == [
        sample.BALANCED,
        sample.TIGHTER,
        sample.TIGHTEST,
        sample.LOOSER,
    ]
    assert len({v.digest for v in kept}) == 4


def at_once(calls):
    """Runs the calls in threads that begin together; what they returned or raised."""
    barrier = threading.Barrier(len(calls))
    found = [None] * len(calls)

    def run(place, call):
        try:
            connection.ensure_connection()
            barrier.wait(timeout=30)
            found[place] = call()
        except Exception as error:  # noqa: BLE001 - it is what the test looks at
            found[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_publishers_at_once_get_numbers_of_their_own(brand):
    """Six together: six versions, one in force, and the last one in force is one of theirs."""
    texts = [sample.TIGHTER, sample.LOOSER] * 3
    found = at_once([lambda text=text: publish(brand, text) for text in texts])
    assert sorted(version.number for version in found) == [2, 3, 4, 5, 6, 7]
    assert len([1 for _, state in states(brand) if state == "active"]) == 1
    assert [number for number, _ in states(brand)] == [1, 2, 3, 4, 5, 6, 7]
    assert versions.active(brand).text == sample.TIGHTER


def test_an_approver_and_a_publisher_at_once(brand):
    """Both are done, one after the other, and one version is in force."""
    publish(brand, sample.LOOSER)
    found = at_once([lambda: approve(brand, 2), lambda: publish(brand, sample.TIGHTER)])
    assert [version.number for version in found] == [2, 3]
    assert sum(state == "active" for _, state in states(brand)) == 1


def test_two_approvers_at_once_approve_once(brand):
    """The second is told that nothing waits."""
    publish(brand, sample.LOOSER)
    found = at_once([lambda: approve(brand, 2), lambda: approve(brand, 2, "chitra")])
    refusals = [one for one in found if isinstance(one, RefusedError)]
    assert [one.problem.code for one in refusals] == ["no_pending_policy"]
    assert [act for act in sample.acts(brand) if act[0] == "policy_approved"] == [
        ("policy_approved", "policy:2")
    ]


def test_a_signatory_is_known_by_a_code(brand):
    """The code names its person, in this brand only, and is stored as a digest."""
    before = sample.revision(brand)
    code = versions.add_signatory(brand, "asha", now=NOW)
    assert versions.signatory(brand, code) == "asha"
    assert refusal(versions.signatory, sample.new_brand("saree"), code) == "unknown_signatory"
    assert sample.revision(brand) == before + 1
    stored = bytes(Signatory.objects.get(brand_id=brand).code_hash)
    assert len(stored) == 32
    assert code.encode() not in stored


@pytest.mark.parametrize("code", ["", "x", "A" * 22])
def test_an_unknown_code_is_nobody(brand, code):
    """Nothing is published or approved in a name that was not proved."""
    versions.add_signatory(brand, "asha", now=NOW)
    assert refusal(versions.signatory, brand, code) == "unknown_signatory"


def test_a_new_code_revokes_the_one_before(brand):
    """A person has one code at a time."""
    first = versions.add_signatory(brand, "asha", now=NOW)
    second = versions.add_signatory(brand, "asha", now=NOW)
    assert refusal(versions.signatory, brand, first) == "unknown_signatory"
    assert versions.signatory(brand, second) == "asha"


def test_two_signatories_loosen_a_policy(brand):
    """The whole way: two people, two codes, one published and the other approved."""
    codes = {name: versions.add_signatory(brand, name, now=NOW) for name in ("asha", "binod")}
    author = versions.signatory(brand, codes["asha"])
    made = publish(brand, sample.LOOSER, author)
    assert refusal(approve, brand, made.number, versions.signatory(brand, codes["asha"])) == (
        "second_person_needed"
    )
    approve(brand, made.number, versions.signatory(brand, codes["binod"]))
    assert versions.policies(brand).table.rows[Hop.WMS].form(Field.EMAIL) == Form.MASKED


def test_what_was_drafted_before_another_came_into_force_is_published_again(brand):
    """Approving can't undo a tightening that came into force after the drafting."""
    pending = publish(brand, profile_text(Profile.TODAY))
    tighter = profile_text(Profile.BALANCED).replace('state = "coarse"\n', "")
    later = NOW + timedelta(hours=1)
    in_force = versions.publish(brand, tighter, author="asha", now=later)
    assert in_force.state == VersionState.ACTIVE
    assert refusal(approve, brand, pending.number) == "policy_moved_on"
    assert versions.active(brand).number == in_force.number


def reject(brand, number, person="binod", reason="the courier needs no email"):
    """The rejection of a version by this person."""
    return versions.reject(brand, number, person=person, reason=reason, now=NOW)


def test_a_second_person_rejects(brand):
    """The version never comes into force; who and why stay with it, and it is an act."""
    publish(brand, sample.LOOSER)
    before = sample.revision(brand)
    made = reject(brand, 2)
    assert (made.state, made.rejected_by, made.reason, made.is_withdrawn) == (
        "rejected",
        "binod",
        "the courier needs no email",
        False,
    )
    assert states(brand) == [(1, "active"), (2, "rejected")]
    assert sample.revision(brand) == before
    assert sample.acts(brand)[-1] == ("policy_rejected", "policy:2")
    assert refusal(approve, brand, 2) == "no_pending_policy"
    assert refusal(reject, brand, 2) == "no_pending_policy"


def test_an_author_withdraws(brand):
    """The author, who may not approve, may take it back."""
    publish(brand, sample.LOOSER)
    assert reject(brand, 2, person="asha").is_withdrawn


@pytest.mark.parametrize(
    "reason",
    [
        *("", "  ", "\u200b", "x" * 201, "call +91 90000 00001", "a@mail.example"),
        *("call 98765/43210", "call 98765 4321O", "nine eight seven six five four"),
    ],
)
def test_a_rejections_reason_names_nobody(brand, reason):
    """None, too long, or with a phone in whatever disguise: refused, and the version waits."""
    publish(brand, sample.LOOSER)
    assert refusal(reject, brand, 2, "binod", reason) == "reason_needed"
    assert states(brand)[-1] == (2, "pending")


def test_a_rejections_reason_is_kept_as_it_is_read(brand):
    """One line, without what nobody sees."""
    publish(brand, sample.LOOSER)
    assert reject(brand, 2, reason=" too\u202e\n loose ").reason == "too loose"


def test_what_is_in_force_cannot_be_rejected(brand):
    """Nor what does not exist, nor another brand's."""
    assert refusal(reject, brand, 1) == "no_pending_policy"
    assert refusal(reject, brand, 9) == "no_pending_policy"
    publish(brand, sample.LOOSER)
    assert refusal(reject, sample.new_brand("saree"), 2) == "no_pending_policy"


def test_an_approver_and_a_rejecter_at_once(brand):
    """One of the two is done; the other is told that nothing waits."""
    publish(brand, sample.LOOSER)
    found = at_once([lambda: approve(brand, 2), lambda: reject(brand, 2, "chitra")])
    assert sum(isinstance(one, RefusedError) for one in found) == 1
    assert states(brand)[-1][1] in {"active", "rejected"}


@pytest.mark.parametrize(
    ("old", "new", "pointer"),
    [
        ('name = "balanced"', 'name = "call +91 90000 00001"', "/name"),
        ('name = "balanced"', f'name = "{"x" * 61}"', "/name"),
        ('name = "balanced"', 'name = "98_76_54_32_10"', "/name"),
        ("deliver the parcel", "deliver to asha@mail.example", "/hops/courier/purpose"),
        ("deliver the parcel", "call nine eight seven six five four", "/hops/courier/purpose"),
    ],
)
def test_a_policys_words_name_nobody(brand, old, new, pointer):
    """A name or purpose goes onto the ledger: one that looks personal, or is long, is a mistake."""
    with pytest.raises(PolicyError) as caught:
        publish(brand, sample.BALANCED.replace(old, new, 1))
    assert [problem.pointer for problem in caught.value.problems] == [pointer]
    assert states(brand) == [(1, "active")]


def test_what_was_in_force_when_a_version_came(brand):
    """The version before is the one that it changed, not the number before."""
    publish(brand, sample.LOOSER)
    tighter = versions.publish(brand, sample.TIGHTER, author="asha", now=NOW + timedelta(minutes=1))
    assert versions.before(tighter).number == 1
    assert versions.before(versions.one(brand, 2)).number == 1
    assert versions.before(versions.one(brand, 1)) is None
