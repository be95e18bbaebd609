"""From what people call an order to its page on the record: only that it exists is told."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from orderveil.core.actors import Actor
from orderveil.core.errors import Problem, RefusedError
from orderveil.gate.lookup import UNKNOWN, find_order

LONGEST = 200


def find(request: HttpRequest, actor: Actor) -> HttpResponse:
    """To the record of the order with this number, id or ref; the typed text stays in the POST."""
    text = request.POST.get("order", "").strip()
    if not text:
        return redirect("ledger")
    if len(text) > LONGEST or "\0" in text:
        raise RefusedError(_NONE)
    try:
        order_id, _ = find_order(actor.brand_id, text)
    except RefusedError as error:
        raise RefusedError(_NONE if error.problem == UNKNOWN else error.problem) from None
    return redirect("ledger_order", order_id.hex())


_NONE = Problem(
    code="unknown_order",
    detail="This brand has no order by that number, id or ref.",
    remedy="An erased order has no number any more: use its id, as the ledger writes it.",
    rule="an order is found within its brand",
    status=404,
)
