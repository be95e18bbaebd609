"""The ledger's entries, of one order or a brand's latest: placed, proved, in words."""

from collections.abc import Mapping
from uuid import UUID

from orderveil.core.errors import Problem
from orderveil.core.merkle import verify_inclusion
from orderveil.core.notes import NoteError, Verifier, open_checkpoint
from orderveil.ledger import checkpoints, proofs
from orderveil.ledger.entries import ActEntry, BulkEntry, DisclosureEntry, Entry
from orderveil.ledger.queries import OrderEntry, Placed, entries_of, latest
from orderveil.ledger.store import query
from orderveil.partners.models import Partner
from orderveil.scams.picture import LedgerLine, LedgerNews

_SPOILT = "not readable: the stored bytes are no entry"


def news(brand_id: int, order_id: bytes, after: int = -1) -> LedgerNews:
    """The order's entries past index `after`, each proved against the last checkpoint."""
    placed = [entry for entry in entries_of(order_id) if entry.place is not None]
    fresh = sorted(
        (entry for entry in placed if (entry.place or 0) > after), key=lambda e: e.place or 0
    )
    verifier, partners = _verifier(brand_id), _partners(brand_id)
    failed = [
        entry for entry in fresh if entry.is_spoilt or not _is_proved(entry.entry_id, verifier)
    ]
    sentence = (
        f"{len(failed)} of {len(placed)} entries could not be proved."
        if failed
        else f"{len(placed)} entries, each proved by Merkle path against the signed checkpoint."
    )
    return LedgerNews(tuple(_line(entry, partners) for entry in fresh), not failed, sentence)


def latest_news(brand_id: int, count: int) -> LedgerNews:
    """The brand's last entries, newest first, each proved against the last checkpoint.

    An entry that has a place but is not signed for yet is left out: it is there a second later.
    """
    verifier, partners = _verifier(brand_id), _partners(brand_id)
    signed = query(
        "SELECT coalesce(max(published_size), 0) FROM ledger_head WHERE log_id = %s", [brand_id]
    )[0][0]
    placed = [entry for entry in latest(brand_id, count) if entry.place < signed]
    failed = sum(entry.is_spoilt or not _is_proved(entry.entry_id, verifier) for entry in placed)
    sentence = (
        f"{failed} of the last {len(placed)} entries could not be proved."
        if failed
        else f"The last {len(placed)} of {signed} entries, each proved against the checkpoint."
    )
    lines = tuple(_placed_line(entry, partners) for entry in reversed(placed))
    return LedgerNews(lines, not failed, sentence)


def _verifier(brand_id: int) -> Verifier:
    origin = query("SELECT origin FROM ledger_log WHERE log_id = %s", [brand_id])[0][0]
    return Verifier.parse(checkpoints.vkey(origin))


def _partners(brand_id: int) -> dict[int, str]:
    return dict(Partner.objects.filter(brand_id=brand_id).values_list("pk", "slug"))


def _is_proved(entry_id: UUID, verifier: Verifier) -> bool:
    proof = proofs.inclusion(entry_id)
    if isinstance(proof, Problem):
        return False
    try:
        point = open_checkpoint(proof.checkpoint, verifier)
    except NoteError:
        return False
    return verify_inclusion(proof.leaf, proof.index, point.size, list(proof.path), point.root)


def _line(entry: OrderEntry, partners: Mapping[int, str]) -> LedgerLine:
    return LedgerLine(
        index=entry.place or 0,
        at=entry.at,
        kind=str(entry.kind).replace("_", " "),
        what=_SPOILT if entry.is_spoilt else _what(entry.entry),
        hop=entry.hop or "",
        partner=partners.get(entry.partner or 0, ""),
        entry_id=str(entry.entry_id),
    )


def _placed_line(placed: Placed, partners: Mapping[int, str]) -> LedgerLine:
    said = placed.entry
    view = said if isinstance(said, DisclosureEntry | BulkEntry) else None
    return LedgerLine(
        index=placed.place,
        at=placed.at,
        kind=str(said.kind if said else placed.kind).replace("_", " "),
        what=_SPOILT if placed.is_spoilt else _what(said),
        hop=str(view.hop) if view else "",
        partner=partners.get((view and view.partner) or 0, ""),
        entry_id=str(placed.entry_id),
    )


def _what(said: Entry | None) -> str:
    if isinstance(said, DisclosureEntry | BulkEntry):
        return f"{len(said.forms)} fields, {said.purpose}, {said.policy.name}"
    if isinstance(said, ActEntry):
        return ", ".join(f"{k} {v}" for k, v in said.detail.items() if v not in {None, ""})
    return ""
