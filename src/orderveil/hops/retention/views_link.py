"""The page behind a request's link: what is asked, the list, and one button.

Rules kept here:
- nobody signs in: the link is the key, and it opens this one request;
- looking changes nothing, so that a scanner of links confirms nothing; the forms on the page do;
- whoever tries links is slowed down, and every wrong one is answered alike.
"""

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from orderveil.core.clocks import utc_now
from orderveil.core.errors import Problem
from orderveil.hops.retention import links, listing, receipts
from orderveil.hops.retention.models import Request
from orderveil.hops.retention.receipts import Function, Way
from orderveil.ledger.acts import Who
from orderveil.partners.models import Brand

MOST_A_MINUTE = 60
"""Requests of one address."""
FUNCTIONS = {
    Function.DATA_PROTECTION: gettext_lazy("Data protection"),
    Function.SECURITY: gettext_lazy("Information security"),
    Function.IT: gettext_lazy("IT operations"),
    Function.OPERATIONS: gettext_lazy("Operations"),
    Function.LEGAL: gettext_lazy("Legal"),
    Function.MANAGEMENT: gettext_lazy("Management"),
}


@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """GET says what is asked; POST hands out the list, or takes the receipt."""
    answer = _answered(request, token)
    # The page's own address is the link.
    answer.headers["Referrer-Policy"] = "strict-origin"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _answered(request: HttpRequest, token: str) -> HttpResponse:
    now = utc_now()
    if _is_too_often(request):
        return _refused(request, TOO_OFTEN)
    found = links.opened(token)
    if found is None:
        return _refused(request, NO_LINK)
    asked, until = found
    if asked.closed_at is not None:
        return _page(request, asked)
    if now >= until:
        return _refused(request, OVER)
    if request.method == "POST" and request.POST.get("what") == "list":
        headers = {"Content-Disposition": f'attachment; filename="{asked.name}.csv"'}
        body = listing.hand_out(asked, now=now)
        return HttpResponse(body, content_type="text/csv; charset=utf-8", headers=headers)
    if request.method == "POST" and request.POST.get("what") == "deleted":
        who = Who(partner=asked.partner_id, system="purge_link")
        function = _function(request.POST.get("function", ""))
        receipts.confirm(asked, way=Way.LINK, now=now, who=who, function=function)
        asked.refresh_from_db()
    return _page(request, asked)


def _page(request: HttpRequest, asked: Request) -> HttpResponse:
    told = {
        "asked": asked,
        "brand": Brand.objects.get(pk=asked.brand_id).name,
        "partner": asked.partner.name,
        "open": asked.items - asked.confirmed,
        "functions": FUNCTIONS.items(),
    }
    return render(request, "retention/link.html", told)


def _function(text: str) -> Function:
    """One of the list's words; whatever else somebody sends is not kept."""
    return Function(text) if text in set(Function) else Function.UNSAID


def _refused(request: HttpRequest, problem: Problem) -> HttpResponse:
    return render(request, "web/problem.html", {"problem": problem}, status=problem.status)


def _is_too_often(request: HttpRequest) -> bool:
    """Counts this request. Two at the same moment may count as one: it slows down, no more."""
    key = f"purge-link:{utc_now():%H:%M}:{request.META.get('REMOTE_ADDR', '')}"
    count = int(cache.get(key, 0)) + 1
    cache.set(key, count, 120)
    return count > MOST_A_MINUTE


NO_LINK = Problem(
    code="no_purge_link",
    detail="This is not a link to a purge request.",
    remedy="Open the whole link in the mail.",
    rule="purges: a link opens the one request it was made for",
    status=404,
)
OVER = Problem(
    code="purge_link_over",
    detail="This link is over.",
    remedy="Ask the brand to send the request again: the new mail has a new link.",
    rule="purges: a link is good for sixty days",
    status=410,
)
TOO_OFTEN = Problem(
    code="too_many_requests",
    detail="Too much was asked from this address.",
    remedy="Wait a minute.",
    rule="purges: whoever tries links is slowed down",
    status=429,
)
