"""What every page is drawn in: navigation by permission, the brand, the demo's banner."""

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from orderveil.core.actors import Actor
from orderveil.partners.models import Brand
from orderveil.people import access
from orderveil.people.models import Person
from orderveil.web.pages import PAGES
from orderveil.web.waiting import waiting_for


def shell(request: HttpRequest) -> dict[str, Any]:
    """The context of every template."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        return {"demo": settings.DEMO, "actor": None}
    brand = Brand.objects.filter(pk=actor.brand_id).first()
    person = request.user
    return {
        "demo": settings.DEMO,
        "actor": actor,
        "brand": brand,
        "brand_name": brand.name if brand else gettext("Installation"),
        "menu": _menu(actor, request.path),
        # Counted only where a template asks for it.
        "waiting": partial(waiting_for, actor),
        "may": {str(each): True for each in actor.terms.permissions if actor.may(each)},
        "other_places": len(access.places(person)) > 1 if isinstance(person, Person) else False,
    }


def first_page(actor: Actor) -> str | None:
    """The first page of this person's navigation, for those without a home page; None: no page."""
    found = [entry["url"] for entries in _menu(actor, "").values() for entry in entries]
    return found[0] if found else None


def _menu(actor: Actor, here: str) -> dict[str, list[dict[str, Any]]]:
    """The navigation: what this person may open, by group, in the order the pages are listed."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for page in PAGES:
        if page.menu and actor.may(page.permission) and (not page.shown or page.shown(actor)):
            url = reverse(page.name)
            is_here = here == url or (url != "/" and here.startswith(url))
            groups.setdefault(page.group, []).append(
                {"url": url, "words": page.menu, "here": is_here}
            )
    return groups
