"""What pages say: every text that can be translated, found in the code, and the Hindi catalog.

    .venv/bin/python tools/catalog.py

rewrites `django.po` with what is there now (translations are kept, what nobody says any more
goes) and compiles `django.mo`. There are no dates and no places in it, so that it only changes
when a text does. It uses Django's own reading of templates and Babel; gettext isn't needed.
"""

import ast
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation import override
from django.utils.translation.template import templatize

from orderveil.core.hops import Hop
from orderveil.core.roles import ROLES, Permission
from orderveil.core.scam_needs import TITLE_OF
from orderveil.core.states import ParcelState
from orderveil.core.table import Profile
from orderveil.people.budgets import Spending
from orderveil.policy import prose, toml
from orderveil.scams import dots, picture
from orderveil.web.pages import PAGES
from orderveil.web.waiting import WAITING

SOURCE = Path(__file__).parent.parent / "src" / "orderveil"
FOLDER = SOURCE / "web" / "locale" / "hi" / "LC_MESSAGES"
PO, MO = FOLDER / "django.po", FOLDER / "django.mo"
HEADER = """\
# What the desk says, in Hindi. `.venv/bin/python tools/catalog.py` brings it up to date.
#"""
PLURALS = "nplurals=2; plural=(n != 1)"
"""As Django's own catalog for Hindi has it: both are asked as one."""
KEYWORDS: dict[str, Any] = {
    **DEFAULT_KEYWORDS,
    **dict.fromkeys(("gettext_lazy", "gettext_noop"), None),
    "ngettext_lazy": (1, 2),
}
Message = str | tuple[str, str]
"""A text, or its singular and plural."""

OFFICERS = ("hops/support/centre", "hops/templates/support/centre_")
AGENTS = (
    *("web/", "people/", "scams/views.py", "hops/support/", "hops/templates/support/"),
    *("scams/templates/scams/home.html", "scams/templates/picture/dot.html"),
    *("scams/templates/picture/headline.html", "scams/templates/picture/scams.html"),
    *("gate/templates/staffing/roles.html", "policy/templates/policy/warnings_part.html"),
    *("hops/wms/", "hops/templates/wms/"),
    *("hops/printing/", "hops/templates/printing/"),
    *("partners/views_station.py", "partners/templates/partners/station"),
    *("hops/calls/views.py", "hops/calls/forms.py", "hops/templates/calls/call.html"),
)
"""Where the words of the pages are that agents of support and people of the floor can open."""
REFUSING = (
    *("web/errors.py", "web/guard.py", "people/budgets.py", "core/decision.py"),
    *("gate/asking.py", "gate/desk/attempts.py", "gate/centres.py", "gate/desk/correcting.py"),
    *("gate/desk/caller.py", "gate/disclose.py", "gate/desk/finding.py", "gate/desk/listing.py"),
    *("gate/reasons.py", "gate/refusals.py", "gate/desk/reveal.py", "gate/desk/verifying.py"),
    *("core/actors.py", "hops/support/revealing.py", "hops/support/tickets.py"),
    *("hops/support/undelivered.py", "hops/support/order_page.py", "hops/support/refs.py"),
    *("hops/wms/waves.py", "hops/wms/floor_caller.py", "hops/wms/printing_here.py"),
    *("hops/printing/refusing.py", "hops/printing/views.py", "hops/printing/presses.py"),
    *("partners/devices.py", "hops/calls/clicking.py", "hops/calls/agents.py"),
    "gate/reaching.py",
)
"""Whose refusals they can meet."""


class _Dateless(Catalog):
    """A catalog whose header says how it is written, and not when."""

    mime_headers = property(
        lambda _self: [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Plural-Forms", f"{PLURALS};"),
        ]
    )


BORROWED: tuple[Message, ...] = (
    "Enter a valid date.",
    "Enter a valid email address.",
    "Select a valid choice. %(value)s is not one of the available choices.",
    "The password is too similar to the %(verbose_name)s.",
    "This field is required.",
    "This password is entirely numeric.",
    "This password is too common.",
    "You must type the same password each time.",
    (
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
    ),
    (
        "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
    ),
    *(
        (f"%(num)d {unit}", f"%(num)d {unit}s")
        for unit in ("year", "month", "week", "day", "hour", "minute")
    ),
)
"""What Django and allauth say on our pages, and don't say well, or at all, in Hindi."""


def found(*, agents: bool = False) -> set[Message]:
    """What templates and modules say; `agents`: only where agents of support come."""
    messages: set[Message] = set()
    files = (*SOURCE.rglob("*.py"), *SOURCE.rglob("templates/**/*.*"))
    for path in sorted(files):
        name = path.relative_to(SOURCE).as_posix()
        if not agents or (name.startswith(AGENTS) and not name.startswith(OFFICERS)):
            messages |= of_text(path.read_text(), is_template=path.suffix != ".py")
    return messages


def of_text(text: str, *, is_template: bool) -> set[Message]:
    """What one file says."""
    source = text
    if is_template:  # what is left of a template's lines is no Python: it must not be indented
        source = "\n".join(line.strip() for line in templatize(text).splitlines())
    stream = io.BytesIO(source.encode())
    told = extract("python", stream, keywords=KEYWORDS)
    return {tuple(said) if isinstance(said, tuple) else said for _, said, _, _ in told if said}


def refusals(names: Iterable[str] = REFUSING) -> tuple[set[str], set[str]]:
    """What refusals say: whole sentences, and those with values in them, each value as {}."""
    whole: set[str] = set()
    shaped: set[str] = set()
    for name in names:
        for node in _said(ast.parse((SOURCE / name).read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
                whole.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                shaped.add("".join(_piece(part) for part in node.values))
    return whole, shaped


def _said(tree: ast.AST) -> Iterator[ast.expr]:
    """What is given to a Problem as its sentences, also by way of a helper called `_problem`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "_RULE":
            yield node.value
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id == "Problem":
                named = {"detail", "remedy", "rule"}
                for each in node.keywords:
                    if each.arg in named:
                        yield from _branches(each.value)
            elif node.func.id == "_problem":
                yield from node.args[2:]


def _branches(node: ast.expr) -> Iterator[ast.expr]:
    """`a if x else b` says either."""
    if isinstance(node, ast.IfExp):
        yield from (node.body, node.orelse)
    else:
        yield node


def _piece(part: ast.expr) -> str:
    return part.value if isinstance(part, ast.Constant) else "{}"


def tables() -> set[str]:
    """What pages translate by variable: the words of tables in the code that agents are shown."""
    words: set[str] = set()
    for page in PAGES:
        words |= {page.menu, page.group}
    words |= {each.words for each in WAITING}
    for terms in ROLES.values():
        words |= {terms.title, terms.sentence}
    for codes in (Permission, Hop, ParcelState, Spending):
        words |= {str(code).replace("_", " ") for code in codes}
    words |= {*TITLE_OF.values(), *picture.TITLES.values()}
    words |= {level.word for level in dots.Level}
    words |= {*prose.warnings(toml.load(toml.profile_text(Profile.TODAY))), "Today", "Now"}
    with override("en"):
        for adapter in (DefaultAccountAdapter, DefaultMFAAdapter):
            words |= {str(said) for said in adapter.error_messages.values()}
    return words - {""}


def needed() -> set[Message]:
    """What must be there in Hindi: all that agents of support can be shown."""
    return found(agents=True) | tables() | refusals()[0] | {*BORROWED}


def catalog() -> Catalog:
    """What is in the repository."""
    with PO.open("rb") as file:
        return read_po(file, locale="hi")


def fresh(before: Catalog) -> Catalog:
    """Every text of today, with the translations that `before` has."""
    made = Catalog(locale="hi", charset="utf-8", header_comment=HEADER, fuzzy=False)
    for message in sorted(found() | needed(), key=str):
        known = before.get(message if isinstance(message, str) else message[0])
        made.add(message, string=known.string if known else None, flags=_flags(known))
    return made


def _flags(known: Any) -> set[str]:
    return set(known.flags) if known else set()


def po_bytes(made: Catalog) -> bytes:
    """The catalog as a file. Babel's header has dates, and plurals of its own opinion."""
    out = io.BytesIO()
    write_po(out, made, width=98, no_location=True, omit_header=True)
    head = (
        f'{HEADER}\nmsgid ""\nmsgstr ""\n"Language: hi\\n"\n"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=UTF-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {PLURALS};\\n"\n\n'
    )
    return head.encode() + out.getvalue()


def mo_bytes(made: Catalog) -> bytes:
    """The catalog as Django reads it; what has no translation is not in it."""
    done = _Dateless(locale="hi", charset="utf-8", fuzzy=False)
    for message in made:
        if message.id and all(message.string):
            done.add(message.id, message.string, flags=message.flags)
    out = io.BytesIO()
    write_mo(out, done)
    return out.getvalue()


def bring_up_to_date() -> None:
    """Bring both files up to date."""
    before = catalog() if PO.exists() else Catalog(locale="hi")
    PO.write_bytes(po_bytes(fresh(before)))
    MO.write_bytes(mo_bytes(catalog()))
