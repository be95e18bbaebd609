"""The log, the newest first, and taking it elsewhere."""

from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render

from orderveil.core.actors import Actor
from orderveil.core.errors import Problem, RefusedError
from orderveil.ledger import browsing, checkpoints, drawing, store
from orderveil.ledger.acts import ActKind, by, record
from orderveil.ledger.browsing import Wanted
from orderveil.ledger.export import Part, chunks
from orderveil.ledger.forms import DaysForm, LogForm


def log(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A page of the brand's log: all of it, or what the filter leaves."""
    form = LogForm(request.GET)
    wanted = form.wanted() if form.is_valid() else Wanted()
    page = browsing.page(actor.brand_id, wanted, before(request))
    told = {
        "form": form,
        "lines": drawing.lines(page.rows),
        "more": page.more,
        "wanted": wanted,
        "is_first": before(request) is None,
    }
    return render(request, "ledger/log.html", told)


def before(request: HttpRequest) -> UUID | None:
    """The entry that the page begins after; None: the newest page."""
    try:
        return UUID(request.GET.get("before", ""))
    except ValueError:
        return None


def export(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """The log of some days as a file that anyone can verify; on record before its first byte."""
    head = store.published(actor.brand_id)
    form = DaysForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        key = checkpoints.vkey(head.origin) if head else ""
        return render(request, "ledger/export.html", {"form": form, "head": head, "key": key})
    if head is None:
        raise RefusedError(_NOTHING)
    part = _part(head, form)
    _on_record(actor, form, part, head)
    name = f"ledger-{actor.brand_id}-{part.first}-{part.end - 1}.jsonl"
    return StreamingHttpResponse(
        chunks(head, part),
        content_type="application/jsonl",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _part(head: store.Published, form: DaysForm) -> Part:
    since, until = form.moments()
    if since is None and until is None:
        return Part(0, head.size)
    found = browsing.places(head.log_id, since, until)
    # What came after the checkpoint is not signed for yet.
    if found is None or found[0] >= head.size:
        raise RefusedError(_NOTHING)
    return Part(found[0], min(found[1], head.size))


@transaction.atomic(durable=True)
def _on_record(actor: Actor, form: DaysForm, part: Part, head: store.Published) -> None:
    days = {name: day.isoformat() for name, day in form.cleaned_data.items() if day}
    record(
        actor.brand_id,
        ActKind.LEDGER_EXPORTED,
        now=actor.now,
        who=by(actor),
        detail={
            "entries": part.end - part.first,
            "first": part.first,
            "last": part.end - 1,
            "size": head.size,
            **days,
        },
    )


_NOTHING = Problem(
    "nothing_to_export",
    "There is no published entry of that time.",
    "Choose other days; what was just written is published within a few seconds.",
    rule="ledger: a file holds what a published checkpoint was signed for",
    status=404,
)
