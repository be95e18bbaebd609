"""The pages about a brand's people."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from orderveil.core.actors import Actor
from orderveil.core.numbers import row_number
from orderveil.core.roles import ROLES, Permission, Role
from orderveil.gate.staffing import listing, managing, rules
from orderveil.gate.staffing.forms import AddForm, ChangeForm, EndForm, TermsForm
from orderveil.ledger.acts import by
from orderveil.people import invitations, links, memberships
from orderveil.people.models import Membership


@require_GET
def people(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Everybody who belongs to the brand."""
    number = row_number(request.GET.get("after", ""))
    rows, rest = listing.page(actor.brand_id, number, actor.now)
    told = {"rows": rows, "rest": rest, "waiting": [row for row in rows if row.link_until]}
    return render(request, "staffing/people.html", told)


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Somebody new: the one-time link is shown once, here."""
    form = AddForm(actor.brand_id, actor.role, request.POST or None)
    if request.method == "GET" or not form.is_valid():
        return render(request, "staffing/add.html", {"form": form})
    terms = form.terms()
    rules.refuse_unless(actor, None, terms.role)
    email, name = form.cleaned_data["email"], form.cleaned_data["name"]
    made = managing.add(actor.brand_id, email, name, terms, now=actor.now, who=by(actor))
    return _link(request, made.member, made.token)


@require_GET
def person(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """One of them."""
    return _person(request, actor, memberships.member(actor.brand_id, number))


def _person(
    request: HttpRequest,
    actor: Actor,
    member: Membership,
    change_form: TermsForm | None = None,
    end_form: EndForm | None = None,
) -> HttpResponse:
    (row,) = listing.described([member], actor.now)
    is_changeable = actor.may(Permission.MANAGE_PEOPLE) and member.person_id != actor.person_id
    is_changeable &= actor.role == Role.OWNER or member.role != Role.OWNER
    as_it_is = {
        "role": member.role,
        "centre": str(member.partner_id or ""),
        "reveals_per_day": member.reveals_per_day,
        "views_per_day": member.views_per_day,
    }
    told = {
        "row": row,
        "is_changeable": is_changeable,
        "is_shared": rules.is_shared(member),
        "change_form": change_form or ChangeForm(actor.brand_id, actor.role, initial=as_it_is),
        "end_form": end_form or EndForm(prefix="end"),
    }
    return render(request, "staffing/person.html", told)


@require_POST
def change(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Another role, centre or budget."""
    member = memberships.member(actor.brand_id, number)
    form = ChangeForm(actor.brand_id, actor.role, request.POST)
    if not form.is_valid():
        rules.refuse_unless(actor, member, None)
        return _person(request, actor, member, change_form=form)
    terms = form.terms()
    rules.refuse_unless(actor, member, terms.role)
    managing.change(member, terms, form.cleaned_data["reason"], now=actor.now, who=by(actor))
    messages.success(request, gettext("Changed, from now on."))
    return redirect("person", number=number)


@require_POST
def end(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Somebody leaves."""
    member = memberships.member(actor.brand_id, number)
    rules.refuse_unless(actor, member, None)
    form = EndForm(request.POST, prefix="end")
    if not form.is_valid():
        return _person(request, actor, member, end_form=form)
    managing.end(member, form.cleaned_data["reason"], now=actor.now, who=by(actor))
    messages.success(request, gettext("They belong to this brand no longer; sessions are ended."))
    return redirect("people")


@require_POST
def link(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """A new one-time link, shown once: for a lost password, or a new start for a lost factor."""
    member = memberships.member(actor.brand_id, number)
    rules.refuse_unless(actor, member, None)
    is_new_start = request.POST.get("start_over") == "yes"
    make = managing.start_over if is_new_start else managing.link
    return _link(request, member, make(member, now=actor.now, who=by(actor)))


def _link(request: HttpRequest, member: Membership, token: str) -> HttpResponse:
    url = links.absolute(reverse("welcome", kwargs={"token": token}), request)
    told = {
        "member": member,
        "called": listing.called(member),
        "url": url,
        "hours": invitations.LIFE // timedelta(hours=1),
    }
    return render(request, "staffing/link.html", told)


@require_GET
def roles(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What each role means and may do."""
    del actor
    told = {
        "roles": [
            (role, terms, [each for each in Permission if each in terms.permissions])
            for role, terms in ROLES.items()
        ],
        "permissions": list(Permission),
    }
    return render(request, "staffing/roles.html", told)
