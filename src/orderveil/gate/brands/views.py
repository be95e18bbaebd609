"""The platform operator's pages. An invitation's link is shown once, in its POST's own answer."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orderveil.core.actors import Actor
from orderveil.core.errors import RefusedError
from orderveil.gate.brands import provisioning
from orderveil.gate.brands.forms import BrandForm, KeysForm, QuotaForm
from orderveil.keyring import assigning
from orderveil.partners.forms import refuse
from orderveil.partners.listing import page_of
from orderveil.partners.models import Brand
from orderveil.partners.showing import shown_once
from orderveil.people.links import absolute

REFUSED = 422


@require_safe
def brands(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every brand: its name, since when, how many people. Its volume is its own."""
    del actor
    page = page_of(Brand.objects.all(), request.GET.get("after", ""))
    numbers = [each.pk for each in page.rows]
    people, allowed = provisioning.people_of(numbers), provisioning.allowed_to(numbers)
    keys = assigning.assigned_to(numbers)
    rows = [
        {
            "brand": each,
            "people": people.get(each.pk, 0),
            "keys": keys[each.pk],
            "allowed": allowed[each.pk],
        }
        for each in page.rows
    ]
    return render(request, "brands/brands.html", {"rows": rows, "next": page.next})


@require_http_methods(["GET", "POST"])
def brand_add(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A new brand with its first owner; the answer to the POST shows their link."""
    form = BrandForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            made, token = provisioning.create(
                actor, said["slug"], said["name"], owner=said["owner"], email=said["email"]
            )
        except RefusedError as refused:
            refuse(form, refused.problem)
        else:
            return _made(request, made, token)
    status = REFUSED if form.is_bound else 200
    return render(request, "brands/brand_add.html", {"form": form}, status=status)


def _made(request: HttpRequest, brand: Brand, token: str) -> HttpResponse:
    return shown_once(
        request,
        brand.name,
        _("The first owner's link"),
        absolute(reverse("welcome", args=[token])),
        use=_("Good once, for 48 hours. Hand it to that person and nobody else."),
        back="brand",
        number=brand.pk,
    )


@require_safe
def brand(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """One brand: quota and key provider."""
    del actor
    return _page(request, provisioning.brand_of(number))


def _page(
    request: HttpRequest, one: Brand, bound: forms.Form | None = None, status: int = 200
) -> HttpResponse:
    allowed = provisioning.allowed(one.pk)
    keys = assigning.assigned(one.pk)
    initial = {
        "orders_per_day": allowed.orders_per_day,
        "people": allowed.people,
        "credentials": allowed.credentials,
    }
    told = {
        "of": one,
        "people": provisioning.people_of([one.pk]).get(one.pk, 0),
        "keys": keys,
        "quota_form": bound if isinstance(bound, QuotaForm) else QuotaForm(initial=initial),
        "keys_form": bound
        if isinstance(bound, KeysForm)
        else KeysForm(initial={"provider": keys.name}),
    }
    return render(request, "brands/brand.html", told, status=status)


@require_POST
def brand_quota(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """What the brand may have."""
    one = provisioning.brand_of(number)
    form = QuotaForm(request.POST)
    if not form.is_valid():
        return _page(request, one, form, REFUSED)
    provisioning.set_quota(actor, one.pk, form.wanted())
    messages.success(request, _("The quota holds from now on."))
    return redirect("brand", number=number)


@require_POST
def brand_keys(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Have the brand's keys wrapped by another provider."""
    one = provisioning.brand_of(number)
    form = KeysForm(request.POST)
    if form.is_valid():
        try:
            count = provisioning.assign_keys(actor, one.pk, form.cleaned_data["provider"])
        except RefusedError as refused:
            refuse(form, refused.problem)
        else:
            messages.success(request, _("%(count)d keys are rewrapped.") % {"count": count})
            return redirect("brand", number=number)
    return _page(request, one, form, REFUSED)


@require_POST
def brand_keys_check(request: HttpRequest, actor: Actor, number: int) -> HttpResponse:
    """Does the brand's provider wrap and open now? Asks it, and opens nothing of the brand's."""
    del actor
    one = provisioning.brand_of(number)
    problem = assigning.trouble(one.pk)
    if problem is None:
        messages.success(request, _("The key provider wraps and opens."))
    else:
        messages.error(request, problem)
    return redirect("brand", number=number)
