"""Credentials: the list, one of them; issued, rotated, revoked. A token is shown once.

Whoever may not approve asks for a token instead (`approvals`). It is in the answer to the POST that
made it and nowhere else: no redirect carries it, no session keeps it, and nothing caches the page.
"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orderveil.core.actors import Actor
from orderveil.core.errors import RefusedError
from orderveil.core.numbers import row_number
from orderveil.ledger.acts import by
from orderveil.partners import approvals, asking, budgets, credentials
from orderveil.partners.forms import CredentialForm, RotateForm, refuse
from orderveil.partners.listing import credential_of, page_of
from orderveil.partners.models import Channel, Credential, Partner
from orderveil.partners.showing import asked, shown_once, state_of
from orderveil.partners.views import REFUSED


@require_safe
def listed(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every credential of the brand: whose, for what, and when it was last used."""
    found = Credential.objects.filter(brand_id=actor.brand_id).select_related("partner", "channel")
    partner = request.GET.get("partner", "")
    number = row_number(partner)
    if number is not None:
        found = found.filter(partner_id=number)
    page = page_of(found, request.GET.get("after", ""))
    spent = budgets.spent([each.pk for each in page.rows], actor.now)
    rows = [
        {
            "credential": each,
            "state": state_of(each, actor.now, ends=each.expires_at),
            "spent": spent.get(each.pk, 0),
        }
        for each in page.rows
    ]
    told = {"rows": rows, "next": page.next, "partner": partner}
    return render(request, "partners/credentials.html", told)


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Issue a credential; the answer to the POST shows its token."""
    partners = Partner.objects.filter(brand_id=actor.brand_id).order_by("name")
    channels = Channel.objects.filter(brand_id=actor.brand_id, revoked_at=None)
    form = CredentialForm(partners, channels, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _issue_or_ask(request, actor, form)
        except RefusedError as refused:
            refuse(form, refused.problem)
    status = REFUSED if form.is_bound else 200
    return render(request, "partners/credential_add.html", {"form": form}, status=status)


def _issue_or_ask(request: HttpRequest, actor: Actor, form: CredentialForm) -> HttpResponse:
    partner, hop = form.whose()
    said = form.cleaned_data
    networks, limit, ends = said["networks"], said["daily_limit"], form.expires_at()
    if approvals.is_needed(actor, hop):
        request_ = asking.to_issue(
            actor, partner, hop, networks=networks, daily_limit=limit, expires_at=ends
        )
        return asked(request, request_)
    made, token = credentials.issue(
        partner,
        hop,
        now=actor.now,
        expires_at=ends,
        networks=list(networks),
        daily_limit=limit,
        channel=said["channel"],
        who=by(actor),
    )
    return credential_shown(request, made.pk, token)


def credential_shown(request: HttpRequest, number: int, token: str) -> HttpResponse:
    """The page that shows a credential's token, this once."""
    return shown_once(
        request,
        _("Credential %(number)s") % {"number": number},
        _("Its token"),
        token,
        use=_("The partner's system sends it as a bearer token, in the header Authorization."),
        back="credential",
        number=number,
    )


@require_safe
def one(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """One credential, and what may be done to it."""
    return _page(request, actor, credential_of(actor.brand_id, number))


def _page(
    request: HttpRequest,
    actor: Actor,
    found: Credential,
    form: RotateForm | None = None,
    status: int = 200,
) -> HttpResponse:
    told = {
        "credential": found,
        "state": state_of(found, actor.now, ends=found.expires_at),
        "spent": budgets.spent([found.pk], actor.now).get(found.pk, 0),
        "form": form or RotateForm(),
        "must_ask": approvals.is_needed(actor, found.hop),
    }
    return render(request, "partners/credential.html", told, status=status)


@require_POST
def rotate(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """A new secret; the answer shows the token with it."""
    found = credential_of(actor.brand_id, number)
    form = RotateForm(request.POST)
    if not form.is_valid():
        return _page(request, actor, found, form, REFUSED)
    overlap = form.how_long()
    if approvals.is_needed(actor, found.hop):
        return asked(request, asking.to_rotate(actor, found, overlap=overlap))
    token = credentials.rotate(found.pk, overlap=overlap, now=actor.now, who=by(actor))
    return credential_shown(request, found.pk, token)


@require_POST
def revoke(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """From now on nothing that begins with it is answered."""
    found = credential_of(actor.brand_id, number)
    if found.revoked_at is None:
        credentials.revoke(found.pk, now=actor.now, who=by(actor))
    messages.success(request, _("The credential is revoked."))
    return redirect("credential", number=number)
