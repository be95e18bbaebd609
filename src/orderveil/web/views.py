"""The first page: the last walk's picture, its ledger filling live.

Until people can sign in, it is served to this machine only, and shows nothing but the walk's
own sample order of a sample brand.
"""

import re
from collections.abc import Callable
from functools import wraps

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotFound
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from orderveil.partners.models import Brand
from orderveil.scams.evidence import news
from orderveil.scams.kept import Kept, kept
from orderveil.scams.page import STATIC, served

LOOPBACK = frozenset({"127.0.0.1", "::1"})
ASSETS = {"relay.css": "text/css; charset=utf-8", "relay.js": "text/javascript; charset=utf-8"}

_INDEX = re.compile("-?[0-9]{1,18}")

View = Callable[..., HttpResponseBase]


def this_machine_only(view: View) -> View:
    """Refuse whoever is not on this machine, or asks for it under another name.

    The name is checked (ALLOWED_HOSTS) because another site's name can be made to point here.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponseBase:
        if request.META.get("REMOTE_ADDR") not in LOOPBACK:
            text = "Until people can sign in, this page is for this machine only."
            return HttpResponse(text, status=403, content_type="text/plain")
        request.get_host()  # raises DisallowedHost, which answers 400
        return view(request, *args, **kwargs)

    return guarded


def _sample() -> Kept | None:
    """The kept picture, if its brand still is a sample brand here."""
    found = kept()
    if found is None or not Brand.objects.filter(pk=found.brand_id, is_sample=True).exists():
        return None
    return found


@require_safe
@never_cache
@this_machine_only
def first_page(_request: HttpRequest) -> HttpResponse:
    """The picture; before the first walk, how to get one."""
    found = _sample()
    page = served(found.picture) if found else render_to_string("web/no_walk.html")
    return HttpResponse(page)


@require_safe
@never_cache
@this_machine_only
def ledger_news(request: HttpRequest) -> HttpResponse:
    """The walk order's ledger entries past `?after=`, proved."""
    found = _sample()
    after = request.GET.get("after", "-1")
    if found is None or not _INDEX.fullmatch(after):
        return HttpResponseNotFound()
    answer = news(found.brand_id, found.order_id, int(after))
    return HttpResponse(msgspec.json.encode(answer), content_type="application/json")


@require_safe
def asset(_request: HttpRequest, name: str) -> HttpResponse:
    """One of the page's two files."""
    if name not in ASSETS:
        return HttpResponseNotFound()
    return HttpResponse((STATIC / name).read_bytes(), content_type=ASSETS[name])
