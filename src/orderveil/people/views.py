"""One's own account, the first link, the brands one works for."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from orderveil.core.clocks import utc_now
from orderveil.core.numbers import row_number
from orderveil.people import access, factors, invitations, sessions
from orderveil.people.forms import LanguageForm, PasswordForm
from orderveil.people.models import Person
from orderveil.people.session_store import stored_name

View = Callable[..., HttpResponseBase]


def _own(view: View) -> View:
    """A view of one's own account: for people who are signed in."""

    @wraps(view)
    def signed_in(request: HttpRequest, **values: str) -> HttpResponseBase:
        person = request.user
        if isinstance(person, Person):
            return view(request, person, **values)
        return redirect_to_login(request.path, "account_login")

    return signed_in


@require_http_methods(["GET", "POST"])
def welcome(request: HttpRequest, token: str) -> HttpResponseBase:
    """The one-time link: a password, then straight to enrolling a second factor.

    Whoever has an account already signs in with it and accepts instead.
    """
    now = utc_now()
    found = invitations.invited(token, now=now)
    if found is None:
        return _over(request)
    told = {"membership": found.membership, "token": token}
    if not invitations.asks_for_password(found):
        return render(request, "people/account_there.html", told)
    form = PasswordForm(found.membership.person, request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = invitations.redeem(token, form.cleaned_data["password"], now=now)
        return _over(request) if person is None else begin_session(request, person)
    return render(request, "people/welcome.html", told | {"form": form})


@require_http_methods(["GET", "POST"])
@_own
def accept(request: HttpRequest, person: Person, token: str) -> HttpResponseBase:
    """Join a brand with the account one has, having seen what opens it."""
    now = utc_now()
    found = invitations.invited(token, now=now)
    if found is None:
        return _over(request)
    if found.membership.person_id != person.pk:
        return render(request, "people/another_account.html", status=403)
    if request.method == "POST":
        taken = invitations.accept_as(person, token, now=now)
        if taken is None:
            return _over(request)
        sessions.end_others(person, request.session.session_key or "", now=now)
        access.choose(request, taken.pk)
        return redirect("/")
    told = {"membership": found.membership, "factors": factors.listing(person)}
    return render(request, "people/accept.html", told)


def _over(request: HttpRequest) -> HttpResponse:
    return render(request, "people/link_over.html", status=410)


def removing(view: View) -> View:
    """A page of allauth's that takes a factor away: never the last one, of two at once neither.

    allauth asks its adapter about an app, and about a key nobody.
    """

    @wraps(view)
    @_own
    @transaction.atomic
    def guarded(request: HttpRequest, person: Person, **values: Any) -> HttpResponseBase:
        Person.objects.locked(person.pk)
        if request.method == "POST" and len(factors.listing(person)) < 2:
            said = gettext("This is your last factor. Add another one first.")
            messages.error(request, said)
            return redirect("account")
        return view(request, **values)

    return guarded


def begin_session(request: HttpRequest, person: Person) -> HttpResponseBase:
    """Sign in whoever just set their password, and lead them to their second factor."""
    answer: HttpResponseBase = perform_login(
        request, person, email_verification="none", redirect_url=reverse("enrol")
    )
    record_authentication(request, person, "password")
    return answer


@require_GET
@_own
def enrol(request: HttpRequest, person: Person) -> HttpResponseBase:
    """The only page of a session without a second factor."""
    if factors.has_factor(person):
        return redirect("/")
    return render(request, "people/enrol.html", {"person": person})


@require_GET
@_own
def account(request: HttpRequest, person: Person) -> HttpResponseBase:
    """One's own account: factors, sessions, brands, language."""
    told = {
        "person": person,
        "factors": factors.listing(person),
        "has_app": "totp" in factors.kinds(person),
        "codes_left": factors.codes_left(person),
        "sessions": sessions.of(person),
        "current_key": stored_name(request.session.session_key),
        "places": access.described(person, utc_now()),
        "language_form": LanguageForm(initial={"language": person.language}),
    }
    return render(request, "people/account.html", told)


@require_POST
@_own
def end_sessions(request: HttpRequest, person: Person) -> HttpResponseBase:
    """End the session of that number, or with "others" every session but this one."""
    which, now = request.POST.get("session", ""), utc_now()
    if which == "others":
        count = sessions.end_others(person, request.session.session_key or "", now=now)
    elif (number := row_number(which)) is not None:
        count = int(sessions.end_one(person, number, now=now))
    else:
        raise Http404
    said = ngettext("%d session ended.", "%d sessions ended.", count) % count
    messages.success(request, said)
    return redirect("account")


@require_POST
@_own
def language(request: HttpRequest, person: Person) -> HttpResponseBase:
    """Choose the language of one's pages."""
    form = LanguageForm(request.POST)
    if not form.is_valid():
        raise Http404
    Person.objects.filter(pk=person.pk).update(language=form.cleaned_data["language"])
    messages.success(request, gettext("Saved."))
    return redirect("account")


@require_http_methods(["GET", "POST"])
@_own
def places(request: HttpRequest, person: Person) -> HttpResponseBase:
    """Choose the brand to work for."""
    if request.method == "POST":
        chosen = row_number(request.POST.get("membership", ""))
        if chosen is not None and access.choose(request, chosen):
            return redirect("/")
        raise Http404
    return render(request, "people/places.html", {"places": access.described(person, utc_now())})


def closed(request: HttpRequest) -> HttpResponse:
    """A page of allauth's that this product does not have."""
    del request
    raise Http404
