"""The picture as a web page: one file on its own, or served with its style and script beside it.

Rules kept here:
- every value reaches the page through the template engine's escaping, and every later one through
  `textContent`: a name that looks like a script is only a name;
- no inline script or style when served: the page works under `default-src 'none'; style-src
  'self'; script-src 'self'; connect-src 'self'`;
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
from orderveil.core.scam_needs import TITLE_OF, Scam
from orderveil.scams.answers import Cell, printable
from orderveil.scams.dots import Level
from orderveil.scams.marks import LETTERS, SHORT_HEADS
from orderveil.scams.picture import TITLES, HopColumn, LedgerLine, Lights, Picture, Row

STATIC = Path(__file__).parent / "static"
"""The folder with `relay.css` and `relay.js`."""
_TEMPLATES = Path(__file__).parent / "templates"
_RADII = ("0", "5", "8", "11", "14")


def html(picture: Picture) -> str:
    """The picture as one file that needs nothing else and asks nobody for anything."""
    css, js = (_asset(name) for name in ("relay.css", "relay.js"))
    policy = (
        f"default-src 'none'; style-src {_source(css)}; script-src {_source(js)}; "
        "base-uri 'none'; form-action 'none'"
    )
    # Our own two files, not values: they are the only text that is not escaped.
    own = {"css": SafeString(css), "js": SafeString(js), "policy": policy}
    return _drawn(picture, own)


def served(
    picture: Picture,
    *,
    css_url: str = "/static/relay.css",
    js_url: str = "/static/relay.js",
    ledger_url: str = "/relay/ledger.json",
) -> str:
    """The picture as the web serves it, its ledger filled live from `ledger_url`.

    `ledger_url` answers `picture.LedgerNews` for `?after=N`.
    """
    return _drawn(picture, {"css_url": css_url, "js_url": js_url, "ledger_url": ledger_url})


@cache
def _asset(name: str) -> str:
    return (STATIC / name).read_text(encoding="utf-8")


def _source(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


@cache
def _template() -> Template:
    return Engine(dirs=[str(_TEMPLATES)], autoescape=True).get_template("relay.html")


def _drawn(picture: Picture, shell: dict[str, Any]) -> str:
    today, now = picture.scams["today"], picture.scams["now"]
    last = max((line.index for line in picture.ledger), default=-1)
    told = {
        "brand": picture.brand,
        "order": picture.order,
        "policy_name": picture.policy,
        "pairs_today": str(today.pairs),
        "pairs_now": str(now.pairs),
        "noun": "pair" if today.pairs == 1 else "pairs",
        "together_today": str(today.together),
        "together_now": str(now.together),
        "published": picture.published_channel,
        "hops": [_hop(column, picture.rows) for column in picture.columns],
        "rows": [_row(row) for row in picture.rows],
        "stages": [_stage("Today", today), _stage("Now", now)],
        "ledger": [_line(line) for line in reversed(picture.ledger)],
        "last": str(last),
        "verified": picture.verified,
        "sentence": printable(picture.sentence),
    }
    return _template().render(Context(shell | told, use_l10n=False, use_tz=False))


def _hop(column: HopColumn, rows: tuple[Row, ...]) -> dict[str, Any]:
    cells = [(row.field.value, row.cells[column.hop]) for row in rows]
    withheld = [(name, one.rule) for name, one in cells if one.value is None and one.rule]
    now, today = Level(column.dot), Level(column.dot_today)
    return {
        "id": column.hop.value,
        "title": column.title,
        "purpose": column.purpose,
        "state": column.asked_in_state.replace("_", " "),
        "refusal": column.refusal or "",
        "disclosure": column.disclosure or "",
        "payload": column.payload,
        "level": str(column.dot),
        "word": now.word,
        "was": today.word,
        "r": _RADII[now],
        "was_r": _RADII[today if today != now else Level.NONE],
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


def _stage(when: str, lights: Lights) -> dict[str, Any]:
    return {
        "when": when,
        "policy": lights.policy,
        "pairs": str(lights.pairs),
        "heads": [
            {"hop": hop.value, "short": SHORT_HEADS[hop], "title": TITLES[hop]} for hop in Hop
        ],
        "scams": [
            {
                "title": TITLE_OF[scam],
                "sum": str(len(lights.scams[scam])),
                "hops": [
                    {"hop": hop.value, "title": TITLES[hop], "lit": hop in lights.scams[scam]}
                    for hop in Hop
                ],
            }
            for scam in Scam
        ],
    }


def _line(line: LedgerLine) -> dict[str, str]:
    return {
        "index": str(line.index),
        "at": f"{line.at:%Y-%m-%dT%H:%M:%SZ}",
        "time": f"{line.at:%H:%M:%S}",
        "kind": printable(line.kind),
        "hop": printable(line.hop),
        "partner": printable(line.partner),
        "what": printable(line.what),
        "entry_id": printable(line.entry_id),
    }
