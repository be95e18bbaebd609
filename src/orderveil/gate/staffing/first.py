"""The first account of an empty installation: an owner, and the brand they own."""

from datetime import datetime
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from orderveil.core.clocks import utc_now
from orderveil.core.errors import RefusedError
from orderveil.core.roles import Role
from orderveil.gate.provision import OWN_HOPS, provision_brand
from orderveil.ledger.acts import ActKind, Who, record
from orderveil.partners import registry
from orderveil.partners.models import Brand
from orderveil.people import first, memberships
from orderveil.people.forms import PasswordForm
from orderveil.people.models import Person
from orderveil.people.views import begin_session


class FirstForm(PasswordForm):
    """Who they are, their password, and the brand they own."""

    email = forms.EmailField(
        label=_("Your email"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    name = forms.CharField(
        label=_("Your name"), max_length=100, help_text=_("How colleagues know you.")
    )
    brand = forms.ModelChoiceField(
        label=_("The brand you own"),
        queryset=Brand.objects.filter(is_sample=False).order_by("slug"),
        required=False,
        empty_label=_("A new one"),
    )
    new_brand = forms.SlugField(
        label=_("The new brand's short name"),
        required=False,
        max_length=50,
        help_text=_("Small letters, digits and hyphens. It stays for good."),
    )
    field_order = ("email", "name", "password", "again", "brand", "new_brand")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(None, *args, **kwargs)
        if not Brand.objects.filter(is_sample=False).exists():
            del self.fields["brand"]

    def person(self) -> Person:
        """Whoever is about to be, so that the password is not their own name."""
        given = self.cleaned_data
        return Person(email=given.get("email", ""), name=given.get("name", ""))

    def clean(self) -> dict[str, Any]:
        """One brand, there or new."""
        found = super().clean()
        slug = found["new_brand"] = (found.get("new_brand") or "").lower()
        if not found.get("brand") and not slug and "new_brand" not in self.errors:
            self.add_error("new_brand", gettext("Name the brand."))
        return found


@require_http_methods(["GET", "POST"])
def first_run(request: HttpRequest, token: str) -> HttpResponseBase:
    """The one-time link that `orderveil up` printed."""
    now = utc_now()
    if not first.is_good(token, now=now):
        return render(request, "people/link_over.html", status=410)
    form = FirstForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            person = begin(token, form.cleaned_data, now=now)
        except RefusedError as error:
            form.add_error("new_brand", error.problem.detail)
        else:
            if person is None:
                return render(request, "people/link_over.html", status=410)
            return begin_session(request, person)
    return render(request, "staffing/first.html", {"form": form})


@transaction.atomic
def begin(token: str, given: dict[str, Any], *, now: datetime) -> Person | None:
    """The owner; None if somebody else was first. Raises `RefusedError` for a taken name."""
    if not first.claim(token, now=now):
        return None
    who = Who(system="first_run")
    brand = given.get("brand") or _new_brand(given["new_brand"], now, who)
    email, name = given["email"], given["name"]
    made = memberships.join(brand.pk, email, name, Role.OWNER, now=now, who=who)
    memberships.accept(made, now=now)
    person = made.person
    person.set_password(given["password"])
    person.save(update_fields=["password"])
    mine = Who(person=person.tag)
    record(brand.pk, ActKind.PASSWORD_SET, now=now, who=mine, subject=person.tag)
    return person


def _new_brand(slug: str, now: datetime, who: Who) -> Brand:
    brand = provision_brand(slug, now=now, who=who)
    registry.add_partner(brand, slug, OWN_HOPS, now=now, own=True, who=who)
    return brand
