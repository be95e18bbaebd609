"""The draft that a person is working on: theirs alone, until they publish it.

Rules kept here:
- it lives in their session, so a second factor asked in between loses nothing, and nothing of it
  is in the brand's tables before they confirm;
- a draft belongs to one brand: whoever goes to another brand starts anew there;
- editing a cell writes the whole text again from its table: comments go, and what a cell says
  with `else` stays.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.http import HttpRequest

from orderveil.contacts.setup import configured
from orderveil.core.actors import Actor
from orderveil.core.fields import Field
from orderveil.core.floors import lets_through
from orderveil.core.forms import Form
from orderveil.core.hops import Hop, Reach
from orderveil.core.states import ParcelState
from orderveil.core.table import HopRow, Profile, Requirement, Table
from orderveil.policy import versions
from orderveil.policy.toml import divided, dump, words_for

_KEY = "policy_draft"
LONGEST_BYTES = 100_000


@dataclass(frozen=True, slots=True)
class Draft:
    """A text and the number of the version that it was begun from."""

    text: str
    base: int
    virtual: frozenset[Field]
    """Which fields have a virtual contact: what the text may count on."""
    is_kept: bool
    """False: nobody changed anything yet."""

    @property
    def digest(self) -> str:
        """What a confirmation names, so that what was shown is what is published."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def current(request: HttpRequest, actor: Actor) -> Draft:
    """The person's draft; the version in force if they have none."""
    kept = request.session.get(_KEY)
    virtual = configured(actor.brand_id)
    if kept and kept["brand"] == actor.brand_id:
        return Draft(kept["text"], kept["base"], virtual, is_kept=True)
    active = versions.active(actor.brand_id)
    return Draft(active.text, active.number, virtual, is_kept=False)


def keep(request: HttpRequest, actor: Actor, text: str, base: int) -> None:
    """Go on with this text."""
    request.session[_KEY] = {"brand": actor.brand_id, "text": text, "base": base}


def drop(request: HttpRequest) -> None:
    """Forget the draft."""
    request.session.pop(_KEY, None)


def words_of(text: str, hop: Hop, virtual: frozenset[Field]) -> dict[Field, str]:
    """What each cell of a hop says, as it is written; the text must load."""
    row, written = versions.check(text, virtual).rows[hop], divided(text)
    return {field: written.get((hop, field), row.form(field)) for field in Field}


def choices(hop: Hop, field: Field, profile: Profile, virtual: frozenset[Field]) -> list[str]:
    """The words that a cell may say and still load, from the least telling on."""
    words = reversed(words_for(field))
    return [word for word in words if _loads(hop, field, word, profile, virtual)]


def _loads(hop: Hop, field: Field, word: str, profile: Profile, virtual: frozenset[Field]) -> bool:
    first, _, otherwise = word.partition(" else ")
    if first == Form.VIRTUAL and not otherwise and field not in virtual:
        return False
    forms = [Form(each) for each in (first, otherwise) if each]
    return all(lets_through(hop, field, form, profile) for form in forms)


def renamed(text: str, name: str, profile: Profile, virtual: frozenset[Field]) -> str:
    """The text under another name and profile. It may cross a floor: `versions.check` tells."""
    table = versions.check(text, virtual)
    return dump(replace(table, name=name, profile=profile), divided(text))


def with_row(
    text: str,
    hop: Hop,
    words: Mapping[Field, str],
    virtual: frozenset[Field],
    *,
    purpose: str,
    reach: Reach,
    states: frozenset[ParcelState],
    needs: frozenset[Requirement],
) -> str:
    """The text with one hop's cells and terms replaced; raises `PolicyError` as `load` does."""
    table = versions.check(text, virtual)
    row = HopRow({}, purpose, reach, states, needs)
    said = divided(text) | {(hop, field): words[field] for field in Field}
    changed = dump(_replaced(table, hop, row), said)
    versions.check(changed, virtual)
    return changed


def _replaced(table: Table, hop: Hop, row: HopRow) -> Table:
    return replace(table, rows={**table.rows, hop: row})
