"""The policy's pages: read by who may, drafted by one person, put in force by a second."""

import json
import re
from datetime import timedelta
from html import unescape

import pytest

from core.floor_law import must_not
from desk import ROLES_OF_A_BRAND, Desk
from orderveil.core.fields import Field
from orderveil.core.forms import Form
from orderveil.core.hops import Hop
from orderveil.core.roles import ROLES, Permission, Role
from orderveil.core.table import Profile
from orderveil.ledger import store
from orderveil.policy import drafts, versions
from orderveil.policy.models import Version
from orderveil.policy.prose import LETTER
from orderveil.policy.toml import load, profile_text
from policy import sample
from scene import Scene

TABLE = load(sample.BALANCED)


@pytest.fixture
def desk(db):
    """A brand with people; `balanced` is in force as version 1."""
    return Desk.make()


def client(desk, role=Role.OWNER, **more):
    """A client signed in as this role."""
    return desk.client(desk.person(role), **more)


def text_of(answer):
    """The page's words, without tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def author(desk, role=Role.PRIVACY_OFFICER):
    """The pseudonym of the person of this role."""
    return f"person:{desk.person(role).person_id}"


def waiting(desk, text=sample.LOOSER, role=Role.PRIVACY_OFFICER):
    """A version of this role's that waits for a second person."""
    brand = desk.scene.brand.pk
    return versions.publish(brand, text, author=author(desk, role), now=desk.scene.now)


def draft(page, text):
    """Paste a draft; the answer."""
    return page.post("/policy/draft/text/", {"text": text})


def publish(page):
    """Confirm what the preview shows, as its form does."""
    shown = page.get("/policy/draft/preview/").content.decode()
    said = dict(re.findall(r'name="(digest|against)" value="([^"]+)"', shown))
    return page.post("/policy/draft/publish/", said)


def numbers(desk):
    """Number and state of every version of the brand."""
    found = Version.objects.filter(brand_id=desk.scene.brand.pk).order_by("number")
    return list(found.values_list("number", "state"))


def last_act(desk):
    """The brand's last act about the policy: kind, person, detail."""
    raw = store.query(
        "SELECT entry FROM ledger_entry WHERE log_id = %s AND kind LIKE 'policy%%'"
        " ORDER BY at DESC, entry_id DESC LIMIT 1",
        [desk.scene.brand.pk],
    )[0][0]
    entry = json.loads(bytes(raw))
    return entry["kind"], entry["who"]["person"], entry["detail"]


PATHS = {
    "/policy/": Permission.READ_POLICY,
    "/policy/sentences/": Permission.READ_POLICY,
    "/policy/versions/": Permission.READ_POLICY,
    "/policy/versions/1/": Permission.READ_POLICY,
    "/policy/draft/": Permission.DRAFT_POLICY,
    "/policy/draft/text/": Permission.DRAFT_POLICY,
    "/policy/draft/hop/courier/": Permission.DRAFT_POLICY,
    "/policy/draft/preview/": Permission.DRAFT_POLICY,
}


@pytest.mark.parametrize("role", ROLES_OF_A_BRAND)
def test_pages_are_for_who_may(desk, role):
    """Each page answers the roles that hold its permission, and refuses the others."""
    partner = None
    if role == Role.OUTSOURCED_SUPPORT:
        partner = desk.scene.new_seat(Hop.SUPPORT, "careline").partner
    page = desk.client(desk.person(role, partner=partner))
    for path, permission in PATHS.items():
        may = permission in ROLES[role].permissions
        assert page.get(path).status_code == (200 if may else 403), path


def test_the_table_says_every_cell(desk):
    """Field by hop, each letter with its word, in the order of the road."""
    source = client(desk, Role.MARKETER).get("/policy/").content.decode()
    for field in Field:
        row = re.search(
            rf'<th scope="row">{field.replace("_", " ")}</th>(.*?)</tr>', source, re.DOTALL
        )
        letters = re.findall(r'aria-hidden="true">([^<]+)</span><span class="vh">([^<]+)<', row[1])
        forms = [TABLE.rows[hop].form(field) for hop in Hop]
        assert letters == [(LETTER[form], form.replace("_", " ")) for form in forms]


def test_the_table_says_terms_and_warnings(desk):
    """Purpose, reach, states and needs of each hop; what must be said loudly; the legend."""
    text = text_of(client(desk, Role.MARKETER).get("/policy/"))
    for row in TABLE.rows.values():
        assert f"to {row.purpose}".replace("'", "&#x27;") in text
    assert "packed, shipped, out for delivery, undelivered" in text
    assert "Mind: Couriers get the WHOLE PHONE" in text
    assert "a pseudonym of its own" in text


def test_the_sentences_are_there(desk):
    """A paragraph for each hop."""
    text = text_of(client(desk, Role.AUDITOR).get("/policy/sentences/"))
    assert text.count("It may ask for") + text.count("It may never ask") == len(Hop)


def test_the_history_names_people_and_signatories(desk):
    """Every version with its state, author and approver: a colleague's name, a signatory's too."""
    brand, now = desk.scene.brand.pk, desk.scene.now
    waiting(desk)
    versions.approve(brand, 2, approver="binod-at-the-terminal", now=now)
    versions.publish(brand, sample.TIGHTER, author="asha-at-the-terminal", now=now)
    text = text_of(client(desk).get("/policy/versions/"))
    for said in ("balanced@1", "balanced@2", "balanced@3", "Privacy Officer"):
        assert said in text
    assert "binod-at-the-terminal" in text
    assert "asha-at-the-terminal" in text
    assert "person:" not in text


def test_a_long_history_is_paged(desk):
    """Fifty at a time, newest first, by number."""
    for _ in range(51):
        waiting(desk)
    page = client(desk)
    first, second = page.get("/policy/versions/"), page.get("/policy/versions/?before=3")
    assert "balanced@52" in text_of(first)
    assert "balanced@2<" not in first.content.decode()
    assert "?before=3" in first.content.decode()
    assert "balanced@2" in text_of(second)
    assert page.get("/policy/versions/?before=x").status_code == 200


def test_a_version_shows_text_and_differences(desk):
    """What it changed of the one before it, and what going back to it would change."""
    brand, now = desk.scene.brand.pk, desk.scene.now
    versions.publish(brand, sample.TIGHTER, author="asha", now=now)
    page = client(desk, Role.AUDITOR)
    second = text_of(page.get("/policy/versions/2/"))
    assert "Against balanced@1, which was in force when it came" in second
    assert "wms gift message whole absent tighter" in second
    first = text_of(page.get("/policy/versions/1/"))
    assert "Going back to it from balanced@2" in first
    assert "wms gift message absent whole loosens" in first
    assert "gift_message = &quot;whole&quot;" in first


def test_another_brands_versions_are_not_there(desk):
    """A version of another brand answers 404 on every page of it, and stays as it was."""
    other = Desk.make(Scene.make("saree", now=desk.scene.now))
    waiting(other)
    page = client(desk)
    assert page.get("/policy/versions/2/").status_code == 404
    for act in ("approve", "reject", "draft"):
        answer = page.post(f"/policy/versions/2/{act}/", {"reason": "no"})
        assert answer.status_code == 404, act
    assert numbers(other) == [(1, "active"), (2, "pending")]


def test_a_tighter_draft_is_in_force_at_once(desk):
    """Pasted, previewed, confirmed: in force in the author's name, and the page says so."""
    page = client(desk)
    assert draft(page, sample.TIGHTER)["Location"] == "/policy/draft/preview/"
    preview = text_of(page.get("/policy/draft/preview/"))
    assert "wms gift message whole absent tighter" in preview
    assert "in force at once" in preview
    assert numbers(desk) == [(1, "active")]
    answer = publish(page)
    assert answer["Location"] == "/policy/versions/2/"
    assert "is provably tighter: it is in force now" in text_of(page.get("/policy/versions/2/"))
    assert numbers(desk) == [(1, "replaced"), (2, "active")]
    kind, person, _ = last_act(desk)
    assert (kind, person) == ("policy_published", author(desk, Role.OWNER))


def test_a_loosening_draft_waits(desk):
    """Each loosening cell is marked before the author confirms, and nothing loosens yet."""
    page = client(desk)
    draft(page, sample.LOOSER)
    preview = text_of(page.get("/policy/draft/preview/"))
    assert "wms email absent masked loosens" in preview
    assert "waits until somebody else approves it" in preview
    publish(page)
    assert numbers(desk) == [(1, "active"), (2, "pending")]
    assert last_act(desk)[0] == "policy_drafted"


def test_a_draft_is_nobody_elses(desk):
    """Before it is published it is in the author's session and in no table."""
    page = client(desk)
    draft(page, sample.TIGHTER)
    assert Version.objects.count() == 1
    other = text_of(client(desk, Role.PRIVACY_OFFICER).get("/policy/draft/preview/"))
    assert "The same in every cell." in other
    page.post("/policy/draft/discard/")
    assert "The same in every cell." in text_of(page.get("/policy/draft/preview/"))


def test_nothing_changed_is_nothing_to_publish(desk):
    """A draft that says what is in force has no button."""
    assert (
        "/policy/draft/publish/" not in client(desk).get("/policy/draft/preview/").content.decode()
    )


@pytest.mark.parametrize(
    ("text", "pointer", "said"),
    [
        ("name = ", "/", "Mend the syntax there."),
        (sample.BALANCED + "x = " + "[" * 400, "/", "too many brackets within brackets on line"),
        (sample.BALANCED + "a." * 200 + "a = 1", "/", "too many dots on line"),
        (
            sample.BALANCED.replace('phone = "sent"', 'phone = "whole"'),
            "/hops/comms/fields/phone",
            "floor: a gateway",
        ),
        (
            sample.BALANCED.replace('reach = "all"', 'reach = "world"', 1),
            "/hops/storefront/reach",
            "Use one of: all, assigned.",
        ),
        (
            sample.BALANCED.replace("deliver the parcel", "call 9000000001"),
            "/hops/courier/purpose",
            "entries hold no personal data",
        ),
    ],
)
def test_what_does_not_load_is_shown_with_its_place(desk, text, pointer, said):
    """Pointer, rule and remedy; and nothing that was typed is lost, here or on coming back."""
    page = client(desk)
    answer = draft(page, text)
    assert answer.status_code == 422
    for shown in (answer, page.get("/policy/draft/text/")):
        words = text_of(shown)
        assert f"{pointer} " in words
        assert said in words
        typed = re.search(r"<textarea[^>]*>(.*?)</textarea>", shown.content.decode(), re.DOTALL)[1]
        assert text.splitlines()[-1].replace('"', "&quot;") in typed
    for path in ("/policy/draft/", "/policy/draft/preview/", "/policy/draft/hop/oms/"):
        assert page.get(path)["Location"] == "/policy/draft/text/"
    assert page.post("/policy/draft/publish/").status_code == 302
    assert numbers(desk) == [(1, "active")]


def test_a_file_can_be_uploaded(desk, tmp_path):
    """It stands in for the text; one that is no UTF-8, or too long, is refused."""
    page = client(desk)
    for name, content, status in (
        ("good.toml", sample.TIGHTER.replace("\n", "\r\n").encode(), 302),
        ("latin.toml", "name = 'é'".encode("latin-1"), 422),
        ("long.toml", b"# " + b"x" * drafts.LONGEST_BYTES, 422),
    ):
        (tmp_path / name).write_bytes(content)
        with (tmp_path / name).open("rb") as file:
            answer = page.post("/policy/draft/text/", {"text": "", "file": file})
        assert answer.status_code == status, name
    assert "gift message whole absent" in text_of(page.get("/policy/draft/preview/"))


def filled(page, hop):
    """What the hop's form says before anybody changes it."""
    source = page.get(f"/policy/draft/hop/{hop}/").content.decode()
    form = source[source.index('class="stack"') :]
    said = {"purpose": re.search(r'name="purpose" value="([^"]*)"', form)[1]}
    said["purpose"] = unescape(said["purpose"])
    for name, options in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', form, re.DOTALL):
        said[name] = re.search(r'value="([^"]*)" selected', options)[1]
    for name in ("states", "needs"):
        said[name] = re.findall(rf'name="{name}" value="([^"]+)"[^>]*checked', form)
    return said


@pytest.mark.parametrize("hop", Hop)
def test_keeping_a_hop_as_it_is_changes_nothing(desk, hop):
    """Every cell and term survives the form, `virtual else ...` too."""
    page = client(desk)
    answer = page.post(f"/policy/draft/hop/{hop}/", filled(page, hop))
    assert answer.status_code == 302
    assert "The same in every cell." in text_of(page.get("/policy/draft/preview/"))
    kept = page.session["policy_draft"]["text"]
    both = frozenset({Field.PHONE, Field.EMAIL})
    assert load(kept, virtual=both) == load(sample.BALANCED, virtual=both)


def test_a_cell_and_the_terms_are_edited(desk):
    """A form per cell, and reach, states, needs and purpose; kept until published."""
    page = client(desk)
    said = filled(page, "courier")
    changed = said | {
        "cell_phone": "masked",
        "purpose": "bring the parcel",
        "reach": "all",
        "states": ["shipped"],
        "needs": [],
        "then": "next",
    }
    answer = page.post("/policy/draft/hop/courier/", changed)
    assert answer["Location"] == "/policy/draft/hop/comms/"
    said = filled(page, "comms") | {"cell_name": "absent", "then": "preview"}
    assert page.post("/policy/draft/hop/comms/", said)["Location"] == "/policy/draft/preview/"
    preview = text_of(page.get("/policy/draft/preview/"))
    for line in (
        "courier phone whole masked tighter",
        "courier reach assigned all loosens",
        "courier needs agreement none loosens",
        "courier purpose deliver the parcel bring the parcel loosens",
        "comms name short absent tighter",
    ):
        assert line in preview
    overview = text_of(page.get("/policy/draft/"))
    assert "phone: whole → masked" in overview


@pytest.mark.parametrize("profile", Profile)
@pytest.mark.parametrize("hop", Hop)
def test_only_what_the_floors_let_through_is_offered(hop, profile):
    """No choice of any cell crosses a floor, and each could be published."""
    for field in Field:
        offered = drafts.choices(hop, field, profile)
        assert Form.ABSENT in offered
        for word in offered:
            for form in word.split(" else "):
                assert not must_not(profile, hop, field, form), (field, word)
            text = f'name = "x"\nprofile = "{profile}"\n[hops.{hop}.fields]\n{field} = "{word}"\n'
            assert versions.check(text)


def test_a_forged_cell_is_refused(desk):
    """A form that was not offered is not kept."""
    page = client(desk)
    forged = filled(page, "comms") | {"cell_phone": "whole"}
    assert page.post("/policy/draft/hop/comms/", forged).status_code == 422
    assert "policy_draft" not in page.session
    assert page.get("/policy/draft/hop/moon/").status_code == 404


def test_a_profile_that_crosses_a_floor_is_not_kept(desk):
    """`strict` lets no courier have the whole phone that the draft gives it."""
    page = client(desk)
    answer = page.post("/policy/draft/", {"name": "ours", "profile": "strict"})
    assert answer.status_code == 422
    assert "/hops/courier/fields/phone" in text_of(answer)
    assert page.post("/policy/draft/", {"name": "ours", "profile": "balanced"}).status_code == 302
    assert "Preview of ours" in text_of(page.get("/policy/draft/preview/"))


def test_what_was_not_shown_is_not_published(desk):
    """If the draft or the version in force changed after the preview, the person looks again."""
    page = client(desk)
    draft(page, sample.TIGHTER)
    shown = page.get("/policy/draft/preview/").content.decode()
    said = dict(re.findall(r'name="(digest|against)" value="([^"]+)"', shown))
    draft(page, sample.LOOSER)
    assert page.post("/policy/draft/publish/", said)["Location"] == "/policy/draft/preview/"
    draft(page, sample.TIGHTER)
    versions.publish(desk.scene.brand.pk, sample.TIGHTEST, author="asha", now=desk.scene.now)
    assert page.post("/policy/draft/publish/", said)["Location"] == "/policy/draft/preview/"
    again = text_of(page.get("/policy/draft/preview/"))
    assert "Another version came into force since you began" in again
    assert numbers(desk) == [(1, "replaced"), (2, "active")]


def test_a_stale_factor_publishes_nothing_and_loses_nothing(desk):
    """Publishing, approving and rejecting ask for the factor again; the draft is still there."""
    waiting(desk)
    page = client(desk, factor_minutes=11)
    draft(page, sample.TIGHTER)
    for answer in (
        publish(page),
        page.post("/policy/versions/2/approve/"),
        page.post("/policy/versions/2/reject/", {"reason": "no"}),
    ):
        assert answer["Location"].startswith("/account/2fa/reauthenticate/")
    assert numbers(desk) == [(1, "active"), (2, "pending")]
    assert "gift message whole absent" in text_of(page.get("/policy/draft/preview/"))


def test_a_second_person_approves(desk):
    """They see author and loosening cells, say yes, and it is in force in their name."""
    waiting(desk)
    page = client(desk)
    shown = text_of(page.get("/policy/versions/2/"))
    assert "Author Privacy Officer" in shown
    assert "wms email absent masked loosens" in shown
    answer = page.post("/policy/versions/2/approve/")
    assert answer["Location"] == "/policy/versions/2/"
    assert numbers(desk) == [(1, "replaced"), (2, "active")]
    kind, person, detail = last_act(desk)
    assert (kind, person) == ("policy_approved", author(desk, Role.OWNER))
    assert detail["replaces"] == 1


def test_the_author_is_not_the_second_person(desk):
    """No button for them, and a refusal if they send the form all the same."""
    waiting(desk, role=Role.OWNER)
    page = client(desk)
    source = page.get("/policy/versions/2/").content.decode()
    assert "/policy/versions/2/approve/" not in source
    assert "Withdraw" in source
    answer = page.post("/policy/versions/2/approve/")
    assert answer.status_code == 403
    assert "second person" in text_of(answer)
    assert numbers(desk) == [(1, "active"), (2, "pending")]


@pytest.mark.parametrize("role", [Role.OPERATIONS, Role.MARKETER, Role.INTEGRATOR, Role.AUDITOR])
def test_who_may_only_read_decides_nothing(desk, role):
    """They see the waiting version without its buttons, and their posts are refused."""
    waiting(desk)
    page = client(desk, role)
    source = page.get("/policy/versions/2/").content.decode()
    assert "loosens" in source
    assert "/approve/" not in source
    assert "/reject/" not in source
    for act in ("approve", "reject", "draft"):
        assert page.post(f"/policy/versions/2/{act}/", {"reason": "no"}).status_code == 403
    assert numbers(desk) == [(1, "active"), (2, "pending")]


def test_a_second_person_rejects_with_a_reason(desk):
    """The reason goes on record; one that looks personal is shown back and not kept."""
    waiting(desk)
    page = client(desk)
    for wrong in ("", "ask +91 90000 00001"):
        answer = page.post("/policy/versions/2/reject/", {"reason": wrong})
        assert answer.status_code == 422
        assert wrong in answer.content.decode()
    assert numbers(desk) == [(1, "active"), (2, "pending")]
    page.post("/policy/versions/2/reject/", {"reason": "the warehouse mails nobody"})
    assert numbers(desk) == [(1, "active"), (2, "rejected")]
    kind, person, detail = last_act(desk)
    assert (kind, person) == ("policy_rejected", author(desk, Role.OWNER))
    assert detail["reason"] == "the warehouse mails nobody"
    shown = text_of(page.get("/policy/versions/2/"))
    assert "Rejected by Owner" in shown
    assert "the warehouse mails nobody" in shown


def test_the_author_withdraws(desk):
    """Their own no is a withdrawal, and the history calls it that."""
    waiting(desk, role=Role.OWNER)
    page = client(desk)
    page.post("/policy/versions/2/reject/", {"reason": "thought better of it"})
    assert numbers(desk) == [(1, "active"), (2, "rejected")]
    assert "withdrawn" in text_of(page.get("/policy/versions/"))


def test_what_moved_on_is_refused_with_its_remedy(desk):
    """Approving what was drafted before another version came into force; drafting it again."""
    brand = desk.scene.brand.pk
    waiting(desk)
    later = desk.scene.now + timedelta(minutes=1)
    versions.publish(brand, sample.TIGHTER, author="asha", now=later)
    page = client(desk)
    shown = page.get("/policy/versions/2/").content.decode()
    assert "came into force after this was drafted" in shown
    assert "/policy/versions/2/approve/" not in shown
    answer = page.post("/policy/versions/2/approve/")
    assert answer.status_code == 409
    assert "publish it again" in text_of(answer)
    assert page.post("/policy/versions/2/draft/")["Location"] == "/policy/draft/preview/"
    preview = text_of(page.get("/policy/draft/preview/"))
    assert "against balanced@3" in preview
    assert "wms gift message absent whole loosens" in preview


def test_the_command_lines_signatory_is_a_second_person_too(desk):
    """A draft from the page can be approved by a code at the terminal."""
    brand, now = desk.scene.brand.pk, desk.scene.now
    page = client(desk)
    draft(page, profile_text(Profile.TODAY))
    publish(page)
    code = versions.add_signatory(brand, "binod", now=now)
    versions.approve(brand, 2, approver=versions.signatory(brand, code), now=now)
    assert "Approved by binod" in text_of(page.get("/policy/versions/2/"))


def test_a_version_that_no_longer_loads_is_still_shown(desk):
    """A floor that rose since leaves old versions readable, and compares nothing."""
    made = waiting(desk)
    crossing = sample.BALANCED.replace('phone = "sent"', 'phone = "whole"')
    Version.objects.filter(pk=made.pk).update(text=crossing, state="replaced")
    page = client(desk)
    shown = page.get("/policy/versions/2/")
    assert shown.status_code == 200
    assert "no longer loads" in text_of(shown)
    assert page.get("/policy/versions/2/scams/").status_code == 409
    assert page.get("/policy/versions/").status_code == 200
