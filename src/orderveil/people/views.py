"""One's own account, the first link, the brands one works for."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django import forms
from django.contrib.auth import password_validation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from orderveil.core.clocks import utc_now
from orderveil.people import access, factors, invitations, sessions
from orderveil.people.models import Person


class PasswordForm(forms.Form):
    """A first password, typed twice."""

    password = forms.CharField(
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), strip=False
    )
    again = forms.CharField(
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), strip=False
    )

    def __init__(self, person: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._person = person

    def clean(self) -> dict[str, Any]:
        """Both the same, and good enough for Django's validators."""
        found = super().clean() or {}
        first, second = found.get("password", ""), found.get("again")
        if first != second:
            raise forms.ValidationError("The two passwords are not the same.")
        password_validation.validate_password(first, self._person)
        return found


@require_http_methods(["GET", "POST"])
def welcome(request: HttpRequest, token: str) -> HttpResponseBase:
    """The one-time link: a password, then straight to enrolling a second factor."""
    now = utc_now()
    person = invitations.invited(token, now=now)
    if person is None:
        return render(request, "people/link_over.html", status=410)
    form = PasswordForm(person, request.POST or None)
    if request.method == "POST" and form.is_valid():
        found = invitations.redeem(token, form.cleaned_data["password"], now=now)
        if found is None:
            return render(request, "people/link_over.html", status=410)
        answer: HttpResponseBase = perform_login(
            request, found, email_verification="none", redirect_url=reverse("enrol")
        )
        record_authentication(request, found, "password", reauthenticated=True)
        return answer
    return render(request, "people/welcome.html", {"form": form, "person": person})


@require_GET
def enrol(request: HttpRequest) -> HttpResponseBase:
    """The only page of a session without a second factor."""
    person = request.user
    if not isinstance(person, Person):
        return redirect("account_login")
    if factors.has_factor(person):
        return redirect("/")
    return render(request, "people/enrol.html", {"person": person})


@require_GET
def account(request: HttpRequest) -> HttpResponseBase:
    """One's own account: factors, sessions, brands."""
    person = request.user
    if not isinstance(person, Person):
        return redirect("account_login")
    told = {
        "person": person,
        "factors": factors.kinds(person),
        "sessions": sessions.of(person),
        "places": access.places(person),
    }
    return render(request, "people/account.html", told)


@require_http_methods(["GET", "POST"])
def places(request: HttpRequest) -> HttpResponseBase:
    """Choose the brand to work for."""
    person = request.user
    if not isinstance(person, Person):
        return redirect("account_login")
    if request.method == "POST":
        chosen = request.POST.get("membership", "")
        if chosen.isdigit() and access.choose(request, int(chosen)):
            return redirect("/")
        raise Http404
    return render(request, "people/places.html", {"places": access.places(person)})


def closed(request: HttpRequest) -> HttpResponse:
    """A page of allauth's that this product does not have."""
    del request
    raise Http404
