"""What allauth asks of us: nobody signs up, second factors are sealed, leavers stay out."""

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import clear_login
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from orderveil.core.clocks import utc_now
from orderveil.keyring import boxes
from orderveil.ledger.acts import ActKind
from orderveil.people import factors
from orderveil.people.models import Person
from orderveil.people.records import record_everywhere

_SECRET, _PLACE = "factor_key", "factor"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Accounts begin with an invitation, and a demo's people exist in a demo only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up by themselves."""
        del request
        return False

    def pre_login(self, request: HttpRequest, user: Person, **kwargs: Any) -> HttpResponse | None:
        """Refuse people who left, and people of the demo outside of it."""
        if not user.is_active or (user.is_demo and not settings.DEMO):
            clear_login(request)
            return redirect("account_inactive")
        response: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return response

    def is_reauthentication_required(self, app: str | None = None) -> bool:
        """Not for the first factor: whoever has none has just signed in to enrol it."""
        del app
        user = self.request.user
        if not user.is_authenticated or not factors.has_factor(user):
            return False
        return not factors.is_fresh(self.request, utc_now())

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """A password never stands in for a second factor that is there."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if user.is_authenticated and factors.has_factor(user):
            return [each for each in methods if each["id"] != "reauthenticate"]
        return methods

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the try: for this account from this address, and, more patiently, from anywhere.

        So that whoever knows an address can't lock its owner out from elsewhere with five tries.
        """
        super().pre_authenticate(request, **credentials)
        key = super()._get_login_attempts_cache_key(request, **credentials)
        spent = ratelimit.consume(
            request, app="allauth.account", action="login_failed_anywhere", key=key
        )
        if spent is None:
            raise self.validation_error("too_many_login_attempts")
        # One list, so that a sign-in that succeeds gives back both.
        self._login_failed_rl_usage.usage.extend(spent.usage)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        account: str = super()._get_login_attempts_cache_key(request, **credentials)
        return f"{account}:{ratelimit.get_ip(request)}"

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address as the door saw it: trusted proxies were resolved there."""
        return str(request.META.get("REMOTE_ADDR", ""))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Nothing of the sign-in goes by mail: links and factors are handed over by colleagues."""


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Secrets of second factors are sealed under a key of the installation's own.

    Against whoever reads a copy: allauth names no person here, so a secret is not bound to its
    row. Whoever writes to the tables needs no factor.
    """

    def encrypt(self, text: str) -> str:
        """The sealed text, base64."""
        return base64.b64encode(boxes.seal(0, _SECRET, _PLACE, text.encode())).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """What was sealed."""
        return boxes.open_box(0, _SECRET, _PLACE, base64.b64decode(encrypted_text)).decode()


class SingleSignOnAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # no types
    """An identity provider vouches for people who are here already; it makes none."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Nobody arrives by way of the provider alone."""
        del request, sociallogin
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Join the provider's identity to the person with the same *verified* address."""
        if sociallogin.is_existing:
            return
        # Some providers spell it as a text, and the text "false" is true.
        verified = {
            each.email.lower()
            for each in sociallogin.email_addresses
            if str(each.verified).lower() == "true"
        }
        person: Person | None = None
        for email in verified:
            person = Person.objects.filter(email__iexact=email, is_active=True).first() or person
        # An account that has not begun, or starts over, is opened by its link and nothing else.
        if person is None or not person.has_usable_password():
            raise ImmediateHttpResponse(redirect("account_inactive"))
        sociallogin.connect(request, person)
        record_everywhere(person, ActKind.IDENTITY_JOINED, now=utc_now())
