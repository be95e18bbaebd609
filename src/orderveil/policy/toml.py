"""A policy in TOML, read and written: missing means absent, every mistake is named with its place.

Rules kept here:
- all mistakes (the first hundred) are reported at once, each with a JSON pointer, the rule and the
  remedy;
- a text is parsed only if it is shaped as policies are (`shape`), and once, even if it is bad;
- a cell may say `"virtual else masked"`: which of the two holds is settled when the policy is
  loaded, by what virtual contact the brand has configured;
- a cell that needs a virtual contact nobody configured is a mistake that names the profile that
  works; a cell that crosses a floor is a mistake too;
- what `dump` writes loads to the same table.
"""

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from typing import Any, TypeVar

from orderveil.core.errors import OrderveilError, Problem
from orderveil.core.fields import ADDRESS_LINES, PERSONAL, Field
from orderveil.core.floors import crossings
from orderveil.core.forms import Form
from orderveil.core.hops import PURPOSE_OF, Hop, Reach
from orderveil.core.layouts import Labels, Layout
from orderveil.core.states import ParcelState
from orderveil.core.table import HopRow, Profile, Requirement, Table
from orderveil.policy.shape import misshapen

_MEANINGFUL: Mapping[Form, frozenset[Field]] = {
    Form.STOCK: frozenset({Field.ITEMS}),
    Form.IF_COD: frozenset({Field.COD_DUE, Field.PAYMENT_METHOD}),
    Form.TOKEN: frozenset({Field.ORDER_NUMBER}),
    Form.VIRTUAL: frozenset({Field.PHONE, Field.EMAIL}),
    Form.HASHED: frozenset({Field.PHONE, Field.EMAIL}),
    Form.SHORT: frozenset({Field.NAME, Field.BILLING_NAME}),
    Form.COARSE: frozenset(
        {
            Field.CITY,
            Field.STATE,
            Field.PINCODE,
            Field.COUNTRY,
            Field.GEO,
            Field.ITEMS,
            Field.AMOUNTS,
            *ADDRESS_LINES,
        }
    ),
    Form.MASKED: PERSONAL,
    Form.SENT: frozenset(
        {Field.PHONE, Field.EMAIL, Field.NAME, Field.COD_DUE, Field.PAYMENT_METHOD}
    ),
}
"""The forms that make sense for some fields only."""


MOST_MISTAKES = 100
_KEYS = ("name", "profile", "labels", "hops")
_LABEL_KEYS = ("layout", "partners")
_SLUG = re.compile(r"[a-z0-9_-]{1,50}").fullmatch
_TERMS = ("purpose", "reach", "states", "needs", "fields")

E = TypeVar("E", bound=StrEnum)


class PolicyError(OrderveilError):
    """A policy that does not load, with every reason."""

    def __init__(self, problems: list[Problem]) -> None:
        lines = "; ".join(f"{p.pointer or '/'}: {p.detail} {p.remedy}" for p in problems)
        super().__init__(f"The policy does not load: {lines}")
        self.problems = problems


def profile_text(profile: Profile) -> str:
    """The TOML of a profile that ships."""
    return files("orderveil.policy").joinpath(f"profiles/{profile}.toml").read_text("utf-8")


def words_for(field: Field) -> tuple[str, ...]:
    """Every word that a cell of this field may say, floors aside, from the most telling on."""
    forms = [form for form in Form if field in _MEANINGFUL.get(form, frozenset(Field))]
    if field not in _MEANINGFUL[Form.VIRTUAL]:
        return tuple(forms)
    instead = [f"virtual else {form}" for form in forms if form != Form.VIRTUAL]
    return (*forms, *instead)


def divided(text: str) -> dict[tuple[Hop, Field], str]:
    """The cells of a policy that loads which say "virtual else ...", as they are written."""
    return {
        (Hop(hop), Field(field)): word
        for hop, row in tomllib.loads(text)["hops"].items()
        for field, word in row.get("fields", {}).items()
        if field != "personal" and " else " in word
    }


def dump(table: Table, words: Mapping[tuple[Hop, Field], str] | None = None) -> str:
    """The TOML of a table; `words` overrides single cells ("virtual else masked").

    What is absent is left out. `load(dump(table))` is the table, if it crosses no floor and the
    virtual contacts that it uses are configured.
    """
    lines = [f"name = {_quoted(table.name)}", f"profile = {_quoted(table.profile)}"]
    lines += _label_lines(table.labels)
    for hop in Hop:
        row = table.rows[hop]
        lines += ["", f"[hops.{hop}]", f"purpose = {_quoted(row.purpose)}"]
        lines += [f"reach = {_quoted(row.reach)}", f"states = {_states(row)}"]
        if row.needs:
            lines.append(f"needs = {_listed(sorted(row.needs))}")
        lines += ["", f"[hops.{hop}.fields]"]
        for field in Field:
            word = (words or {}).get((hop, field), row.form(field))
            if word != Form.ABSENT:
                lines.append(f"{field} = {_quoted(word)}")
    return "\n".join(lines) + "\n"


def _label_lines(labels: Labels) -> list[str]:
    if labels == Labels():
        return []
    lines = ["", "[labels]", f"layout = {_quoted(labels.layout)}", "", "[labels.partners]"]
    return [
        *lines,
        *(
            f"{_quoted(slug)} = {_quoted(labels.partners[slug])}"
            for slug in sorted(labels.partners)
        ),
    ]


def _states(row: HopRow) -> str:
    if row.states == frozenset(ParcelState):
        return _quoted("all")
    return _listed([state for state in ParcelState if state in row.states])


def _listed(names: Iterable[str]) -> str:
    return f"[{', '.join(_quoted(name) for name in names)}]"


def _quoted(text: str) -> str:
    # A JSON string is a TOML basic string, but for DEL (TOML 1.0, "String").
    return json.dumps(str(text), ensure_ascii=False).replace("\x7f", "\\u007f")


def load(text: str, *, virtual: frozenset[Field] = frozenset()) -> Table:
    """The table that `text` says; `virtual` is which fields have a virtual contact configured.

    Raises `PolicyError` with every mistake.
    """
    read = _read(text, virtual)
    if isinstance(read, Table):
        return read
    raise PolicyError(list(read))


@lru_cache(maxsize=256)
def _read(text: str, virtual: frozenset[Field]) -> Table | tuple[Problem, ...]:
    """The table or the mistakes: neither ever changes, so a text is read once."""
    problems: list[Problem] = []
    document = _parsed(text, problems)
    if document is None:
        return tuple(problems)
    table = _table(document, virtual, problems)
    return tuple(problems[:MOST_MISTAKES] or crossings(table)) or table


def _parsed(text: str, problems: list[Problem]) -> dict[str, Any] | None:
    wrong = misshapen(text)
    if wrong is None:
        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            # The decoder's message quotes positions, not content.
            wrong = f"not TOML: {error}"
        except RecursionError:
            wrong = "not TOML that can be read: it is nested too deeply."
    problems.append(_mistake("", wrong, "Mend the syntax there."))
    return None


def _mistake(pointer: str, detail: str, remedy: str) -> Problem:
    return Problem("policy_invalid", detail, remedy, pointer, "policy: docs/policy.md")


def _strangers(
    table: Mapping[str, Any], known: Iterable[str], at: str, detail: str, remedy: str
) -> list[Problem]:
    """A mistake for every key that is not known, in the order they were written."""
    keys = frozenset(known)
    return [_mistake(f"{at}/{key}", detail, remedy) for key in table if key not in keys]


def _table(document: dict[str, Any], virtual: frozenset[Field], problems: list[Problem]) -> Table:
    problems += _strangers(document, _KEYS, "", "is not a key of a policy.", "Remove it.")
    profile = _member(Profile, document.get("profile"), "/profile", problems) or Profile.STRICT
    hops = document.get("hops")
    if not isinstance(hops, dict):
        problems.append(_mistake("/hops", "is missing.", "Write a [hops.oms] table, and so on."))
        hops = {}
    problems += _strangers(hops, Hop, "/hops", "is not a hop.", f"Use {', '.join(Hop)}.")
    rows = {hop: _row(hop, hops.get(hop, {}), virtual, problems) for hop in Hop}
    name = document.get("name")
    if not isinstance(name, str) or not name:
        problems.append(_mistake("/name", "is missing.", "Give the policy a name."))
        name = ""
    return Table(name, profile, rows, _labels(document.get("labels", {}), problems))


def _labels(said: Any, problems: list[Problem]) -> Labels:
    partners = said.get("partners", {}) if isinstance(said, dict) else None
    if not isinstance(said, dict) or not isinstance(partners, dict):
        problems.append(_mistake("/labels", "is not a table.", "Write [labels.partners]."))
        return Labels()
    problems += _strangers(said, _LABEL_KEYS, "/labels", "is not a term of labels.", "Remove it.")
    usual = _member(Layout, said.get("layout", "standard"), "/labels/layout", problems)
    if not all(map(_SLUG, partners)):
        remedy = "Use the short name of a courier: small letters, digits, dashes."
        problems.append(_mistake("/labels/partners", "names no partner.", remedy))
        return Labels()
    named = {
        slug: _member(Layout, word, f"/labels/partners/{slug}", problems)
        for slug, word in partners.items()
    }
    known = {slug: layout for slug, layout in named.items() if layout is not None}
    return Labels(usual or Layout.STANDARD, known)


def _row(hop: Hop, row: Any, virtual: frozenset[Field], problems: list[Problem]) -> HopRow:
    at = f"/hops/{hop}"
    if not isinstance(row, dict):
        problems.append(_mistake(at, "is not a table.", "Write [hops.NAME]."))
        row = {}
    problems += _strangers(row, _TERMS, at, "is not a term of a hop.", "Remove it.")
    purpose = row.get("purpose", PURPOSE_OF[hop])
    if not isinstance(purpose, str) or not purpose.strip():
        problems.append(_mistake(f"{at}/purpose", "says nothing.", "Say it in a few words."))
        purpose = ""
    states = row.get("states", [])
    if states == "all":
        states = list(ParcelState)
    forms = dict(_cells(at, row.get("fields", {}), virtual, problems))
    return HopRow(
        forms=forms,
        purpose=purpose,
        reach=_member(Reach, row.get("reach", "assigned"), f"{at}/reach", problems)
        or Reach.ASSIGNED,
        states=frozenset(_members(ParcelState, states, f"{at}/states", problems)),
        needs=frozenset(_members(Requirement, row.get("needs", []), f"{at}/needs", problems)),
    )


def _cells(
    at: str, cells: Any, virtual: frozenset[Field], problems: list[Problem]
) -> Iterator[tuple[Field, Form]]:
    if not isinstance(cells, dict):
        problems.append(_mistake(f"{at}/fields", "is not a table.", "Write field = form."))
        return
    if "personal" in cells:
        # One word for all personal fields; a field's own line overrides it.
        whole = cells["personal"]
        cells = {field: whole for field in Field if field in PERSONAL} | cells
    for key, text in cells.items():
        pointer = f"{at}/fields/{key}"
        if key == "personal":
            continue
        field = _member(Field, key, pointer, problems)
        if field is not None:
            form = _form(field, text, virtual, pointer, problems)
            if form is not None:
                yield field, form


def _form(
    field: Field, text: Any, virtual: frozenset[Field], pointer: str, problems: list[Problem]
) -> Form | None:
    wanted, divided, otherwise = str(text).partition(" else ")
    form = _known(field, wanted, pointer, problems)
    second = _known(field, otherwise, pointer, problems) if divided else None
    if (divided and form not in {Form.VIRTUAL, None}) or second == Form.VIRTUAL:
        # Only a virtual contact can be wanting: any other `else` would be read by people alone.
        problems.append(
            _mistake(pointer, "has an `else` that nothing needs.", "Say `virtual else` and a form.")
        )
        return None
    if form != Form.VIRTUAL or field in virtual:
        return form
    if not divided:
        problems.append(
            _mistake(
                pointer,
                f"needs a virtual {field}, and none is configured.",
                "Configure one, or use the profile `balanced`, which works without.",
            )
        )
    return second


def _known(field: Field, word: str, pointer: str, problems: list[Problem]) -> Form | None:
    """The form of that name, if it has a meaning for the field."""
    form = _member(Form, word, pointer, problems)
    if form is None or field in _MEANINGFUL.get(form, frozenset(Field)):
        return form
    problems.append(_mistake(pointer, f"`{form}` has no meaning for {field}.", "Use another form."))
    return None


def _member(vocabulary: type[E], value: Any, pointer: str, problems: list[Problem]) -> E | None:
    try:
        return vocabulary(value)
    except ValueError:
        allowed = ", ".join(vocabulary)
        problems.append(_mistake(pointer, "is no known word.", f"Use one of: {allowed}."))
        return None


def _members(
    vocabulary: type[E], values: Any, pointer: str, problems: list[Problem]
) -> Iterator[E]:
    if not isinstance(values, list):
        problems.append(_mistake(pointer, "is not a list.", "Write a list of words."))
        return
    for number, value in enumerate(values):
        member = _member(vocabulary, value, f"{pointer}/{number}", problems)
        if member is not None:
            yield member
