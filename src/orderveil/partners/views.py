"""Partners: the list, one of them, and what a privacy officer may change about it."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orderveil.core.actors import Actor
from orderveil.core.decision import Mode
from orderveil.core.errors import RefusedError
from orderveil.core.hops import Hop
from orderveil.ledger.acts import by
from orderveil.partners import quotas, registry, terms
from orderveil.partners.agreement_form import AgreementForm
from orderveil.partners.forms import BrandForm, CentreForm, ModeForm, PartnerForm
from orderveil.partners.forms import refuse as refuse_on
from orderveil.partners.listing import page_of, partner_of
from orderveil.partners.models import Agreement, Brand, Credential, Partner
from orderveil.partners.standing import deciding, standings

REFUSED = 422


@require_safe
def partners(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every partner of the brand, and whether it may receive data today."""
    found = Partner.objects.filter(brand_id=actor.brand_id)
    page = page_of(found, request.GET.get("after", ""))
    good = standings(actor.brand_id, page.rows, actor.now.date())
    rows = [{"partner": each, "standing": good[each.pk]} for each in page.rows]
    return render(request, "partners/partners.html", {"rows": rows, "next": page.next})


@require_http_methods(["GET", "POST"])
def partner_add(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A new partner."""
    form = PartnerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = _add(actor, form)
        except RefusedError as refused:
            refuse_on(form, refused.problem)
        else:
            messages.success(request, _("The partner is added."))
            return redirect("partner", number=made.pk)
    status = REFUSED if form.is_bound else 200
    return render(request, "partners/partner_add.html", {"form": form}, status=status)


def _add(actor: Actor, form: PartnerForm) -> Partner:
    said = form.cleaned_data
    return registry.add_partner(
        Brand.objects.get(pk=actor.brand_id),
        said["slug"],
        [Hop(hop) for hop in said["hops"]],
        now=actor.now,
        name=said["name"],
        own=said["own"],
        assigned_by_default=said["assigned_by_default"],
        mode=Mode.OBSERVE if said["observe"] else Mode.ENFORCE,
        who=by(actor),
    )


@require_safe
def partner(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """One partner: standing, agreements, mode, credentials, its centre."""
    return _page(request, actor, partner_of(actor.brand_id, number))


def _page(
    request: HttpRequest, actor: Actor, one: Partner, *bound: forms.Form, status: int = 200
) -> HttpResponse:
    """The page, with what was just refused in the form it was typed into."""
    forms_ = {
        "agreement": AgreementForm(auto_id="agreement_%s", initial={"starts_on": actor.now.date()}),
        "mode": ModeForm(
            auto_id="mode_%s", initial={"mode": one.mode, "percent": one.enforce_percent}
        ),
        "centre": _centre_form(one),
    }
    kinds = {AgreementForm: "agreement", ModeForm: "mode", CentreForm: "centre"}
    forms_ |= {kinds[type(each)]: each for each in bound}
    agreements = list(Agreement.objects.filter(partner=one).order_by("-starts_on", "-pk")[:50])
    today = actor.now.date()
    told = {
        "partner": one,
        "standing": standings(actor.brand_id, [one], today)[one.pk],
        "agreements": agreements,
        "deciding": deciding(agreements, today),
        "credentials": Credential.objects.filter(partner=one, revoked_at=None).order_by("-pk")[:50],
        "forms": forms_,
    }
    return render(request, "partners/partner.html", told, status=status)


def _centre_form(one: Partner) -> CentreForm:
    initial = {
        "networks": "\n".join(one.desk_networks),
        "days": one.desk_days,
        "opens": one.desk_opens,
        "closes": one.desk_closes,
        "zone": one.desk_zone,
    }
    return CentreForm(auto_id="centre_%s", initial=initial)


def _is_cut(request: HttpRequest) -> bool:
    """Was a file left out because it is too large to be held in memory?"""
    sent = int(request.META.get("CONTENT_LENGTH") or 0)
    return sent > settings.FILE_UPLOAD_MAX_MEMORY_SIZE and not request.FILES


@require_POST
def partner_agree(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Record a signed agreement."""
    one = partner_of(actor.brand_id, number)
    form = AgreementForm(request.POST, request.FILES, auto_id="agreement_%s")
    if _is_cut(request):
        form.add_error("document", _("The document is larger than 2 MB: give its SHA-256."))
    if form.is_valid():
        said = form.cleaned_data
        try:
            registry.agree(
                one,
                said["starts_on"],
                said["ends_on"],
                now=actor.now,
                terms=form.terms(),
                who=by(actor),
            )
        except RefusedError as refused:
            refuse_on(form, refused.problem)
        else:
            messages.success(request, _("The agreement is on record."))
            return redirect("partner", number=number)
    return _page(request, actor, one, form, status=REFUSED)


@require_POST
def partner_mode(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Roll the partner out, or back."""
    one = partner_of(actor.brand_id, number)
    form = ModeForm(request.POST, auto_id="mode_%s")
    if not form.is_valid():
        return _page(request, actor, one, form, status=REFUSED)
    mode = Mode(form.cleaned_data["mode"])
    registry.set_mode(one, mode, form.share(), now=actor.now, who=by(actor))
    messages.success(request, _("The mode is changed; the next disclosure follows it."))
    return redirect("partner", number=number)


@require_POST
def partner_standing(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Suspend the partner, or restore it: `to` says which."""
    one = partner_of(actor.brand_id, number)
    is_suspended = request.POST.get("to") == "suspended"
    if is_suspended != (one.suspended_at is not None):
        registry.set_suspended(one, suspended=is_suspended, now=actor.now, who=by(actor))
    said = _("Suspended: it receives nothing.") if is_suspended else _("Restored.")
    messages.success(request, said)
    return redirect("partner", number=number)


@require_POST
def partner_centre(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """When and from where its people may work."""
    one = partner_of(actor.brand_id, number)
    form = CentreForm(request.POST, auto_id="centre_%s")
    if form.is_valid():
        try:
            terms.set_centre_terms(one, form.terms(), now=actor.now, who=by(actor))
        except RefusedError as refused:
            refuse_on(form, refused.problem)
        else:
            messages.success(request, _("The centre's terms hold from now on."))
            return redirect("partner", number=number)
    return _page(request, actor, one, form, status=REFUSED)


def _say(brand: Brand, form: BrandForm, actor: Actor) -> None:
    """Of what a brand says of itself, what was changed. Raises `RefusedError`."""
    if "return_address" in form.changed_data:
        told = form.cleaned_data["return_address"]
        terms.set_return_address(brand, told, now=actor.now, who=by(actor))
    if "published_channel" in form.changed_data:
        told = form.cleaned_data["published_channel"]
        terms.publish_channel(brand, told, now=actor.now, who=by(actor))


@require_http_methods(["GET", "POST"])
def brand_settings(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Where the brand tells its customers to find it, and what the platform allows it."""
    brand = Brand.objects.get(pk=actor.brand_id)
    said = {name: getattr(brand, name) for name in ("published_channel", "return_address")}
    form = BrandForm(request.POST or None, initial=said)
    if request.method == "POST" and form.is_valid():
        try:
            _say(brand, form, actor)
        except RefusedError as refused:
            refuse_on(form, refused.problem)
        else:
            messages.success(request, _("Saved."))
            return redirect("brand_settings")
    told = {
        "form": form,
        "brand": brand,
        "quota": quotas.of(brand.pk),
        "leased": quotas.leased(brand.pk, actor.now),
        "credentials": quotas.credentials_in_force(brand.pk, actor.now),
    }
    return render(request, "partners/brand.html", told)
