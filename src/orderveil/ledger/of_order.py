"""One order for a person's eyes: to whom it was shown, and what happened last.

Rules kept here:
- every disclosure counts, however many there were: they are gathered where they lie, into one row
  per recipient, forms and (of a reveal) reason, so that a long history costs no long answer;
- what is told comes from the entries' own bytes.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec

from orderveil.core.fields import Field
from orderveil.core.forms import Form
from orderveil.core.hops import Hop
from orderveil.ledger import store
from orderveil.ledger.entries import DISCLOSED, DisclosureKind
from orderveil.ledger.queries import OrderEntry, order_entry


class Shown(NamedTuple):
    """What somebody was shown of an order, in the same forms, once or often."""

    hop: Hop
    partner: int | None
    person: str | None
    """None: a partner's system."""
    is_reveal: bool
    reason: str | None
    """Of a reveal."""
    forms: Mapping[Field, Form] | None
    """None: the entries' bytes are past their term."""
    times: int
    first: datetime
    last: datetime
    entry_id: UUID
    """The last one's."""


_forms = msgspec.json.Decoder(dict[Field, Form])
# A bulk's rows have no entry of their own: they speak through its head.
_SHOWN = """
SELECT hop, partner_id, person, is_reveal, reason, forms, count(*), min(at), max(at),
       (array_agg(entry_id ORDER BY at DESC))[1]
  FROM (
    SELECT r.hop, r.partner_id, r.person, r.at, r.entry_id, r.kind = %(reveal)s AS is_reveal,
           CASE WHEN r.kind = %(reveal)s THEN e.said ->> 'reason' END AS reason,
           (e.said -> 'forms')::text AS forms
      FROM ledger_record r
      LEFT JOIN ledger_entry head ON r.entry IS NULL AND head.entry_id = r.entry_id
     CROSS JOIN LATERAL (
           SELECT convert_from(coalesce(r.entry, head.entry), 'UTF8')::jsonb AS said) e
     WHERE r.order_id = %(order)s AND r.kind = ANY(%(kinds)s)
  ) each
 GROUP BY hop, partner_id, person, is_reveal, reason, forms
 ORDER BY max(at)
"""
_LATEST = """
SELECT r.entry_id, r.at, r.kind, r.parcel_no, r.hop, r.partner_id, r.credential_id,
       coalesce(r.entry, head.entry), leaf.index
  FROM (SELECT * FROM ledger_record WHERE order_id = %(order)s
         ORDER BY at DESC, entry_id DESC LIMIT %(limit)s) r
  LEFT JOIN ledger_entry head ON r.entry IS NULL AND head.entry_id = r.entry_id
  LEFT JOIN ledger_leaf leaf ON leaf.entry_id = r.entry_id
 ORDER BY r.at DESC, r.entry_id DESC
"""


def shown_of(order_id: bytes) -> list[Shown]:
    """Everybody who was shown anything of an order, by when they last were."""
    told = {"order": order_id, "kinds": [*DISCLOSED], "reveal": DisclosureKind.REVEAL.value}
    return [
        Shown(
            Hop(hop),
            partner,
            person,
            is_reveal,
            reason,
            None if forms is None else _forms.decode(forms),
            times,
            first,
            last,
            entry_id,
        )
        for hop, partner, person, is_reveal, reason, forms, times, first, last, entry_id in (
            store.query(_SHOWN, told)
        )
    ]


def latest_of(order_id: bytes, limit: int) -> list[OrderEntry]:
    """The last things that happened to an order, the newest first."""
    return [order_entry(*row) for row in store.query(_LATEST, {"order": order_id, "limit": limit})]
