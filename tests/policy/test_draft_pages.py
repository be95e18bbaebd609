"""The pages of a draft: text, form and preview, up to what its author publishes."""

import re
from html import unescape

import pytest

from core.floor_law import must_not
from orderveil.core.fields import Field
from orderveil.core.forms import Form
from orderveil.core.hops import Hop
from orderveil.core.roles import Role
from orderveil.core.table import Profile
from orderveil.policy import drafts, versions
from orderveil.policy.models import Version
from orderveil.policy.toml import load
from policy import sample
from policy.shown import author, client, draft, last_act, numbers, publish, text_of, waiting


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
        "courier needs agreement, terms none loosens",
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
        offered = drafts.choices(hop, field, profile, frozenset())
        assert Form.ABSENT in offered
        for word in offered:
            for form in word.split(" else "):
                assert not must_not(profile, hop, field, form), (field, word)
            text = f'name = "x"\nprofile = "{profile}"\n[hops.{hop}.fields]\n{field} = "{word}"\n'
            assert versions.check(text, frozenset())


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
