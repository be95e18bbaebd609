"""The picture as a web page: one file on its own, or (`told`) what the desk's page draws.

Rules kept here:
- every value reaches the page through the template engine's escaping, and every later one through
  `textContent`: a name that looks like a script is only a name;
- the file on its own carries a policy that names its own style and script by hash, so nothing
  else could run in it and nothing can leave it.
"""

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from django.template import Context, Engine, Template
from django.utils.safestring import SafeString

from orderveil.core.hops import Hop
from orderveil.scams.answers import Cell, printable
from orderveil.scams.dots import Level
from orderveil.scams.drawing import dot_of, line_of, stage_of
from orderveil.scams.marks import LETTERS
from orderveil.scams.picture import HopColumn, Picture, Row

STATIC = Path(__file__).parent / "static"
"""The folder with the styles and the script."""
_TEMPLATES = Path(__file__).parent / "templates"


def html(picture: Picture) -> str:
    """The picture as one file that needs nothing else and asks nobody for anything."""
    css = _asset("relay.css") + _asset("picture.css")
    js = _asset("relay.js")
    policy = (
        f"default-src 'none'; style-src {_source(css)}; script-src {_source(js)}; "
        "base-uri 'none'; form-action 'none'"
    )
    # Our own two files, not values: they are the only text that is not escaped.
    own = {"css": SafeString(css), "js": SafeString(js), "policy": policy}
    return _template().render(Context(told(picture) | own, use_l10n=False, use_tz=False))


@cache
def _asset(name: str) -> str:
    return (STATIC / name).read_text(encoding="utf-8")


def _source(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


@cache
def _template() -> Template:
    libraries = {"i18n": "django.templatetags.i18n"}
    engine = Engine(dirs=[str(_TEMPLATES)], autoescape=True, libraries=libraries)
    return engine.get_template("relay.html")


def told(picture: Picture) -> dict[str, Any]:
    """What the templates under `picture/` need."""
    today, now = picture.scams["today"], picture.scams["now"]
    last = max((line.index for line in picture.ledger), default=-1)
    return {
        "brand": picture.brand,
        "order": picture.order,
        "policy_name": picture.policy,
        "pairs_today": today.pairs,
        "pairs_now": now.pairs,
        "together_today": str(today.together),
        "together_now": str(now.together),
        "published": picture.published_channel,
        "hops": [_hop(column, picture.rows) for column in picture.columns],
        "rows": [_row(row) for row in picture.rows],
        "stages": [stage_of("Today", today), stage_of("Now", now)],
        "ledger": [line_of(line) for line in reversed(picture.ledger)],
        "last": str(last),
        "verified": picture.verified,
        "sentence": printable(picture.sentence),
    }


def _hop(column: HopColumn, rows: tuple[Row, ...]) -> dict[str, Any]:
    cells = [(row.field.value, row.cells[column.hop]) for row in rows]
    withheld = [(name, one.rule) for name, one in cells if one.value is None and one.rule]
    dot = dot_of(column.hop, now=Level(column.dot), was=Level(column.dot_today))
    return dot | {
        "purpose": column.purpose,
        "state": column.asked_in_state.replace("_", " "),
        "refusal": column.refusal or "",
        "disclosure": column.disclosure or "",
        "payload": column.payload,
        "got": [_cell(one) | {"field": name} for name, one in cells if one.value is not None],
        "withheld": [{"field": name, "rule": rule} for name, rule in withheld],
    }


def _cell(one: Cell) -> dict[str, Any]:
    return {
        "form": one.form.value.replace("_", " "),
        "letter": LETTERS.get(one.form, ""),
        "value": one.value or "",
        "got": one.value is not None,
        "why": one.rule or "not there",
        "mark": "✕" if one.form.value == "refused" else "·",
    }


def _row(row: Row) -> dict[str, Any]:
    cells = [_cell(row.cells[hop]) | {"hop": hop.value} for hop in Hop]
    return {"field": row.field.value, "cells": cells}
