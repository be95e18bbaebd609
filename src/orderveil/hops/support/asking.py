"""What a reveal and a verification are asked with: reasons, the ticket that is open, what is left.

Shared by the order's page and by the fragments that answer its forms.
"""

from typing import Any

from django.http import HttpRequest

from orderveil.core.actors import Actor
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.roles import Permission
from orderveil.gate import law as laws
from orderveil.gate.asking import left, partner_refs
from orderveil.gate.desk.caller import caller_of
from orderveil.gate.desk.reveal import SHOWN_SECONDS, Revealable
from orderveil.hops.support import tickets, wording
from orderveil.hops.support.tickets import Kept
from orderveil.people.budgets import Spending

Context = dict[str, Any]


def context(request: HttpRequest, actor: Actor, order_id: bytes) -> Context:
    """What `reveal_form.html` needs."""
    if not actor.may(Permission.REVEAL):
        return {"revealables": ()}
    kept = tickets.kept(request, order_id, actor.now)
    return {
        "kept": kept,
        "kept_reason": _reason_of(kept),
        "kept_minutes": kept.minutes_left(actor.now) if kept else 0,
        "reasons": list(wording.REASONS.items()),
        "revealables": [
            {"code": what.value, "words": words} for what, words in wording.REVEALABLES.items()
        ],
        "reveals_left": left(actor, Spending.REVEALS, actor.now),
        "seconds": SHOWN_SECONDS,
    }


def verify_context(actor: Actor) -> Context:
    """What `verify_card.html` needs."""
    if not actor.may(Permission.VERIFY_CALLER):
        return {}
    return {"may_verify": True, "said_kinds": list(wording.SAID.items())}


def ref_of(actor: Actor, order_id: bytes) -> str:
    """The ref under which this person's partner knows an order; raises `RefusedError`."""
    caller = caller_of(actor, "ref")
    if isinstance(caller, Problem):
        raise RefusedError(caller)
    law = laws.law_of(actor.brand_id)
    return partner_refs(law, law.partners[caller.partner_id]).make(order_id)


def words_of(what: Revealable) -> str:
    """ "Phone"."""
    return wording.of(wording.REVEALABLES, what)


def _reason_of(kept: Kept | None) -> str:
    return wording.of(wording.REASONS, kept.reason) if kept and kept.reason else ""
