"""What the tests of the policy's pages share: a client, a draft, what waits, what is on record."""

import json
import re

from orderveil.core.roles import Role
from orderveil.ledger import store
from orderveil.policy import versions
from orderveil.policy.models import Version
from policy import sample


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
