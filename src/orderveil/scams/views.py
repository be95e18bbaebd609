"""The brand's home: dots, scams, today and now, from the policy in force."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from orderveil.core.actors import Actor


def home(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The picture of the brand's policy."""
    del actor
    return render(request, "scams/home.html", {})
