"""The brand's home and the walk's picture: what each role sees there, and that it is proved."""

import json
import re
import shutil

import pytest
from django.conf import settings

from desk import Desk
from doors import Doors
from orderveil.core.clocks import utc_now
from orderveil.core.hops import Hop
from orderveil.core.roles import Role
from orderveil.core.scam_needs import TITLE_OF
from orderveil.core.table import Profile
from orderveil.gate.provision import provision_brand
from orderveil.ledger import sequencer
from orderveil.policy import versions
from orderveil.policy.toml import load, profile_text
from orderveil.scams import evidence, laws
from orderveil.scams.kept import Kept, keep
from orderveil.scams.picture import TITLES, lights
from policy import sample
from scams.sample_views import picture
from scene import ME, PERSON, rows

WALK = "One order, eleven systems"


@pytest.fixture
def desk(db):
    """A brand with people, before any walk."""
    shutil.rmtree(settings.HOME / "walk", ignore_errors=True)
    doors = Doors.make(format_="orderveil")
    yield Desk.make(doors.scene)
    shutil.rmtree(settings.HOME / "walk", ignore_errors=True)


def settle():
    """Every entry has its place under a signed checkpoint."""
    sequencer.drain(utc_now())


def text_of(answer):
    """The page's words, without tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def home(desk, role=Role.OWNER):
    """What home says to this role."""
    answer = desk.client(desk.person(role)).get("/")
    assert answer.status_code == 200
    return answer


def walked(desk, *, is_sample=True):
    """A kept picture of the desk's brand, and its order."""
    order = desk.scene.admit()
    brand = desk.scene.brand
    type(brand).objects.filter(pk=brand.pk).update(is_sample=is_sample)
    keep(Kept(picture(), order, brand.pk))
    settle()
    return order


def pairs(profile):
    """How many pairs a profile that ships leaves possible."""
    table = load(profile_text(profile))
    return lights(laws.law_of_table("x", table), published_channel=False).pairs


def test_the_headline_counts_both_policies(desk):
    """Two numbers, computed from today's table and from the one in force."""
    text = text_of(home(desk))
    expected = f"{pairs(Profile.TODAY)} stageable pairs today, {pairs(Profile.BALANCED)} now"
    assert expected in text
    assert pairs(Profile.TODAY) > pairs(Profile.BALANCED)


def test_the_picture_follows_the_policy_in_force(desk):
    """A tighter version changes the courier's dot and the count at once."""
    before = home(desk).content.decode()
    tighter = sample.BALANCED.replace('phone = "virtual else whole"', 'phone = "masked"')
    versions.publish(desk.scene.brand.pk, tighter, author="asha", now=desk.scene.now)
    after = home(desk).content.decode()
    assert "balanced@2" in after
    assert after.count('class="lit"') < before.count('class="lit"')


def test_eleven_dots_and_ten_scams_twice(desk):
    """Every hop is a dot with a word; every scam is a row under both policies."""
    source = home(desk).content.decode()
    assert source.count('class="dot"') == len(Hop)
    text = text_of(home(desk))
    for title in TITLES.values():
        assert title in text
    for title in TITLE_OF.values():
        assert text.count(title) >= 2


def test_a_published_channel_puts_a_row_out(desk):
    """The brand's own channel is known to its picture."""
    before = home(desk).content.decode()
    brand = desk.scene.brand
    type(brand).objects.filter(pk=brand.pk).update(published_channel="https://care.example")
    after = home(desk).content.decode()
    assert "publishes a verified channel" in after
    assert after.count('class="lit"') < before.count('class="lit"')


def test_the_policys_warnings_are_loud(desk):
    """Whole phones for couriers are said on the first page."""
    assert "WHOLE PHONE" in text_of(home(desk))


@pytest.mark.parametrize("role", [role for role in Role if role != Role.PLATFORM_OPERATOR])
def test_no_role_sees_an_order_at_home(desk, role):
    """The picture is of policies; the latest entries are for who reads the ledger."""
    partner = None
    if role == Role.OUTSOURCED_SUPPORT:
        partner = desk.scene.new_seat(Hop.SUPPORT, "careline").partner
    desk.scene.admit()
    settle()
    answer = desk.client(desk.person(role, partner=partner)).get("/")
    assert answer.status_code == 200
    text = text_of(answer)
    assert not [value for value in PERSON.values() if len(value) > 3 and value in text]
    reads = role in {Role.OWNER, Role.PRIVACY_OFFICER, Role.AUDITOR}
    assert ("Latest on the ledger" in text) is reads
    knows_policy = role not in {Role.WAREHOUSE, Role.SUPPORT, Role.OUTSOURCED_SUPPORT}
    assert ("/policy/#hop-courier" in answer.content.decode()) is knows_policy


def test_the_latest_entries_are_proved(desk):
    """Newest first, each by its Merkle path; a root that differs is said."""
    desk.scene.admit()
    settle()
    found = evidence.latest_news(desk.scene.brand.pk, 5)
    assert found.verified
    indexes = [line.index for line in found.entries]
    assert indexes == sorted(indexes, reverse=True)
    assert len(indexes) == 5
    assert "verified The last" in text_of(home(desk))


def test_another_brands_entries_are_not_there(desk):
    """The log that is shown is the brand's own."""
    other = provision_brand("saree", now=desk.scene.now, who=ME)
    settle()
    mine = {line.entry_id for line in evidence.latest_news(desk.scene.brand.pk, 100).entries}
    theirs = {line.entry_id for line in evidence.latest_news(other.pk, 100).entries}
    assert mine
    assert theirs
    assert not mine & theirs


def test_what_waits_is_named_to_who_can_end_it(desk):
    """A draft waits for every approver but its author."""
    author, other = desk.person(Role.OWNER), desk.person(Role.PRIVACY_OFFICER)
    versions.publish(
        desk.scene.brand.pk,
        sample.LOOSER,
        author=f"person:{author.person_id}",
        now=desk.scene.now,
    )
    said = "policy drafts to approve 1"
    assert said in text_of(desk.client(other).get("/"))
    assert said not in text_of(desk.client(author).get("/"))
    assert said not in text_of(home(desk, Role.AUDITOR))


def test_the_page_has_nothing_inline(desk):
    """No inline style, script or handler, under a policy that allows none."""
    walked(desk)
    for path in ("/", "/relay/", "/policy/versions/1/scams/"):
        answer = desk.client(desk.person(Role.OWNER)).get(path)
        assert answer.status_code == 200
        text = answer.content.decode()
        assert "<style" not in text
        assert " style=" not in text
        assert not re.search(r"\son[a-z]+=", text)
        assert not re.search(r"<script(?![^>]*\ssrc=)", text)
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert "no-store" in answer.headers["cache-control"]


def test_before_a_walk_there_is_no_relay(desk):
    """Neither in the navigation nor at its address, which names the command."""
    client = desk.client(desk.person(Role.OWNER))
    assert "The relay" not in text_of(client.get("/"))
    answer = client.get("/relay/")
    assert answer.status_code == 404
    assert "orderveil walk" in text_of(answer)
    assert client.get("/relay/ledger.json").status_code == 404


@pytest.mark.parametrize("role", [Role.OWNER, Role.MARKETER, Role.INTEGRATOR, Role.SUPPORT])
def test_the_walks_picture_is_for_its_brand(desk, role):
    """After a walk every role of the sample brand finds the picture in the navigation."""
    walked(desk)
    client = desk.client(desk.person(role))
    assert "The relay" in text_of(client.get("/"))
    assert WALK in text_of(client.get("/relay/"))


def test_only_a_sample_brands_picture_is_shown(desk):
    """A picture that names a brand of real orders is not served, and neither is its ledger."""
    walked(desk, is_sample=False)
    client = desk.client(desk.person(Role.OWNER))
    assert "The relay" not in text_of(client.get("/"))
    for path in ("/relay/", "/relay/ledger.json"):
        assert client.get(path).status_code == 404


def test_another_brands_people_do_not_see_it(desk):
    """The picture belongs to the brand that walked."""
    walked(desk)
    kept_for = desk.scene.brand
    other = Desk.make(type(desk.scene).make("saree", now=desk.scene.now))
    type(kept_for).objects.filter(pk=other.scene.brand.pk).update(is_sample=True)
    client = other.client(other.person(Role.OWNER))
    for path in ("/relay/", "/relay/ledger.json"):
        assert client.get(path).status_code == 404


def test_a_kept_picture_of_another_version_is_no_fault(desk):
    """A file that can't be read is as good as no walk."""
    (settings.HOME / "walk").mkdir()
    (settings.HOME / "walk" / "picture.json").write_text('{"picture": 1}')
    assert home(desk)


def test_a_later_walk_replaces_the_picture(desk):
    """What was read once is read again when it changed."""
    order = walked(desk)
    client = desk.client(desk.person(Role.OWNER))
    assert "Lantern &amp; Loom" in client.get("/relay/").content.decode()
    keep(Kept(picture(brand="Second Walk"), order, desk.scene.brand.pk))
    assert "Second Walk" in client.get("/relay/").content.decode()


def test_the_ledger_answers_what_is_new(desk):
    """Entries past `after`, proved; none past the last; 404 for what is no number."""
    order = walked(desk)
    client = desk.client(desk.person(Role.OWNER))
    all_of_it = json.loads(client.get("/relay/ledger.json").content)
    assert all_of_it["verified"] is True
    indexes = [entry["index"] for entry in all_of_it["entries"]]
    on_record = "SELECT count(DISTINCT entry_id) FROM ledger_record WHERE order_id = %s"
    assert len(indexes) == rows(on_record, [order])[0][0]
    later = client.get("/relay/ledger.json", {"after": indexes[0]})
    assert [entry["index"] for entry in json.loads(later.content)["entries"]] == indexes[1:]
    last = client.get("/relay/ledger.json", {"after": indexes[-1]})
    assert json.loads(last.content)["entries"] == []
    for wrong in ("x", "1.5", "--1", "", "²", "9" * 5000):
        assert client.get("/relay/ledger.json", {"after": wrong}).status_code == 404


@pytest.mark.parametrize("path", ["/", "/relay/", "/relay/ledger.json", "/static/relay.js"])
def test_pages_are_read_only(desk, path):
    """None of them takes anything but GET and HEAD."""
    walked(desk)
    client = desk.client(desk.person(Role.OWNER))
    for method in ("post", "put", "delete"):
        assert getattr(client, method)(path).status_code == 405


@pytest.mark.parametrize(
    ("text", "begins", "ends"),
    [
        (sample.BALANCED.replace('"virtual else whole"', '"masked"'), False, True),
        (profile_text(Profile.TODAY), True, False),
    ],
)
def test_a_version_says_what_it_changes_for_the_scams(desk, text, begins, ends):
    """Which pairs begin and which end, against what is in force when it was asked."""
    brand = desk.scene.brand.pk
    old = laws.law_of_table("a", versions.policies(brand).table)
    new = laws.law_of_table("b", versions.check(text, frozenset()))
    shift = laws.shift(old, new, published_channel=False)
    assert (bool(shift.begins), bool(shift.ends)) == (begins, ends)
    assert shift.after.pairs - shift.before.pairs == len(shift.begins) - len(shift.ends)
    client = desk.client(desk.person(Role.OWNER))
    client.post("/policy/draft/text/", {"text": text})
    said = text_of(client.get("/policy/draft/scams/"))
    assert f"{shift.before.pairs} pairs before, {shift.after.pairs} after" in said
    for scam, hop in (*shift.begins, *shift.ends):
        assert f"{scam}: {hop}" in said


def test_a_waiting_version_is_compared_with_the_one_in_force(desk):
    """And the one in force with today's; a version that is not there answers 404."""
    brand = desk.scene.brand.pk
    today = profile_text(Profile.TODAY)
    versions.publish(brand, today, author="asha", now=desk.scene.now)
    client = desk.client(desk.person(Role.MARKETER))
    waiting = text_of(client.get("/policy/versions/2/scams/"))
    in_force = text_of(client.get("/policy/versions/1/scams/"))
    few, many = pairs(Profile.BALANCED), pairs(Profile.TODAY)
    assert f"Against balanced@1: {few} pairs before, {many} after" in waiting
    assert f"Against today: {many} pairs before, {few} after" in in_force
    assert client.get("/policy/versions/9/scams/").status_code == 404
