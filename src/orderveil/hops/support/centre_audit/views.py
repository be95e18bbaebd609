"""The outsourced centres: their months, one pack as page, PDF and JSON, and the sign-off."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from orderveil.core.actors import Actor
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.roles import Permission
from orderveil.gate.reasons import LONGEST
from orderveil.hops.support.centre_audit import centres, months, printed, signing
from orderveil.hops.support.centre_audit.months import Month
from orderveil.hops.support.centre_audit.pack import Pack, canonical, digest
from orderveil.hops.support.centre_audit.signing import Signature, Verdict
from orderveil.partners.models import Partner
from orderveil.people.models import Person

LISTED_MONTHS = 13


class SignForm(forms.Form):
    """The sign-off."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("Outcome"),
        choices=[
            (Verdict.ACCEPTED.value, gettext_lazy("Accepted")),
            (Verdict.WITH_FINDINGS.value, gettext_lazy("With findings")),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=gettext_lazy("Findings"),
        required=False,
        max_length=LONGEST,
        help_text=gettext_lazy("Needed with findings. It is kept on the ledger: no customers."),
    )
    digest = forms.CharField(widget=forms.HiddenInput)


def list_centres(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every centre, and who signed which month."""
    chosen = months.read(request.GET.get("month", "")) or months.month_of(actor.now).before
    listed = []
    for partner in centres.centres(actor.brand_id):
        signed = [one for one in signing.signatures(partner) if one.month == str(chosen)]
        listed.append((partner, signed[-1] if signed else None))
    told = {
        "centres": listed,
        "month": chosen,
        "months": months.until(actor.now, LISTED_MONTHS),
        "is_over": chosen.is_over(actor.now),
    }
    return render(request, "support/centre_list.html", told)


def centre(request: HttpRequest, actor: Actor, partner_id: int, month: str) -> HttpResponse:
    """One centre's month."""
    return _page(request, actor, *_found(actor, partner_id, month), SignForm())


@require_POST
def sign(request: HttpRequest, actor: Actor, partner_id: int, month: str) -> HttpResponse:
    """Sign it off."""
    partner, chosen = _found(actor, partner_id, month)
    form = SignForm(request.POST)
    if form.is_valid():
        told = form.cleaned_data
        try:
            outcome = Verdict(told["outcome"])
            signing.sign(actor, partner, chosen, told["digest"], outcome, told["reason"])
        except RefusedError as error:
            if error.problem.status != 422:
                raise
            form.add_error("reason", error.diagnostics())
        else:
            messages.success(request, _("Signed, and on the ledger."))
            return redirect("centre", partner_id=partner_id, month=month)
    return _page(request, actor, partner, chosen, form, status=422)


def as_pdf(request: HttpRequest, actor: Actor, partner_id: int, month: str) -> HttpResponse:
    """The pack on paper."""
    del request
    partner, chosen = _found(actor, partner_id, month)
    pack = centres.make(partner, chosen, now=actor.now)
    told = _told(partner, chosen, pack, signing.signatures(partner, chosen))
    answer = HttpResponse(printed.pdf(told, chosen), content_type="application/pdf")
    return _attached(answer, partner, chosen, "pdf")


def as_json(request: HttpRequest, actor: Actor, partner_id: int, month: str) -> HttpResponse:
    """The bytes whose SHA-256 is the digest."""
    del request
    partner, chosen = _found(actor, partner_id, month)
    pack = centres.make(partner, chosen, now=actor.now)
    answer = HttpResponse(canonical(pack), content_type="application/json")
    return _attached(answer, partner, chosen, "json")


def _page(
    request: HttpRequest,
    actor: Actor,
    partner: Partner,
    month: Month,
    form: SignForm,
    *,
    status: int = 200,
) -> HttpResponse:
    pack = centres.make(partner, month, now=actor.now)
    signed = signing.signatures(partner, month)
    now = digest(pack)
    if not form.is_bound:
        form.initial["digest"] = now
    told = {
        "partner": partner,
        "month": month,
        "months": months.until(actor.now, LISTED_MONTHS),
        "pack": pack,
        "digest": now,
        "checked": [(one, one.digest == now) for one in signed],
        "may_sign": actor.may(Permission.SIGN_CENTRES) and pack.is_over and pack.tree is not None,
        "form": form,
        **_told(partner, month, pack, signed),
    }
    return render(request, "support/centre_month.html", told, status=status)


def _told(partner: Partner, month: Month, pack: Pack, signed: list[Signature]) -> dict[str, Any]:
    tags = {*(one.person for one in pack.members), *(one.person for one in signed)}
    numbers = [int(tag.removeprefix("person:")) for tag in tags if tag.startswith("person:")]
    names = {one.tag: one.name for one in Person.objects.filter(pk__in=numbers)}
    brand = partner.brand.name or partner.brand.slug
    return printed.tell(pack, month, names, signed, brand=brand, centre=partner.name)


def _found(actor: Actor, partner_id: int, month: str) -> tuple[Partner, Month]:
    chosen = months.read(month)
    if chosen is None or chosen.start > actor.now:
        raise RefusedError(_NO_MONTH)
    return centres.centre(actor.brand_id, partner_id), chosen


def _attached(answer: HttpResponse, partner: Partner, month: Month, kind: str) -> HttpResponse:
    name = f"centre-{partner.slug}-{month}.{kind}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


_NO_MONTH = Problem(
    code="no_such_month",
    detail="There is no such month yet.",
    remedy="Months are written like 2026-10.",
    rule="centres: a pack is of one month",
    status=404,
)
