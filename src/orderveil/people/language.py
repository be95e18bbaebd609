"""A person's own language: it overrides what the browser asks for."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from orderveil.people.models import Person


class Spoken:
    """Middleware, after Django's own for languages and for sign-in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The response in the person's language, if they chose one."""
        person = None if request.path.startswith("/static/") else request.user
        if isinstance(person, Person) and person.language:
            translation.activate(person.language)
        return self._get_response(request)
