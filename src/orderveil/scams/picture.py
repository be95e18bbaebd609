"""The picture: one order as eleven systems see it, and which scams each view makes possible.

Rules kept here:
- cells come from what the machine door answered; lights come from the policy tables; neither
  borrows from the other;
- the terminal and the page draw this one value, so they can't disagree;
- the picture is personal data as soon as a cell is: it is drawn, never logged, and only the walk's
  own sample order is ever kept (`kept.py`).
"""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

import msgspec

from orderveil.core.fields import Field
from orderveil.core.forms import Form
from orderveil.core.hops import PURPOSE_OF, Hop
from orderveil.core.scam_needs import Scam, States, stageable, stageable_together
from orderveil.scams.answers import Answer, Cell, cell, mentioned, plain, printable, refusal
from orderveil.scams.dots import level

Table: TypeAlias = Mapping[Hop, Mapping[Field, Form]]

TITLES: Mapping[Hop, str] = {
    Hop.STOREFRONT: "Storefront",
    Hop.OMS: "OMS",
    Hop.IMS: "IMS",
    Hop.WMS: "WMS",
    Hop.LABEL: "Label",
    Hop.COURIER: "Courier",
    Hop.COMMS: "Comms",
    Hop.SUPPORT: "Support",
    Hop.MARKETING: "Marketing",
    Hop.REPORTS: "Reports",
    Hop.RETENTION: "Retention",
}


class Law(msgspec.Struct, frozen=True):
    """A policy as the lights need it: its name, its table, and when each hop may ask."""

    name: str
    """Profile or policy with its version: "balanced@1"."""
    table: Table
    states_seen: Mapping[Hop, States] = {}


class LedgerLine(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the ledger, as people read it. Never personal data."""

    index: int
    at: datetime
    """Aware, UTC."""
    kind: str
    what: str
    hop: str = ""
    partner: str = ""
    entry_id: str


class LedgerNews(msgspec.Struct, frozen=True):
    """What `GET /relay/ledger.json?after=N` answers: the entries whose index is above N."""

    entries: tuple[LedgerLine, ...]
    verified: bool
    sentence: str


class HopColumn(msgspec.Struct, frozen=True, kw_only=True):
    """One hop: what it is for, how much of the customer it holds, and what exactly it got."""

    hop: Hop
    title: str
    purpose: str
    dot: int
    """0..4, of what it got; the words are in `dots.Level`."""
    dot_today: int
    """0..4, of what the `today` table would have given it."""
    payload: str
    """The JSON text of the answer, indented."""
    asked_in_state: str
    refusal: str | None
    disclosure: str | None


class Row(msgspec.Struct, frozen=True):
    """One field, and what each hop got of it."""

    field: Field
    cells: dict[Hop, Cell]


class Lights(msgspec.Struct, frozen=True):
    """The scams that a policy leaves possible."""

    policy: str
    scams: dict[Scam, tuple[Hop, ...]]
    """For each scam the hops that hold enough alone, in the road's order."""
    pairs: int
    """How many (scam, hop) are lit."""
    together: int
    """How many (scam, two hops) are lit by neither alone and by both as one."""


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the terminal and the page draw."""

    brand: str
    policy: str
    order: str
    columns: tuple[HopColumn, ...]
    rows: tuple[Row, ...]
    scams: dict[str, Lights]
    """"today" and "now"."""
    headline: str
    published_channel: bool
    ledger: tuple[LedgerLine, ...]
    verified: bool
    sentence: str
    """What was verified, or what failed."""


def lights(law: Law, *, published_channel: bool) -> Lights:
    """The scams that `law` leaves possible, per scam and counted."""
    found = stageable(law.table, states_seen=law.states_seen, published_channel=published_channel)
    together = stageable_together(
        law.table, states_seen=law.states_seen, published_channel=published_channel
    )
    scams = {scam: tuple(hop for hop in Hop if (scam, hop) in found) for scam in Scam}
    return Lights(law.name, scams, len(found), len(together))


def headline(today: Lights, now: Lights) -> str:
    """The one sentence: how many ways to be cheated there were, and how many are left."""
    noun = "pair" if today.pairs == 1 else "pairs"
    return f"{today.pairs} stageable {noun} today, {now.pairs} now"


def _payload(body: Answer) -> str:
    text = json.dumps(body, indent=2, ensure_ascii=False)
    return "\n".join(printable(line) for line in text.split("\n"))


def _column(
    hop: Hop, answer: Answer | None, *, state: str, today: Table, held: Collection[Field]
) -> HopColumn:
    got = {field: cell(answer, field) for field in held}
    shown = {field: one.form for field, one in got.items() if one.value is not None}
    body = {} if answer is None else answer
    return HopColumn(
        hop=hop,
        title=TITLES[hop],
        purpose=plain(body.get("purpose") or PURPOSE_OF[hop]),
        dot=level(shown, of=held),
        dot_today=level(today.get(hop, {}), of=held),
        payload=_payload(body),
        asked_in_state=plain(state),
        refusal=refusal(answer),
        disclosure=plain(body["disclosure"]) if body.get("disclosure") else None,
    )


def build(
    *,
    brand: str,
    order: str,
    today: Law,
    now: Law,
    answers: Mapping[Hop, Answer],
    asked_in_state: Mapping[Hop, str],
    ledger: Sequence[LedgerLine],
    verified: bool,
    sentence: str,
    published_channel: bool = False,
    order_fields: Collection[Field] | None = None,
) -> Picture:
    """The picture of one order.

    `order` is a label that names the order to people; `answers` is the decoded JSON that each hop
    got; `order_fields` is what the order has (None: what any answer mentions), so that a field
    which nobody got is still a row.
    """
    held = mentioned(answers) if order_fields is None else frozenset(order_fields)
    was = lights(today, published_channel=published_channel)
    is_now = lights(now, published_channel=published_channel)
    return Picture(
        brand=plain(brand),
        policy=now.name,
        order=plain(order),
        columns=tuple(
            _column(
                hop,
                answers.get(hop),
                state=asked_in_state.get(hop, ""),
                today=today.table,
                held=held,
            )
            for hop in Hop
        ),
        rows=tuple(
            Row(field, {hop: cell(answers.get(hop), field) for hop in Hop})
            for field in Field
            if field in held
        ),
        scams={"today": was, "now": is_now},
        headline=headline(was, is_now),
        published_channel=published_channel,
        ledger=tuple(ledger),
        verified=verified,
        sentence=sentence,
    )
