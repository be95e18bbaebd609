"""The order desk: lists, search, the order."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from orderveil.core.actors import Actor


def orders(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The list."""
    del actor
    return render(request, "support/orders.html", {})


def search(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What the search box found."""
    del actor
    return render(request, "support/orders.html", {})


def order(request: HttpRequest, actor: Actor, ref: str) -> HttpResponse:
    """One order."""
    del actor, ref
    return render(request, "support/orders.html", {})
