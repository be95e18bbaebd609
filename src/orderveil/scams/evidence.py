"""The ledger's entries for one order, as the picture shows them: placed, proved, in words."""

from collections.abc import Mapping

from orderveil.core.errors import Problem
from orderveil.core.merkle import verify_inclusion
from orderveil.core.notes import NoteError, Verifier, open_checkpoint
from orderveil.ledger import checkpoints, proofs
from orderveil.ledger.entries import ActEntry, BulkEntry, DisclosureEntry
from orderveil.ledger.queries import OrderEntry, entries_of
from orderveil.ledger.store import query
from orderveil.partners.models import Partner
from orderveil.scams.picture import LedgerLine, LedgerNews


def news(brand_id: int, order_id: bytes, after: int = -1) -> LedgerNews:
    """The order's entries past index `after`, each proved against the last checkpoint."""
    origin = query("SELECT origin FROM ledger_log WHERE log_id = %s", [brand_id])[0][0]
    partners = dict(Partner.objects.filter(brand_id=brand_id).values_list("pk", "slug"))
    placed = [entry for entry in entries_of(order_id) if entry.place is not None]
    fresh = sorted(
        (entry for entry in placed if (entry.place or 0) > after), key=lambda e: e.place or 0
    )
    verifier = Verifier.parse(checkpoints.vkey(origin))
    failed = [entry for entry in fresh if not _is_proved(entry, verifier)]
    sentence = (
        f"{len(failed)} of {len(placed)} entries could not be proved."
        if failed
        else f"{len(placed)} entries, each proved by Merkle path against the signed checkpoint."
    )
    return LedgerNews(tuple(_line(entry, partners) for entry in fresh), not failed, sentence)


def _is_proved(entry: OrderEntry, verifier: Verifier) -> bool:
    proof = proofs.inclusion(entry.entry_id)
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
        what=_what(entry),
        hop=entry.hop or "",
        partner=partners.get(entry.partner or 0, ""),
        entry_id=str(entry.entry_id),
    )


def _what(entry: OrderEntry) -> str:
    said = entry.entry
    if isinstance(said, DisclosureEntry | BulkEntry):
        return f"{len(said.forms)} fields, {said.purpose}, {said.policy.name}"
    if isinstance(said, ActEntry):
        return ", ".join(f"{name} {value}" for name, value in said.detail.items())
    return ""
