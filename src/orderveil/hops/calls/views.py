"""Calling a customer from the desk, and the telephones at which agents are rung.

Rules kept here:
- the page shows no number, neither the agent's nor the customer's;
- a reason and a ticket, as at a reveal, and a second factor as fresh as the role's reveals need;
- an order that is not theirs is not there: not for looking at the page either;
- a button that is pressed twice rings once: the form carries what makes it one request.
"""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from orderveil.core.actors import Actor, stale
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.numbers import row_number
from orderveil.core.roles import Permission
from orderveil.gate import parcels
from orderveil.gate.asking import Caller, open_ref
from orderveil.gate.desk import working
from orderveil.gate.desk.reveal import MAY_REVEAL
from orderveil.gate.reasons import checked_cause
from orderveil.gate.refusals import UNKNOWN
from orderveil.hops.calls import agents, clicking, lines
from orderveil.hops.calls.forms import REASONS, AgentForm
from orderveil.hops.calls.models import Agent
from orderveil.hops.calls.placing.speech import CallStatus
from orderveil.ledger.acts import by
from orderveil.partners.models import Partner
from orderveil.people.models import Membership

_MOST_PARTNERS = 200
_MOST_NUMBER = 2**63 - 1
_ASKED = "call to the customer"


def call(request: HttpRequest, actor: Actor, ref: str) -> HttpResponse:
    """Which telephone, why; and the call itself."""
    told = request.POST
    if request.method != "POST":
        caller, _order, _parcel = _behind(actor, ref, _ASKED)
        context = {
            "ref": ref,
            "agents": agents.open_to(actor, caller.partner_id),
            "is_set_up": lines.placing(actor.brand_id) is not None,
            "reasons": list(REASONS.items()),
            "nonce": uuid.uuid4().hex,
        }
        return render(request, "calls/call.html", context)
    cause = checked_cause(told.get("reason", ""), told.get("ticket", ""))
    caller, order_id, parcel_no = _behind(actor, ref, str(cause))
    problem = stale(actor, actor.terms.reveal_fresh_minutes)
    if problem is not None:
        raise RefusedError(problem)
    agent = _chosen(actor, caller, told.get("agent", ""))
    once = clicking.once_of("desk", actor.person, order_id.hex(), told.get("nonce", "")[:64])
    made = clicking.place(caller, order_id, parcel_no, agent, once=once, now=actor.now)
    _say(request, agent, CallStatus(made.status))
    return redirect("order", ref=ref)


@require_safe
def telephones(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The lines and the agents' telephones: that they are there, never a number."""
    members = {
        each.pk: f"person:{each.person_id}"
        for each in Membership.objects.filter(brand_id=actor.brand_id, ended_at=None)
    }
    context = {
        "lines": lines.listing(actor.brand_id),
        "agents": [
            {"of": each, "person": members.get(each.membership_id or 0)}
            for each in agents.listing(actor.brand_id)
        ],
        "partners": _partners(actor.brand_id),
        "members": sorted(members.items()),
    }
    return render(request, "calls/telephones.html", context)


@require_POST
def agent_add(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Register a telephone; its number is sealed, and not shown again."""
    form = AgentForm(request.POST)
    if not form.is_valid():
        raise RefusedError(_FORM)
    told = form.cleaned_data
    partner = Partner.objects.filter(pk=told["partner"], brand_id=actor.brand_id).first()
    if partner is None:
        raise RefusedError(agents.UNKNOWN)
    member = told["member"]
    if member is not None and not _is_member(actor.brand_id, member):
        raise RefusedError(agents.UNKNOWN)
    agents.add(
        *(actor.brand_id, partner.pk, told["name"], told["number"]),
        now=actor.now,
        who=by(actor),
        membership_id=member,
    )
    messages.success(request, _("The telephone is registered."))
    return redirect("telephones")


@require_POST
def agent_end(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Remove a telephone; its number is destroyed."""
    agents.end(actor.brand_id, min(number, _MOST_NUMBER), now=actor.now, who=by(actor))
    messages.success(request, _("The telephone is removed."))
    return redirect("telephones")


def _behind(actor: Actor, ref: str, reason: str) -> tuple[Caller, bytes, int | None]:
    """Who asks, and about which order: one of theirs. Raises `RefusedError`."""
    hand = working.hand_of(actor, Permission.CALL, reason, actor.now)
    if isinstance(hand, Problem):
        raise RefusedError(hand)
    found = open_ref(hand.caller, ref)
    if found is None or hand.caller.hop not in MAY_REVEAL:
        raise RefusedError(UNKNOWN)
    order_id, parcel_no = found
    parcel = order_id, parcel_no or parcels.FIRST_PARCEL
    if not parcels.there(actor.brand_id, [parcel]) or not hand.reaches(*parcel):
        raise RefusedError(UNKNOWN)
    return hand.caller, order_id, parcel_no


def _chosen(actor: Actor, caller: Caller, text: str) -> Agent:
    """The telephone, if it is open to this person. Raises `RefusedError`."""
    number = row_number(text)
    for each in agents.open_to(actor, caller.partner_id):
        if each.pk == number:
            return each
    raise RefusedError(agents.UNKNOWN)


def _say(request: HttpRequest, agent: Agent, status: CallStatus) -> None:
    name = agent.name
    if status in {CallStatus.UNKNOWN, CallStatus.ASKED}:
        text = _(
            "The provider gave no answer. %(name)s may ring yet: wait a minute, then ask again."
        )
        messages.warning(request, text % {"name": name})
    elif status == CallStatus.NOT_PLACED:
        messages.error(request, _("The provider refused the call. Nobody was rung."))
    else:
        text = _("%(name)s is ringing. The customer is rung when you pick up.")
        messages.success(request, text % {"name": name})


def _partners(brand_id: int) -> list[Partner]:
    found = Partner.objects.filter(brand_id=brand_id)
    return list(found.order_by("name")[:_MOST_PARTNERS])


def _is_member(brand_id: int, number: int) -> bool:
    return Membership.objects.in_force().filter(pk=number, brand_id=brand_id).exists()


_FORM = Problem(
    code="bad_agent",
    detail="The form is not complete.",
    remedy="Choose a partner, and give the telephone a name and a number.",
    rule="calls: an agent is rung at a telephone that was registered",
)
