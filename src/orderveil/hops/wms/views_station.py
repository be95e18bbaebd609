"""The packing station's page: one input for the scanner, what it came to in big words, the parcel.

Rules kept here:
- it works without a script, key by key; with one, scans are sent one after the other while the
  next is read, and only the parts that changed are drawn again;
- the buyer is on the screen from the tote's scan until the parcel is packed, and is asked of the
  gate once for it: a page that is loaded again says to scan the tote;
- what was scanned is never repeated, unless it was an item: a code may be anything.
"""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from orderveil.core.actors import Actor
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.fields import Field
from orderveil.core.numbers import row_number
from orderveil.gate.asking import Caller
from orderveil.gate.desk.caller import caller_of
from orderveil.hops.printing import wording as of_prints
from orderveil.hops.printing.kinds import Kind, ReprintReason
from orderveil.hops.wms import printing_here, wording
from orderveil.hops.wms import station as work
from orderveil.hops.wms.models import Station, Tote
from orderveil.hops.wms.printing_here import Asked
from orderveil.hops.wms.station import Outcome, Said
from orderveil.partners.models import Device

FROM_SCRIPT = "HTTP_X_SCAN"
Context = dict[str, Any]


def packing(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The station as it is; a POST is a scan."""
    caller = _caller(actor)
    if request.method != "POST":
        return render(request, "wms/packing.html", _context(caller, actor, None))
    return _answer(request, actor, work.scan(caller, request.POST.get("code", ""), now=actor.now))


@require_POST
def count(request: HttpRequest, actor: Actor) -> HttpResponse:
    """One item counted by hand: it has no code, or one that can't be read."""
    caller, tote = _with_tote(actor, request)
    line = row_number(request.POST.get("line", ""))
    if tote is None or line is None or line >= len(tote.lines):
        return _answer(request, actor, Outcome(Said.SCAN_A_TOTE))
    return _answer(request, actor, work.count(caller, tote, line, now=actor.now))


@require_POST
def full(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Of an order in several parcels: this one has what belongs into it."""
    caller, tote = _with_tote(actor, request)
    if tote is None or not work.ends_by_hand(tote):
        return _answer(request, actor, Outcome(Said.SCAN_A_TOTE))
    return _answer(request, actor, work.pack(caller, tote, now=actor.now))


@require_POST
def printers(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What this station prints on from now on."""
    told = request.POST
    printing_here.choose(
        _caller(actor),
        row_number(told.get("slips", "")),
        row_number(told.get("labels", "")),
        told.get("label_form", "zpl203"),
        now=actor.now,
    )
    messages.success(request, _("This station's printers are set."))
    return redirect("packing")


@require_POST
def again(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Print one sheet of the last packed parcel again, or for the first time."""
    caller = _caller(actor)
    here = work.station_of(caller)
    try:
        kind, why = Kind(request.POST["kind"]), request.POST["reason"]
        reason = ReprintReason(why) if why else None
    except (KeyError, ValueError):
        messages.warning(request, _("Choose what to print, and why."))
        return redirect("packing")
    if here.packed is None:
        return _answer(request, actor, Outcome(Said.SCAN_A_TOTE))
    asked = printing_here.print_sheet(caller, here, here.packed, kind, reason, now=actor.now)
    good, words = _printed(asked)
    (messages.success if good else messages.error)(request, words)
    return redirect("packing")


def _caller(actor: Actor) -> Caller:
    caller = caller_of(actor, "packing station")
    if isinstance(caller, Problem):
        raise RefusedError(caller)
    printing_here.device_of(caller)
    return caller


def _with_tote(actor: Actor, request: HttpRequest) -> tuple[Caller, Tote | None]:
    """The open tote, if it is the one that the form was drawn for."""
    caller = _caller(actor)
    tote = work.station_of(caller).open
    told = row_number(request.POST.get("tote", ""))
    return caller, tote if tote is not None and tote.pk == told else None


def _answer(request: HttpRequest, actor: Actor, outcome: Outcome) -> HttpResponse:
    """The parts that changed for a script; a page for the rest. An item's scan is redirected."""
    context = _context(_caller(actor), actor, outcome)
    if FROM_SCRIPT in request.META:
        return render(request, "wms/packing_part.html", context)
    if outcome.view is not None:
        return render(request, "wms/packing.html", context)
    for good, words in context["said"]:
        (messages.success if good else messages.error)(request, words)
    return redirect("packing")


def _context(caller: Caller, actor: Actor, outcome: Outcome | None) -> Context:
    here = work.station_of(caller)
    said = _said(outcome) if outcome is not None else []
    return {
        "station": here,
        "device": Device.objects.get(pk=printing_here.device_of(caller)),
        "tote": here.open,
        "by_hand": here.open is not None and work.ends_by_hand(here.open),
        "left": work.left_of(here.open) if here.open is not None else 0,
        "said": said,
        "is_good": all(good for good, _words in said),
        # The script leaves the buyer where they are while items of the same parcel are counted.
        "keeps_buyer": outcome is not None and outcome.view is None and here.open is not None,
        "buyer": _buyer(outcome.view) if outcome is not None and outcome.view else None,
        **_printing(caller, here, actor),
    }


def _printing(caller: Caller, here: Station, actor: Actor) -> Context:
    kinds = printing_here.kinds_at(caller, here)
    return {
        "printers": printing_here.printers(caller, actor.now),
        "label_forms": list(wording.LABELS.items()),
        "kinds": [
            (kind.value, of_prints.KINDS[kind]) for kind in printing_here.kinds_at(caller, here)
        ],
        "reasons": [(reason.value, words) for reason, words in of_prints.REASONS.items()],
        "prints_labels": Kind.LABEL in kinds,
    }


def _buyer(view: Any) -> Context:
    return {
        "name": view.fields.get(Field.NAME),
        "order": view.fields.get(Field.ORDER_NUMBER),
        "is_gift": bool(view.fields.get(Field.GIFT_MESSAGE)),
    }


def _said(outcome: Outcome) -> list[tuple[bool, str]]:
    """Sentences, and whether each is good news."""
    told = {"item": outcome.item, "left": outcome.left}
    words = str(wording.SAID[outcome.said]) % told
    if outcome.problem is not None:
        words = f"{words} {_why(outcome.problem)}"
    good = outcome.said in wording.GOOD
    return [(good, words), *(_printed(each) for each in outcome.printed)]


def _printed(asked: Asked) -> tuple[bool, str]:
    told = {"kind": of_prints.KINDS[asked.kind], "printer": asked.printer}
    if asked.problem is None:
        return True, _("%(kind)s: it comes out of %(printer)s.") % told
    return False, _("%(kind)s: NOT PRINTED.") % told + f" {_why(asked.problem)}"


def _why(problem: Problem) -> str:
    """In the person's language, where the refusal has no values in it."""
    return f"{_(problem.detail)} {_(problem.remedy)}"
