"""The picture's parts as its templates need them: a dot, the stage of the scams, a ledger line."""

from typing import Any

from orderveil.core.hops import Hop
from orderveil.core.scam_needs import TITLE_OF, Scam
from orderveil.scams.answers import printable
from orderveil.scams.dots import Level
from orderveil.scams.marks import SHORT_HEADS
from orderveil.scams.picture import TITLES, LedgerLine, Lights

_RADII = ("0", "5", "8", "11", "14")


def dot_of(hop: Hop, *, now: Level, was: Level) -> dict[str, Any]:
    """A hop's dot: a disc for now, a ring for what it was."""
    return {
        "id": hop.value,
        "title": TITLES[hop],
        "level": str(int(now)),
        "word": now.word,
        "was": was.word,
        "r": _RADII[now],
        "was_r": _RADII[was if was != now else Level.NONE],
    }


def stage_of(when: str, lights: Lights) -> dict[str, Any]:
    """The ten scams by eleven hops under one policy. `when` is "Today" or "Now"."""
    return {
        "when": when,
        "policy": lights.policy,
        "pairs": lights.pairs,
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


def line_of(line: LedgerLine) -> dict[str, str]:
    """An entry of the ledger; its texts print."""
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
