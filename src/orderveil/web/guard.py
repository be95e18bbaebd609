"""What stands before every page of the desk.

Rules kept here:
- signed in, with a second factor, a membership, the permission: in this order, each with a page
  that says what is missing; a view is called with the Actor or not at all;
- people of a centre work only while their partner has standing, from its networks, in its hours;
- a sensitive POST needs a second factor that is at most ten minutes old: whoever must prove it
  again comes back to the page, and nothing they typed is kept on the way;
- whatever a person is shown stays in no cache.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.cache import add_never_cache_headers

from orderveil.core.actors import Actor, stale, why_not
from orderveil.core.clocks import utc_now
from orderveil.core.errors import Problem, RefusedError
from orderveil.core.pages import Page
from orderveil.core.roles import Permission
from orderveil.gate.asking import counted
from orderveil.gate.desk.caller import closed, station_of
from orderveil.partners import stations
from orderveil.partners.models import Device
from orderveil.people import access, factors
from orderveil.people.models import Person
from orderveil.web.errors import refused
from orderveil.web.shell import first_page

View = Callable[..., HttpResponseBase]


def guarded(page: Page) -> View:
    """The page's view, behind everything above."""

    @wraps(page.view)
    def view(request: HttpRequest, **values: Any) -> HttpResponseBase:
        let_in = admit(request, page.permission)
        if not isinstance(let_in, Actor):
            return let_in
        is_change = request.method not in {"GET", "HEAD"}
        if page.fresh and is_change and stale(let_in):
            return prove_again(request)
        try:
            answer: HttpResponseBase = page.view(request, let_in, **values)
        except RefusedError as error:
            if error.problem.code == "factor_needed":
                return prove_again(request)
            return refused(request, error.problem)
        if request.method == "GET":
            _renew_station(request, answer, let_in)
        return answer

    return view


def admit(request: HttpRequest, permission: Permission | None) -> Actor | HttpResponseBase:
    """The Actor, or the page that says why not."""
    if not isinstance(request.user, Person):
        return redirect_to_login(_back(request), "account_login")
    if factors.proved_at(request) is None:
        return _factor_first(request, request.user)
    actor = access.actor_of(request, utc_now())
    if actor is None:
        return refused(request, _NO_BRAND)
    actor = _on_device(request, actor)
    request.actor = actor  # type: ignore[attr-defined]  # the shell draws by it
    problem = closed(actor)
    if problem is None and permission is not None:
        problem = why_not(actor, permission)
        if problem is not None and request.path == "/" and (elsewhere := first_page(actor)):
            return redirect(elsewhere)
    if problem is None:
        return actor
    counted(actor, problem, actor.now)
    return refused(request, problem)


def _on_device(request: HttpRequest, actor: Actor) -> Actor:
    """The Actor at the station that this browser is, if it stands on the floor they work on."""
    token = stations.token_of(request)
    if not token or not actor.terms.needs_device:
        return actor
    station = station_of(actor, token)
    if station is None:
        return actor
    request.station = station  # type: ignore[attr-defined]  # its cookie is renewed
    return replace(actor, device_id=station.pk)


def _renew_station(request: HttpRequest, answer: HttpResponseBase, actor: Actor) -> None:
    """Have a station stay one for as long as somebody vouches for it."""
    station: Device | None = getattr(request, "station", None)
    if station is not None:
        stations.remember(answer, station, stations.token_of(request), actor.now)


def _factor_first(request: HttpRequest, person: Person) -> HttpResponseBase:
    """A session that never proved a factor: to enrolling one, or to proving the one there is."""
    return prove_again(request) if factors.has_factor(person) else redirect("enrol")


def prove_again(request: HttpRequest) -> HttpResponse:
    """To the page that asks for the second factor, and back to where the person was."""
    answer = redirect_to_login(_back(request), "mfa_reauthenticate")
    if getattr(request, "htmx", False):
        return HttpResponse(status=204, headers={"HX-Redirect": answer.url})
    return answer


def _back(request: HttpRequest) -> str:
    """Where the person is, as a path of ours: a page with what its link said, or a form's page."""
    if getattr(request, "htmx", False):
        current = request.htmx.current_url_abs_path  # type: ignore[attr-defined]
        back = (current or request.path).partition("?")[0]
    elif request.method in {"GET", "HEAD"}:
        # Our links hold numbers and codes; what people type is posted.
        back = request.get_full_path()
    else:
        back = _from_where(request)
    return "/" + back.lstrip("/\\")  # "//name" would be another site


def _from_where(request: HttpRequest) -> str:
    """The page of ours that a form was on; the start page if that is not told."""
    origin = f"{request.scheme}://{request.get_host()}"
    came_from = request.META.get("HTTP_REFERER", "")
    if came_from.startswith(origin + "/"):
        return str(came_from[len(origin) :].partition("?")[0])
    return "/"


_NO_BRAND = Problem(
    code="no_brand",
    detail="Your account belongs to no brand.",
    remedy="Ask an owner of your brand to add you again.",
    rule="people: a person works for a brand",
    status=403,
)


class NothingKept:
    """Middleware: no page of a signed-in person is kept by a browser, a proxy or a cache."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The response, with `no-store` on everything but the assets."""
        response = self._get_response(request)
        if not request.path.startswith("/static/"):
            add_never_cache_headers(response)
            response.headers["Cache-Control"] = "no-store, private"
        return response


OPEN = frozenset(
    {
        *("asset", "scanned", "purge_link", "welcome", "first_run"),
        *("account_logout", "account_inactive"),
        *("account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"),
    }
)
"""What a signed-in session reaches whatever it has proved."""
ENROLS = frozenset({"enrol", "mfa_activate_totp", "mfa_add_webauthn"})
"""What a session reaches whose person has no factor yet: with these one is made."""
CHANGES_FACTORS = frozenset(
    {
        *("mfa_activate_totp", "mfa_deactivate_totp", "mfa_add_webauthn", "mfa_remove_webauthn"),
        *("mfa_edit_webauthn", "mfa_generate_recovery_codes", "mfa_view_recovery_codes"),
        *("account_change_password", "accept"),
    }
)
"""Sensitive: they need a second factor that is at most ten minutes old."""


class FactorFirst:
    """Middleware: the account's own pages, too, are closed until a second factor was proved.

    A session that began before its person had a factor can't enrol another one: it must prove
    the one there is.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """What Django makes of it."""
        return self._get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Only the pages with which a factor is enrolled or proved."""
        del view, args, kwargs
        name = request.resolver_match.url_name if request.resolver_match else None
        if name is None or name == "asset" or not isinstance(request.user, Person):
            return None
        person = request.user
        if not person.is_active or (person.is_demo and not settings.DEMO):
            logout(request)
            return redirect("account_login")
        return None if name in OPEN else _account(request, person, name)


def _account(request: HttpRequest, person: Person, name: str) -> HttpResponseBase | None:
    now = utc_now()
    if factors.proved_at(request) is None:
        may_enrol = name in ENROLS and not factors.has_factor(person)
        return None if may_enrol else _factor_first(request, person)
    if name in CHANGES_FACTORS and not factors.is_fresh(request, now):
        return prove_again(request)
    if request.path.startswith("/account/"):
        # These pages are not behind `guarded`; the navigation stands beside them all the same.
        actor = access.actor_of(request, now)
        request.actor = actor and _on_device(request, actor)  # type: ignore[attr-defined]
    return None


class DemoStaysHome:
    """Middleware: a demo answers this machine only, however the server was started."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """What Django makes of it; elsewhere than on this machine, nothing."""
        if settings.DEMO and request.META.get("REMOTE_ADDR") not in {"127.0.0.1", "::1"}:
            text = "This is a demo, for the machine it runs on."
            return HttpResponse(text, status=403, content_type="text/plain")
        return self._get_response(request)
