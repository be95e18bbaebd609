"""Prints: batches and what became of their sheets. Refs and states; no buyer is shown here."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from orderveil.core.actors import Actor
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.hops import Hop
from orderveil.core.numbers import row_number
from orderveil.core.roles import Permission
from orderveil.gate import law as laws
from orderveil.gate.asking import Caller, partner_refs
from orderveil.gate.desk.caller import caller_of
from orderveil.hops.printing import batches, counts, doubts, progress, wording
from orderveil.hops.printing.batches import Batch
from orderveil.hops.printing.kinds import KIND_OF, ReprintReason, Seen
from orderveil.hops.printing.progress import PAGE, Counts, Named
from orderveil.partners.models import Device

DAYS = 7
"""Of the printers' counts."""
MOST_LISTED = 100
"""Sheets of each kind on a page: each is drawn with a form."""


def prints(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The batches of the person's floor, the newest first, and what its printers counted."""
    before = row_number(request.GET.get("before", ""))
    theirs = _floors(actor)
    found = progress.listed(actor.brand_id, theirs, before=before)
    page = found[:PAGE]
    of = progress.counts_of([each.batch_id for each in page], actor.now)
    names = _devices(actor, theirs)
    context = {
        "rows": [_row(each, of[each.batch_id], names) for each in page],
        "next": page[-1].batch_id if len(found) > PAGE else None,
        "is_first": before is None,
        "days": _days(actor, names) if before is None else [],
        "many_floors": len(theirs) > 1,
    }
    return render(request, "printing/prints.html", context)


def one(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """How far a batch has come; what was refused, and why; what is in doubt."""
    batch = _batch(actor, _floors(actor), number)
    of = progress.counts_of([number], actor.now)[number]
    moves = bool(of.waiting or of.handed)
    head = {**_row(batch, of, _devices(actor, [batch.partner_id])), "moves": moves}
    if getattr(request, "htmx", False):
        # 286 ends the asking: nothing moves any more.
        return render(request, "printing/print_part.html", head, status=200 if moves else 286)
    ended, doubtful = progress.not_printed(batch, actor.now, MOST_LISTED)
    context = {
        **head,
        "ended": _named(actor, batch, ended),
        "in_doubt": _named(actor, batch, doubtful),
        "most": MOST_LISTED,
        "may_settle": actor.may(Permission.PACK),
        "reasons": wording.REASONS.items(),
        "seen": wording.SEEN.items(),
    }
    return render(request, "printing/print.html", context)


@require_POST
def settle(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """A sheet in doubt: it was printed, and this is how they know; or print it again."""
    caller, batch = _mine(actor, number)
    position = row_number(request.POST.get("position", "")) or 0
    if request.POST.get("as") == "again":
        done: Batch | Problem | None = doubts.ask_again(caller, batch, position, now=actor.now)
        said = _("It is printed again, as a copy of its own.")
    else:
        seen = request.POST.get("seen", "")
        if seen not in set(Seen):
            raise RefusedError(_HOW_KNOWN)
        done = doubts.say_printed(caller, batch, position, Seen(seen), now=actor.now)
        said = _("It is on record as printed.")
    return _after(request, batch, done, said)


@require_POST
def again(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """One sheet of the batch once more, with a reason."""
    caller, batch = _mine(actor, number)
    reason = request.POST.get("reason", "")
    if reason not in set(ReprintReason):
        raise RefusedError(_WHY_AGAIN)
    position = row_number(request.POST.get("position", "")) or 0
    done = doubts.reprint(caller, batch, position, ReprintReason(reason), now=actor.now)
    return _after(request, batch, done, _("It is printed again, as a copy of its own."))


@require_POST
def call_off(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """What waits is not printed."""
    caller, batch = _mine(actor, number)
    doubts.call_off(caller, batch, now=actor.now)
    return _after(request, batch, None, _("What waited is called off."))


def _after(
    request: HttpRequest, batch: Batch, done: Batch | Problem | None, said: str
) -> HttpResponse:
    if isinstance(done, Batch):
        done = next(iter(done.refused.values()), None)
    if isinstance(done, Problem):
        raise RefusedError(done)
    messages.success(request, said)
    return redirect("print", number=batch.batch_id)


def _floors(actor: Actor) -> list[int]:
    """The partners whose prints this person sees: their own, or, for the brand's people, all."""
    if actor.terms.hop == Hop.WMS:
        return [_caller(actor).partner_id]
    law = laws.current(laws.law_of(actor.brand_id))
    return [each.pk for each in law.partners.values() if set(each.hops) & set(KIND_OF)]


def _caller(actor: Actor) -> Caller:
    caller = caller_of(actor, "prints")
    if isinstance(caller, Problem):
        raise RefusedError(caller)
    return caller


def _batch(actor: Actor, partner_ids: Sequence[int], number: int) -> Batch:
    found = batches.find(actor.brand_id, partner_ids, number)
    if isinstance(found, Problem):
        raise RefusedError(found)
    return found


def _mine(actor: Actor, number: int) -> tuple[Caller, Batch]:
    caller = _caller(actor)
    return caller, _batch(actor, [caller.partner_id], number)


def _devices(actor: Actor, partner_ids: Sequence[int]) -> dict[int, str]:
    found = Device.objects.filter(brand_id=actor.brand_id, partner_id__in=partner_ids)
    return dict(found.values_list("pk", "name"))


def _row(batch: Batch, of: Counts, names: dict[int, str]) -> dict[str, Any]:
    return {
        "batch": batch,
        "kind": wording.KINDS[batch.kind],
        "reason": wording.REASONS[batch.reason] if batch.reason else "",
        "counts": of,
        "printer": names.get(batch.device_id or 0, ""),
    }


def _named(actor: Actor, batch: Batch, sheets: list[Named]) -> list[dict[str, Any]]:
    law = laws.law_of(actor.brand_id)
    refs = partner_refs(law, law.partners[batch.partner_id])
    return [{"sheet": each, "ref": refs.make(each.order_id, each.parcel_no)} for each in sheets]


def _days(actor: Actor, names: dict[int, str]) -> list[dict[str, Any]]:
    found = counts.days_of(actor.brand_id, list(names), days=DAYS, now=actor.now)
    return [{"day": each, "printer": names[each.device_id]} for each in found]


_HOW_KNOWN = Problem(
    code="how_known",
    detail="Nothing was chosen to say how you know.",
    remedy="Choose how you know that it was printed.",
    rule="printing: what is in doubt is settled with a reason",
)
_WHY_AGAIN = Problem(
    code="why_again",
    detail="Nothing was chosen to say why it is printed again.",
    remedy="Choose a reason.",
    rule="printing: whoever prints a sheet again says why; each copy is counted",
)
