"""What the tests of the record's pages share: an order that was shown, words, ids."""

import re

from orderveil.core.hops import Hop
from orderveil.core.roles import Role
from orderveil.gate.desk.reveal import Revealable, reveal_field
from orderveil.gate.reasons import Cause
from orderveil.ledger import sequencer
from scene import rows


def shown_order(desk):
    """An order that wms was shown, and whose phone a person of support was."""
    made = desk.scene.admit()
    assert not hasattr(desk.scene.ask(Hop.WMS, made), "code")
    asha = desk.actor(desk.person(Role.SUPPORT))
    done = reveal_field(
        asha, made, Revealable.PHONE, Cause("call_back", "T-4711"), now=desk.scene.now
    )
    assert not hasattr(done, "code"), done
    sequencer.drain(desk.scene.now)
    return made


def text(answer, status=200):
    """The page's words, without tags and with single spaces."""
    assert answer.status_code == status, answer.content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def entry_of(kind):
    """The id of the last entry of a kind."""
    found = rows(
        "SELECT entry_id, at FROM ledger_entry WHERE kind = %(kind)s"
        " UNION ALL SELECT entry_id, at FROM ledger_record WHERE kind = %(kind)s ORDER BY 2 DESC",
        {"kind": kind},
    )
    return found[0][0]
