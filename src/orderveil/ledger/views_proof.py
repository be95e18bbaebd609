"""One entry with its proof, verified while you wait; the checkpoint that proofs stand on."""

from typing import Any
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from orderveil.core.actors import Actor
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.notes import signer_names
from orderveil.ledger import browsing, checkpoints, drawing, proofs, store
from orderveil.ledger.checking import check
from orderveil.ledger.proofs import InclusionProof

MOST_WAITING = 10_000


def entry(request: HttpRequest, actor: Actor, entry_id: UUID) -> HttpResponse:
    """The entry as it is stored, its place, and whether it is what was signed for."""
    found = browsing.find(actor.brand_id, entry_id)
    if found is None:
        raise RefusedError(drawing.NOT_HERE)
    told: dict[str, Any] = {"line": drawing.lines([found])[0], "raw": _pretty(found.raw)}
    try:
        made = proofs.inclusion(entry_id)
        if isinstance(made, InclusionProof):
            key = checkpoints.vkey(store.origin(actor.brand_id))
            told |= {"proof": made, "verdict": check(made, key)}
    except (LookupError, ValueError):
        # Tiles that are gone or cut short: no proof can be made of such a tree.
        told["is_damaged"] = True
    return render(request, "ledger/entry.html", told)


def proof(request: HttpRequest, actor: Actor, entry_id: UUID) -> HttpResponse:
    """The proof as the machine door gives it; with `?order=`, that a bulk speaks of this order."""
    made = _proved(entry_id, request.GET.get("order", ""))
    if isinstance(made, Problem):
        raise RefusedError(made)
    whole = made if isinstance(made, InclusionProof) else made.inclusion
    if whole.log_id != actor.brand_id:
        raise RefusedError(drawing.NOT_HERE)
    return HttpResponse(
        msgspec.json.encode(made),
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="proof-{entry_id}.json"'},
    )


def checkpoint(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The published checkpoint: its text, size, age, key, and how to check it all elsewhere."""
    head = store.published(actor.brand_id)
    told: dict[str, Any] = {
        "head": head,
        "published_at": store.published_at(actor.brand_id),
        "waiting": store.waiting(actor.brand_id, MOST_WAITING + 1),
        "most": MOST_WAITING,
    }
    if head is not None:
        own = head.origin
        others = [name for name in signer_names(head.checkpoint) if name != own]
        told |= {"key": checkpoints.vkey(own), "witnesses": others}
    return render(request, "ledger/checkpoint.html", told)


def note(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The checkpoint as a signed note, to keep."""
    del request
    head = store.published(actor.brand_id)
    if head is None:
        raise RefusedError(drawing.NOT_HERE)
    name = f"checkpoint-{actor.brand_id}-{head.size}.txt"
    return HttpResponse(
        head.checkpoint,
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _proved(entry_id: UUID, order: str) -> InclusionProof | proofs.RecordProof | Problem:
    if not order:
        return proofs.inclusion(entry_id)
    number = drawing.order_id(order)
    return proofs.record_inclusion(number, entry_id)


def _pretty(raw: bytes | None) -> str:
    """The bytes, set so that people can read them; "" when they are gone."""
    if raw is None:
        return ""
    try:
        return msgspec.json.format(raw, indent=2).decode()
    except ValueError:
        return raw.decode(errors="replace")
